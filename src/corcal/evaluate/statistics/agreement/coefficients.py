"""Agreement of two measurements of the same patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from corcal.evaluate.statistics.agreement.bland_altman import (
    BlandAltman,
    RegressionLimits,
    bland_altman,
    percent_limits,
    ratio_limits,
    regression_limits,
)
from corcal.evaluate.statistics.agreement.method_comparison import (
    MethodComparison,
    compare_methods,
)
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule

_BORDER = "fewer than four patients, or a coefficient of exactly 0 or 1"


@dataclass(frozen=True)
class Agreement:
    """Agreement of one measurement.

    Attributes:
        icc_a1: absolute agreement of single measurements, two-way.
        icc_c1: consistency of single measurements, two-way.
        lin: Lin's concordance correlation.
        spearman: rank correlation.
        pearson: linear correlation.
        bland_altman: bias and limits of agreement.
        percent: bias and limits in per cent of the mean of both.
        ratio: typical ratio and its limits, of pairs above 0.
        regression: limits along a regression; None where undefined.
        lines: the lines between both measurements, as measured and of logarithms.
        attrition: patients in, used, and left out.
    """

    icc_a1: Estimate
    icc_c1: Estimate
    lin: Estimate
    spearman: Estimate
    pearson: Estimate
    bland_altman: BlandAltman
    percent: BlandAltman
    ratio: BlandAltman
    regression: RegressionLimits | None
    lines: MethodComparison
    attrition: Attrition

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        names = ("icc_a1", "icc_c1", "lin", "spearman", "pearson")
        figures: dict[str, Any] = {name: getattr(self, name).as_dict() for name in names}
        return figures | {
            "bland_altman": self.bland_altman.as_dict(),
            "bland_altman_percent": self.percent.as_dict(),
            "bland_altman_ratio": self.ratio.as_dict(),
            "bland_altman_regression": self.regression and self.regression.as_dict(),
            "lines": self.lines.as_dict(),
            "attrition": self.attrition.as_dict(),
        }


def agreement(
    first: Numbers,
    second: Numbers,
    rule: IntervalRule,
    *,
    attrition: Attrition | None = None,
    error_ratio: float = 1.0,
) -> Agreement:
    """Return the agreement of two measurements.

    Args:
        first: a value for each patient, no NaN; the prediction.
        second: the same patients; the reference. Bias is first - second.
        rule: level of the intervals.
        attrition: from all patients to these; these are all where None.
        error_ratio: variance of the second's error over that of the first's, for Deming's lines.
    """
    absolute, consistent = icc(np.column_stack([first, second]), rule)
    return Agreement(
        absolute,
        consistent,
        lin_concordance(first, second, rule),
        _correlation(stats.rankdata(first), stats.rankdata(second), rule, ranks=True),
        _correlation(first, second, rule, ranks=False),
        bland_altman(first, second, rule),
        percent_limits(first, second, rule),
        ratio_limits(first, second, rule),
        regression_limits(first, second),
        compare_methods(first, second, rule, error_ratio=error_ratio),
        attrition or Attrition(len(first)),
    )


def icc(ratings: Numbers, rule: IntervalRule) -> tuple[Estimate, Estimate]:
    """Return ICC(A,1) and ICC(C,1) with their intervals.

    McGraw and Wong, Psychol Methods 1996, 1, 30, Tables 4 and 7: the two-way models, single
    ratings; absolute agreement and consistency. They are ICC(2,1) and ICC(3,1) of Shrout and
    Fleiss, Psychol Bull 1979, 86, 420. Undefined where no rating differs from another; without
    an interval where the raters never differ.

    Args:
        ratings: shape (patients, raters), no NaN.
        rule: level of the intervals.

    Raises:
        ValueError: fewer than two raters.
    """
    n, k = ratings.shape
    if k < 2:
        raise ValueError("agreement needs at least two raters")
    if n < 2 or np.ptp(ratings) == 0:
        return Estimate.without_value(n), Estimate.without_value(n)
    rows, columns, rest = _mean_squares(ratings)
    consistent = (rows - rest) / (rows + (k - 1) * rest)
    below = rows + (k - 1) * rest + k / n * (columns - rest)
    absolute = (rows - rest) / below
    if rest <= 1e-12 * rows:
        bare = (Estimate(x, None, None, n, no_interval=NO_ERROR) for x in (absolute, consistent))
        return next(bare), next(bare)
    quantile = 0.5 + rule.confidence / 2
    f, df = rows / rest, (n - 1) * (k - 1)
    low = f / float(stats.f.ppf(quantile, n - 1, df))
    high = f * float(stats.f.ppf(quantile, df, n - 1))
    ends_c = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    method = "McGraw and Wong, F"
    return (
        Estimate(absolute, *_absolute_ends(ratings, rule), n, method),
        Estimate(consistent, *ends_c, n, method),
    )


def _mean_squares(ratings: Numbers) -> tuple[float, float, float]:
    """Return the mean squares of patients, raters and rest."""
    n, k = ratings.shape
    mean, of_rows, of_columns = ratings.mean(), ratings.mean(axis=1), ratings.mean(axis=0)
    rest = ratings - of_rows[:, None] - of_columns + mean
    return (
        float(k * ((of_rows - mean) ** 2).sum() / (n - 1)),
        float(n * ((of_columns - mean) ** 2).sum() / (k - 1)),
        float((rest**2).sum() / ((n - 1) * (k - 1))),
    )


def _absolute_ends(ratings: Numbers, rule: IntervalRule) -> tuple[float, float]:
    """Return the interval of ICC(A,1), with Satterthwaite's degrees of freedom."""
    n, k = ratings.shape
    rows, columns, rest = _mean_squares(ratings)
    value = (rows - rest) / (rows + (k - 1) * rest + k / n * (columns - rest))
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    df = (a * columns + b * rest) ** 2 / (
        (a * columns) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
    )
    quantile = 0.5 + rule.confidence / 2
    down = float(stats.f.ppf(quantile, n - 1, df))
    up = float(stats.f.ppf(quantile, df, n - 1))
    noise = k * columns + (k * n - k - n) * rest
    low = n * (rows - down * rest) / (down * noise + n * rows)
    high = n * (up * rows - rest) / (noise + n * up * rows)
    return low, high


def lin_concordance(first: Numbers, second: Numbers, rule: IntervalRule) -> Estimate:
    """Return Lin's concordance correlation with its interval on Fisher's z scale.

    Lin, Biometrics 1989, 45, 255, with the variance as corrected in 2000, 56, 324.
    """
    n = len(first)
    if n < 2 or np.ptp(np.concatenate([first, second])) == 0:
        return Estimate.without_value(n)
    (a, both), (_, b) = np.cov(first, second, bias=True)
    shift = float(first.mean() - second.mean())
    value = float(2 * both / (a + b + shift**2))
    if n < 4 or not 0 < abs(value) < 1 - 1e-12:
        return Estimate(value, None, None, n, no_interval=_BORDER)
    r2, u2 = float(both**2 / (a * b)), shift**2 / math.sqrt(a * b)
    r, v2 = math.copysign(math.sqrt(r2), value), value**2
    variance = (
        (1 - r2) * v2 / ((1 - v2) * r2)
        + 2 * value**3 * (1 - value) * u2 / (r * (1 - v2) ** 2)
        - value**4 * u2**2 / (2 * r2 * (1 - v2) ** 2)
    ) / (n - 2)
    return _through_z(value, math.sqrt(max(0.0, variance)), n, rule)


def _correlation(first: Numbers, second: Numbers, rule: IntervalRule, *, ranks: bool) -> Estimate:
    """Return a correlation with its interval on Fisher's z scale.

    Of ranks with the error of Bonett and Wright, Psychometrika 2000, 65, 23. Undefined where
    one side is constant.
    """
    n = len(first)
    if n < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Estimate.without_value(n)
    value = float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))
    if n < 4 or abs(value) > 1 - 1e-12:
        return Estimate(value, None, None, n, no_interval=_BORDER)
    factor = 1 + value**2 / 2 if ranks else 1.0
    return _through_z(value, math.sqrt(factor / (n - 3)), n, rule)


def _through_z(value: float, error: float, n: int, rule: IntervalRule) -> Estimate:
    z = math.atanh(value)
    return Estimate(
        value, math.tanh(z - rule.z * error), math.tanh(z + rule.z * error), n, "Fisher's z"
    )
