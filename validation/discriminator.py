"""A classifier of synthetic against real scans, trained on small pieces of scans.

An area under the ROC curve of 0.5 would mean that the phantoms cannot be distinguished from
patients; 1 that they always can. Scans are kept whole in the folds, so that no scan helps to
classify another piece of itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.publish import Table
from corcal.evaluate.statistics import Estimate, IntervalRule, auc, percentiles
from validation.compare import Record
from validation.goals import text

RULE = IntervalRule()
_FOLDS, _DRAWS = 7, 500
_MISSING = "Not measured: it needs scikit-learn (`pip install scikit-learn`)."


def discriminator_table(phantoms: Sequence[Record], scans: Sequence[Record]) -> Table:
    """Return the figure; real scans with contrast agent are left out, as no phantom has any."""
    real = [r for r in scans if not r["contrast"]]
    columns = ("classifier", "AUC of a piece", "AUC of a scan")
    title = "Synthetic against real"
    if importlib.util.find_spec("sklearn") is None:
        return Table("discriminator", title, columns, (), (_MISSING,))
    if len(real) < 3 or len(phantoms) < 3:
        return Table("discriminator", title, columns, (), ("Not measured: too few scans.",))
    features, synthetic, scan = _stacked(phantoms, real)
    rows = [
        (name, *(text(e, percent=False) for e in separability(features, synthetic, scan, name)))
        for name in ("logistic regression", "gradient boosting")
    ]
    pieces = len(real[0]["patches"])
    note = (
        f"{len(phantoms)} phantoms and {len(real)} real scans, {pieces} pieces of each. 0.5: "
        "cannot be distinguished; 1: always."
    )
    return Table("discriminator", title, columns, tuple(rows), (note,))


def separability(
    features: NDArray[np.float64],
    synthetic: NDArray[np.bool_],
    scan: NDArray[np.intp],
    classifier: str,
) -> tuple[Estimate, Estimate]:
    """Return the area under the ROC curve of pieces (interval over scans) and of scans.

    Args:
        features: (pieces, features).
        synthetic: (pieces,).
        scan: (pieces,), the number of the scan that a piece is from.
        classifier: "logistic regression" or "gradient boosting".
    """
    believed = _cross_validated(features, synthetic, scan, classifier)
    names, first = np.unique(scan, return_index=True)
    of_scan, truth = np.array([believed[scan == s].mean() for s in names]), synthetic[first]
    rng = np.random.default_rng(RULE.seed)
    whole = auc(believed, synthetic, RULE)
    assert whole.value is not None
    draws = []
    for _ in range(_DRAWS):
        drawn = np.concatenate([rng.choice(names[truth == t], (truth == t).sum()) for t in (0, 1)])
        at = np.concatenate([np.flatnonzero(scan == s) for s in drawn])
        draws.append(auc(believed[at], synthetic[at], RULE).value or np.nan)
    pieces = percentiles(whole.value, np.array(draws), len(scan), RULE)
    return pieces, auc(of_scan, truth, RULE)


def _cross_validated(
    features: NDArray[np.float64],
    synthetic: NDArray[np.bool_],
    scan: NDArray[np.intp],
    classifier: str,
) -> NDArray[np.float64]:
    """Return for each piece how synthetic it looks to a classifier that knows other scans."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = HistGradientBoostingClassifier(max_iter=60, class_weight="balanced", random_state=0)
    if classifier == "logistic regression":
        line = LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced")
        model = make_pipeline(StandardScaler(), line)
    fewest = min(len(np.unique(scan[synthetic == t])) for t in (False, True))
    folds = StratifiedGroupKFold(min(_FOLDS, fewest), shuffle=True, random_state=0)
    believed = np.zeros(len(scan))
    for train, test in folds.split(features, synthetic, scan):
        model.fit(features[train], synthetic[train])
        believed[test] = model.predict_proba(features[test])[:, 1]
    return believed


def _stacked(
    phantoms: Sequence[Record], real: Sequence[Record]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.intp]]:
    every = [*phantoms, *real]
    counts = [len(r["patches"]) for r in every]
    made = np.arange(len(every)) < len(phantoms)
    features = np.concatenate([np.array(r["patches"]) for r in every])
    return features, np.repeat(made, counts), np.repeat(np.arange(len(every)), counts)
