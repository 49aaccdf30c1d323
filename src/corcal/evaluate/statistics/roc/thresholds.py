"""A score cut at a threshold: what a yes-or-no test with it would be worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.roc.curve import roc_curve
from corcal.evaluate.statistics.two_by_two import TwoByTwo

#: The figures of a threshold, in the order of their table.
FIGURES = ("sensitivity", "specificity", "ppv", "npv", "youden")


@dataclass(frozen=True)
class Threshold:
    """A score cut at a threshold.

    Attributes:
        at: scores from here on are positive.
        counts: the 2x2 table.
        figures: an estimate for each of `FIGURES`.
    """

    at: float
    counts: TwoByTwo
    figures: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        figures = {name: self.figures[name].as_dict() for name in FIGURES}
        return {"threshold": self.at, "counts": self.counts.as_dict(), **figures}


def cut_at(
    scores: Numbers, diseased: NDArray[np.bool_], at: float, rule: IntervalRule
) -> Threshold:
    """Return what the test "score at least `at`" is worth.

    Args:
        scores: higher means more likely diseased; shape (patients,), no NaN.
        diseased: the reference.
        at: the threshold.
        rule: how the intervals of proportions are taken.
    """
    c = TwoByTwo.count((scores >= at).astype(np.float64), diseased.astype(np.float64))
    sensitivity = proportion(c.tp, c.diseased, rule)
    specificity = proportion(c.tn, c.healthy, rule)
    figures = {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": proportion(c.tp, c.tp + c.fp, rule),
        "npv": proportion(c.tn, c.tn + c.fn, rule),
        "youden": youden(sensitivity, specificity),
    }
    return Threshold(at, c, figures)


def youden(sensitivity: Estimate, specificity: Estimate) -> Estimate:
    """Return Youden's index, sensitivity + specificity - 1, its interval from those of both.

    Youden, Cancer 1950, 3, 32. The interval is the square-and-add one of two independent
    proportions (Newcombe, Stat Med 1998, 17, 873, method 10).
    """
    n = sensitivity.n + specificity.n
    rates = (sensitivity, specificity)
    if sensitivity.value is None or specificity.value is None:
        return Estimate.without_value(n)
    value = sensitivity.value + specificity.value - 1
    down = math.hypot(*((r.value or 0) - (r.low or 0) for r in rates))
    up = math.hypot(*((r.high or 0) - (r.value or 0) for r in rates))
    return Estimate(value, value - down, value + up, n, "Newcombe")


def best_threshold(scores: Numbers, diseased: NDArray[np.bool_]) -> float | None:
    """Return the threshold with the largest Youden's index; None where no threshold is above 0.

    Of several it is the highest.
    """
    if diseased.all() or not diseased.any():
        return None
    curve = roc_curve(scores, diseased)
    index = curve.true_positive - curve.false_positive
    best = int(np.argmax(index > index.max() - 1e-12))
    return float(curve.thresholds[best]) if index[best] > 1e-12 else None
