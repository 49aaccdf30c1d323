"""Deming regression: the line between two measurements whose errors have a known ratio."""

from __future__ import annotations

import numpy as np
from scipy import stats

from corcal.evaluate.statistics.agreement.line import FEW_PAIRS, Line
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule

#: With fewer patients the jackknife's interval holds the truth less often than it says
#: (docs/evaluation.md, "Coverage").
FEWEST = 20

_METHOD = "jackknife, t"


def deming(
    first: Numbers, second: Numbers, rule: IntervalRule, *, error_ratio: float = 1.0
) -> Line:
    """Return Deming's line, second = intercept + slope x first, with jackknife intervals.

    Deming, Statistical Adjustment of Data, 1943; Linnet, Clin Chem 1993, 39, 424; intervals by
    Student's t with n - 2 degrees of freedom, as in CLSI EP09. Undefined where the measurements
    do not vary together.

    Args:
        first: a value for each patient, no NaN; the reference.
        second: the same patients; the prediction.
        rule: level of the intervals.
        error_ratio: variance of the first's error over that of the second's.
    """
    n = len(first)
    if n < 3:
        return Line.without_value(n)
    # About their means, so that squares of large scores do not eat up the digits.
    shift = np.array([first.mean(), second.mean()])
    a, b = first - shift[0], second - shift[1]
    sums = np.column_stack([a, b, a * a, b * b, a * b])
    total = sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope, middle = _line(total, n, error_ratio)
        slopes, middles = _line(total - sums, n - 1, error_ratio)
    if not np.isfinite(slope):
        return Line.without_value(n)
    intercept = middle + shift[1] - slope * shift[0]
    left_out = np.asarray(middles + shift[1] - slopes * shift[0])
    return Line(
        _jackknife(float(slope), np.asarray(slopes), rule),
        _jackknife(float(intercept), left_out, rule),
    )


def _line(sums: Numbers, n: int, ratio: float) -> tuple[Numbers, Numbers]:
    """Return slope and intercept from sums (..., 5) of a, b, a^2, b^2 and a b over n patients."""
    a, b, aa, bb, ab = np.moveaxis(sums, -1, 0)
    u, q, p = aa - a * a / n, bb - b * b / n, ab - a * b / n
    tilt = ratio * q - u
    slope = (tilt + np.sqrt(tilt**2 + 4 * ratio * p**2)) / (2 * ratio * p)
    slope = np.where(np.abs(p) > 1e-12 * np.sqrt(u * q), slope, np.nan)
    return slope, b / n - slope * a / n


def _jackknife(value: float, left_out: Numbers, rule: IntervalRule) -> Estimate:
    """Return a figure with its interval from the figures without each patient."""
    n = len(left_out)
    plain = Estimate(value, None, None, n)
    if n < FEWEST:
        return plain.bare(FEW_PAIRS)
    if not np.isfinite(left_out).all():
        return plain.bare("a single patient makes the line")
    error = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    if error <= 1e-9 * max(1.0, abs(value)):
        return plain.bare(NO_ERROR)
    half = float(stats.t.ppf(0.5 + rule.confidence / 2, n - 2)) * error
    return Estimate(value, value - half, value + half, n, _METHOD)
