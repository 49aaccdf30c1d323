"""Categories of a score on both sides: weighted kappa, reclassification, one decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.severity import Severity
from corcal.evaluate.accuracy.detection import FIGURES, detection_figures
from corcal.evaluate.statistics.agreement.kappa import Kappa, kappa
from corcal.evaluate.statistics.agreement.symmetry import bowker, stuart_maxwell
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.ordinal.proportional_odds import ChiSquare
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.pairs import Known

_WEIGHTS = ("unweighted", "linear", "quadratic")


@dataclass(frozen=True)
class Bands:
    """A way to cut a score into categories; everything above 0 is beyond the first.

    Attributes:
        title: its name for people.
        labels: one for each category.
        bounds: where the categories from the third on begin; a score on a bound belongs to the
            higher category.
    """

    title: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]

    def of(self, scores: Numbers) -> NDArray[np.intp]:
        """Return the category of each score, from 0."""
        return np.where(scores > 0, 1 + np.searchsorted(self.bounds, scores, side="right"), 0)


#: Hecht et al., JCCT 2018, 12, 185; 300 and more is category 3, as in the 2023 criteria.
CAC_DRS = Bands("CAC-DRS category", ("0", "1 (1–99)", "2 (100–299)", "3 (≥ 300)"), (100.0, 300.0))

#: The classes of the 2018 AHA/ACC cholesterol guideline and the CAC Consortium, with 400.
AGATSTON_BANDS = Bands("Agatston band", ("0", "1–99", "100–399", "≥ 400"), (100.0, 400.0))

#: The grades of the reference readers.
GRADES = Bands("Grade", tuple(s.word for s in Severity), (2.0, 3.0))

#: From here on a statin is favoured (2018 AHA/ACC guideline).
DECISION_AGATSTON = 100.0


@dataclass(frozen=True, eq=False)
class BandAgreement:
    """Agreement of categories.

    Attributes:
        bands: the categories.
        counts: patients by (predicted, reference) category.
        attrition: patients in, used, and left out.
        kappas: "unweighted", "linear" and "quadratic".
        same: share of patients in the same category.
        higher: share that the prediction puts higher than the reference.
        lower: share that it puts lower.
        symmetry: Bowker's test; None without a confusion.
        margins: Stuart's and Maxwell's test of marginal homogeneity; None without a confusion.
    """

    bands: Bands
    counts: NDArray[np.int64]
    attrition: Attrition
    kappas: Mapping[str, Kappa]
    same: Estimate
    higher: Estimate
    lower: Estimate
    symmetry: ChiSquare | None
    margins: ChiSquare | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON; `counts` are rows of predicted category."""
        return {
            "categories": list(self.bands.labels),
            "counts_predicted_by_reference": self.counts.tolist(),
            "attrition": self.attrition.as_dict(),
            "kappa": {name: self.kappas[name].estimate.as_dict() for name in _WEIGHTS},
            "same": self.same.as_dict(),
            "higher": self.higher.as_dict(),
            "lower": self.lower.as_dict(),
            "bowker": self.symmetry and self.symmetry.as_dict(),
            "stuart_maxwell": self.margins and self.margins.as_dict(),
        }


def band_agreement(known: Known, bands: Bands, rule: IntervalRule) -> BandAgreement:
    """Return how well two scores agree in categories.

    Args:
        known: a score for each patient on both sides.
        bands: the categories.
        rule: how intervals are taken.
    """
    size = len(bands.labels)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (bands.of(known.predicted), bands.of(known.reference)), 1)
    n = int(counts.sum())
    weights = {name: None if name == "unweighted" else name for name in _WEIGHTS}
    return BandAgreement(
        bands,
        counts,
        known.attrition,
        {name: kappa(counts, rule, weights=weight) for name, weight in weights.items()},
        proportion(int(np.trace(counts)), n, rule),
        proportion(int(np.tril(counts, -1).sum()), n, rule),
        proportion(int(np.triu(counts, 1).sum()), n, rule),
        bowker(counts),
        stuart_maxwell(counts),
    )


@dataclass(frozen=True)
class Decision:
    """A decision taken from a score: at or above a bound.

    Attributes:
        bound: the score from which on it is taken.
        counts: the 2x2 table.
        attrition: patients in, used, and left out.
        figures: an estimate for each of `FIGURES`.
    """

    bound: float
    counts: TwoByTwo
    attrition: Attrition
    figures: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        figures: dict[str, Any] = {name: self.figures[name].as_dict() for name in FIGURES}
        return (
            figures
            | {"bound": self.bound, "counts": self.counts.as_dict()}
            | {"attrition": self.attrition.as_dict()}
        )


def decision(known: Known, rule: IntervalRule, *, bound: float = DECISION_AGATSTON) -> Decision:
    """Return how well a decision at a score is reproduced."""
    counts = TwoByTwo.count(
        (known.predicted >= bound).astype(np.float64), (known.reference >= bound).astype(np.float64)
    )
    return Decision(bound, counts, known.attrition, detection_figures(counts, rule)[1])
