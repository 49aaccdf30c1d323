"""The predicted amount as a test of calcium: its ROC curve, thresholds and fixed rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.curve import RocCurve, roc_curve
from corcal.evaluate.statistics.roc.fixed_rates import fixed_rates
from corcal.evaluate.statistics.roc.thresholds import Threshold, best_threshold, cut_at
from corcal.evaluate.tables_in.pairs import Known, Pairs
from corcal.evaluate.tables_in.results import TARGETS

#: The measures of which curves are drawn, the first that both the data and `TARGETS` have.
_MEASURES = ("volume_mm3", "agatston")

#: Thresholds of a measure that are always in the table, in its unit.
LADDER = {"volume_mm3": (1.0, 10.0, 100.0), "agatston": (1.0, 10.0, 100.0, 400.0)}

#: Rates at which the other rate is stated.
FIXED = (0.8, 0.9, 0.95)

#: Specificities of the band around a curve.
_BAND = np.linspace(0, 1, 41)


@dataclass(frozen=True, eq=False)
class Band:
    """The pointwise band of a ROC curve.

    Attributes:
        false_positive: 1 - specificity, ascending.
        low: lower end of the sensitivity there, NaN where there is no interval.
        high: upper end.
    """

    false_positive: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, eq=False)
class Operating:
    """A predicted amount as a test of calcium in one target.

    Attributes:
        curve: the empirical ROC curve.
        band: its pointwise band, None without intervals.
        thresholds: those of `LADDER`, ascending, without those above every score.
        best: the one with the largest Youden's index, chosen on these patients.
        sensitivity_at: the sensitivity by specificity, at each of `FIXED`.
        specificity_at: the reverse.
        attrition: patients in, used, and left out.
    """

    curve: RocCurve
    band: Band | None
    thresholds: tuple[Threshold, ...]
    best: Threshold | None
    sensitivity_at: Mapping[float, Estimate]
    specificity_at: Mapping[float, Estimate]
    attrition: Attrition

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON, the curve and its band left out."""
        return {
            "thresholds": [t.as_dict() for t in self.thresholds],
            "best_threshold": None if self.best is None else self.best.as_dict(),
            "sensitivity_at_specificity": _by_rate(self.sensitivity_at),
            "specificity_at_sensitivity": _by_rate(self.specificity_at),
            "attrition": self.attrition.as_dict(),
        }


def measure_operating(pairs: Pairs, rule: IntervalRule) -> tuple[str, dict[str, Operating]]:
    """Return the measure whose curves can be drawn, "" for none, and them by target.

    The volume where it is known together with both classes of some target, else the Agatston
    score.
    """
    for measure in _MEASURES:
        by_target = {
            target: _operating(known, measure, rule)
            for target in TARGETS
            for known in [pairs.select_known(target, measure, "present")]
            if 0 < (known.reference == 1).sum() < len(known.rows)
        }
        if by_target:
            return measure, by_target
    return "", {}


def _operating(known: Known, measure: str, rule: IntervalRule) -> Operating:
    scores, ill = known.predicted, known.reference == 1
    fixed = (*FIXED, *_BAND)
    estimates = fixed_rates(scores, ill, rule, specificities=fixed, sensitivities=FIXED)
    k = len(FIXED)
    band = estimates[k : len(fixed)]
    best = best_threshold(scores, ill)
    return Operating(
        roc_curve(scores, ill),
        _band(band) if any(e.low is not None for e in band) else None,
        tuple(cut_at(scores, ill, at, rule) for at in LADDER[measure] if at <= scores.max()),
        None if best is None else cut_at(scores, ill, best, rule),
        dict(zip(FIXED, estimates[:k], strict=True)),
        dict(zip(FIXED, estimates[len(fixed) :], strict=True)),
        known.attrition,
    )


def _band(estimates: tuple[Estimate, ...]) -> Band:
    low, high = (
        np.array([np.nan if end is None else end for end in ends])
        for ends in ([e.low for e in estimates], [e.high for e in estimates])
    )
    # From the right of the curve to its left, as specificity falls.
    return Band(1 - _BAND[::-1], low[::-1], high[::-1])


def _by_rate(estimates: Mapping[float, Estimate]) -> dict[str, Any]:
    return {f"{rate:g}": e.as_dict() for rate, e in estimates.items()}
