"""Detection over all arteries together, each artery a case, patients as clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.clustered import clustered_proportion
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.resampling import bootstrap
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.pairs import Pairs
from corcal.evaluate.tables_in.results import ARTERIES

#: The figures of the pooled arteries.
POOLED = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "kappa")


@dataclass(frozen=True)
class PooledDetection:
    """Detection over all arteries.

    Attributes:
        counts: the 2x2 table of arteries.
        attrition: of arteries, not of patients.
        patients: with at least one artery known on both sides.
        figures: an estimate for each of `POOLED`; their n counts arteries.
    """

    counts: TwoByTwo
    attrition: Attrition
    patients: int
    figures: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            **{name: self.figures[name].as_dict() for name in POOLED},
            "counts": self.counts.as_dict(),
            "patients": self.patients,
            "arteries": self.attrition.as_dict(),
        }


def pooled_detection(pairs: Pairs, rule: IntervalRule) -> PooledDetection:
    """Return detection over all arteries, with intervals clustered by patient.

    Args:
        pairs: predictions and references.
        rule: level of the intervals; kappa's is a bootstrap over patients.
    """
    k = len(ARTERIES)
    p, r = pairs.predicted.present[:, :k], pairs.reference.present[:, :k]
    known = np.isfinite(p) & np.isfinite(r)
    cells = {
        "tp": known & (p == 1) & (r == 1),
        "fp": known & (p == 1) & (r == 0),
        "fn": known & (p == 0) & (r == 1),
        "tn": known & (p == 0) & (r == 0),
    }
    of = {name: cell.sum(axis=1).astype(np.float64) for name, cell in cells.items()}
    shares = {
        "sensitivity": (of["tp"], of["tp"] + of["fn"]),
        "specificity": (of["tn"], of["tn"] + of["fp"]),
        "ppv": (of["tp"], of["tp"] + of["fp"]),
        "npv": (of["tn"], of["tn"] + of["fn"]),
        "accuracy": (of["tp"] + of["tn"], known.sum(axis=1).astype(np.float64)),
    }
    figures = {name: clustered_proportion(*share, rule) for name, share in shares.items()}
    lost = Attrition(known.size).lose("unknown on one side", int((~known).sum()))
    return PooledDetection(
        TwoByTwo(*(int(of[name].sum()) for name in ("tp", "fp", "fn", "tn"))),
        lost,
        int(known.any(axis=1).sum()),
        figures | {"kappa": _pooled_kappa(of, int(known.sum()), rule)},
    )


def _pooled_kappa(of: Mapping[str, Numbers], arteries: int, rule: IntervalRule) -> Estimate:
    rows = np.column_stack([of[name] for name in ("tp", "fp", "fn", "tn")])
    kinds, times = np.unique(rows[rows.sum(axis=1) > 0], axis=0, return_counts=True)
    if not arteries:
        return Estimate.without_value(0)
    e = bootstrap(kinds, _kappa, rule, times=times)
    return Estimate(e.value, e.low, e.high, arteries, e.method, e.no_interval)


def _kappa(cells: Numbers) -> Numbers:
    tp, fp, fn, tn = np.moveaxis(cells, -1, 0)
    n = tp + fp + fn + tn
    chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n**2
    return np.asarray(((tp + tn) / n - chance) / (1 - chance))
