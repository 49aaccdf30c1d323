"""Two methods that measure the same: the lines between them, as measured and of logarithms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from corcal.evaluate.statistics.agreement.deming import deming
from corcal.evaluate.statistics.agreement.line import Line
from corcal.evaluate.statistics.agreement.passing_bablok import PassingBablok, passing_bablok
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule

#: Below this p value of no spread, lines as measured have no interval.
_REJECTED = 0.05

#: The logarithm of a factor beyond which it is no factor.
_ENDLESS = 100.0

#: Why a line has no interval.
SPREAD = "the distances from the line spread, or shrink, along it"


@dataclass(frozen=True)
class MethodComparison:
    """The lines between two methods, of the patients above 0 on both sides.

    A line from which the distances spread along it, as measured or of logarithms, has no interval:
    that would hold the truth in 84 to 93 of 100.

    Attributes:
        n: patients above 0 on both sides.
        passing_bablok: predicted = intercept + slope x reference, by ranks.
        deming: the same, by least squares in both directions.
        log_passing_bablok: of logarithms, predicted = factor x reference^exponent: the slope is
            the exponent, the intercept is given as the factor.
        log_deming: the same, by least squares.
    """

    n: int
    passing_bablok: PassingBablok
    deming: Line
    log_passing_bablok: PassingBablok
    log_deming: Line

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "n": self.n,
            "passing_bablok": self.passing_bablok.as_dict(),
            "deming": self.deming.as_dict(),
            "log_passing_bablok": self.log_passing_bablok.as_dict(),
            "log_deming": self.log_deming.as_dict(),
        }


def compare_methods(
    predicted: Numbers, reference: Numbers, rule: IntervalRule, *, error_ratio: float = 1.0
) -> MethodComparison:
    """Return the lines between two methods, predicted against reference.

    Patients at 0 are left out: whether there is calcium at all is a matter of detection, and
    many pairs of zeros would make the line.

    Args:
        predicted: a value for each patient, no NaN.
        reference: the same patients.
        rule: level of the intervals.
        error_ratio: variance of the reference's error over that of the prediction's, for Deming's
            lines; of logarithms, where those are taken.
    """
    above = (predicted > 0) & (reference > 0)
    x, y = reference[above], predicted[above]
    ranked, least = _lines(x, y, rule, error_ratio)
    log_ranked, log_least = _lines(np.log(x), np.log(y), rule, error_ratio)
    return MethodComparison(
        int(above.sum()),
        ranked,
        least,
        replace(log_ranked, line=_as_factor(log_ranked.line)),
        _as_factor(log_least),
    )


def _lines(
    x: Numbers, y: Numbers, rule: IntervalRule, error_ratio: float
) -> tuple[PassingBablok, Line]:
    """Return both lines, without intervals where the distances from them spread."""
    ranked, least = passing_bablok(x, y, rule), deming(x, y, rule, error_ratio=error_ratio)
    if _spreads(x, y, ranked.line if ranked.line.slope.value is not None else least):
        return replace(ranked, line=_bare(ranked.line)), _bare(least)
    return ranked, least


def _spreads(x: Numbers, y: Numbers, line: Line) -> bool:
    """Say whether the distances from a line grow, or shrink, along it (Spearman)."""
    slope, intercept = line.slope.value, line.intercept.value
    if slope is None or intercept is None or not slope > 0:
        return False
    off = np.abs(y - intercept - slope * x)
    if np.ptp(off) <= 1e-9 * np.ptp(y):
        return False
    return bool(stats.spearmanr(y + slope * x, off).pvalue < _REJECTED)


def _bare(line: Line) -> Line:
    return Line(*(e if e.value is None else e.bare(SPREAD) for e in (line.slope, line.intercept)))


def _as_factor(line: Line) -> Line:
    """Return the line of logarithms with its intercept as a factor; undefined where endless."""
    e = line.intercept
    if e.value is None or abs(e.value) > _ENDLESS:
        return Line(line.slope, Estimate.without_value(e.n))
    if e.low is not None and e.high is not None and max(-e.low, e.high) > _ENDLESS:
        e = e.bare("the measurements do not go together: the factor can be anything")
    return Line(line.slope, e.through(math.exp))
