"""Limits of agreement of differences, of ratios, of percentages, and along a regression."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule


@dataclass(frozen=True)
class BlandAltman:
    """The differences of two measurements, first - second, in their unit.

    Attributes:
        bias: mean difference.
        sd: standard deviation of the differences, None with fewer than two.
        lower: lower limit of agreement.
        upper: upper limit of agreement.
        spread_p: p value of no trend of the absolute residuals with the mean of both (Spearman);
            None where it cannot be tested. A small one asks for `ratios` or `regression`.
    """

    bias: Estimate
    sd: float | None
    lower: Estimate
    upper: Estimate
    spread_p: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "bias": self.bias.as_dict(),
            "sd": self.sd,
            "lower": self.lower.as_dict(),
            "upper": self.upper.as_dict(),
            "spread_p": self.spread_p,
        }


@dataclass(frozen=True)
class RegressionLimits:
    """Limits of agreement that grow with the measurement.

    Bland and Altman, Stat Methods Med Res 1999, 8, 135, section 3.2: the difference is regressed
    on the mean of both, difference = bias_0 + bias_1 x mean; the absolute residuals are too; their
    line times sqrt(pi / 2) is the standard deviation.

    Attributes:
        bias: (bias_0, bias_1).
        sd: (sd_0, sd_1), the standard deviation at a mean of m is sd_0 + sd_1 m.
    """

    bias: tuple[float, float]
    sd: tuple[float, float]

    def limits_at(self, mean: float, rule: IntervalRule) -> tuple[float, float]:
        """Return the lower and upper limit of agreement at a mean of both measurements."""
        middle = self.bias[0] + self.bias[1] * mean
        half = rule.z * max(0.0, self.sd[0] + self.sd[1] * mean)
        return middle - half, middle + half

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {"bias": list(self.bias), "sd": list(self.sd)}


def bland_altman(first: Numbers, second: Numbers, rule: IntervalRule) -> BlandAltman:
    """Return bias and limits of agreement, the bias +- 1.96 SD (or the level's own quantile).

    Bland and Altman, Lancet 1986, 1, 307; intervals with Student's t and the error of a limit,
    SD x sqrt(1/n + z^2 / (2 (n - 1))), from Stat Methods Med Res 1999, 8, 135.

    Args:
        first: a value for each patient, no NaN.
        second: the same patients.
        rule: level of the limits and of their intervals.
    """
    difference = first - second
    n = len(difference)
    if n < 2:
        bias = Estimate.without_value(0)
        if n:
            bias = Estimate(float(difference[0]), None, None, 1, no_interval="one patient alone")
        return BlandAltman(bias, None, Estimate.without_value(n), Estimate.without_value(n))
    mean, sd = float(difference.mean()), float(difference.std(ddof=1))
    t = float(stats.t.ppf(0.5 + rule.confidence / 2, n - 1))
    of_mean, of_limit = sd / math.sqrt(n), sd * math.sqrt(1 / n + rule.z**2 / (2 * (n - 1)))

    def around(value: float, error: float) -> Estimate:
        return Estimate(value, value - t * error, value + t * error, n, "Student's t")

    return BlandAltman(
        around(mean, of_mean),
        sd,
        around(mean - rule.z * sd, of_limit),
        around(mean + rule.z * sd, of_limit),
        _spread_p((first + second) / 2, np.abs(difference - mean)),
    )


def _spread_p(means: Numbers, residuals: Numbers) -> float | None:
    if len(means) < 10 or np.ptp(means) == 0 or np.ptp(residuals) == 0:
        return None
    return float(stats.spearmanr(means, residuals).pvalue)


def percent_limits(first: Numbers, second: Numbers, rule: IntervalRule) -> BlandAltman:
    """Return bias and limits of 100 (first - second) / mean of both, of means above 0."""
    middle = (first + second) / 2
    above = middle > 0
    share = 100 * (first[above] - second[above]) / middle[above]
    return bland_altman(share, np.zeros(len(share)), rule)


def ratio_limits(first: Numbers, second: Numbers, rule: IntervalRule) -> BlandAltman:
    """Return the typical ratio first / second with its limits, of pairs that are both above 0.

    Limits of the differences of logarithms, taken back (Bland and Altman 1999, section 3.1).
    """
    above = (first > 0) & (second > 0)
    logs = bland_altman(np.log(first[above]), np.log(second[above]), rule)
    bias, lower, upper = (e.through(math.exp) for e in (logs.bias, logs.lower, logs.upper))
    return BlandAltman(bias, logs.sd, lower, upper, logs.spread_p)


def regression_limits(first: Numbers, second: Numbers) -> RegressionLimits | None:
    """Return limits of agreement along a regression; None where the means do not differ."""
    middle, difference = (first + second) / 2, first - second
    if len(middle) < 3 or np.ptp(middle) == 0:
        return None
    line = stats.linregress(middle, difference)
    rest = np.abs(difference - line.intercept - line.slope * middle)
    spread = stats.linregress(middle, rest)
    factor = math.sqrt(math.pi / 2)
    return RegressionLimits(
        (float(line.intercept), float(line.slope)),
        (factor * float(spread.intercept), factor * float(spread.slope)),
    )
