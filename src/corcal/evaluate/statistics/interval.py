"""The rule by which intervals are taken, and the intervals of proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate

#: Why a figure whose large-sample error is 0 has no interval.
NO_ERROR = "its large-sample error is 0: the theory fails where agreement is perfect"

METHODS = ("wilson", "exact", "bootstrap")


@dataclass(frozen=True)
class IntervalRule:
    """The rule by which intervals are taken.

    Attributes:
        method: of proportions: "wilson" (score, without continuity correction), "exact"
            (Clopper-Pearson) or "bootstrap" (BCa; then of every figure of detection).
        confidence: level of every interval, between 0 and 1.
        draws: bootstrap samples.
        seed: of the bootstrap, so that a run can be repeated to the digit.

    Raises:
        ValueError: a method, level or number of draws that cannot be.
    """

    method: str = "wilson"
    confidence: float = 0.95
    draws: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS or not 0 < self.confidence < 1 or self.draws < 100:
            raise ValueError(f"no such intervals: {self}")

    @property
    def z(self) -> float:
        """The standard normal quantile of the level, 1.96 at 0.95."""
        return float(stats.norm.ppf(0.5 + self.confidence / 2))

    def around(self, value: float, error: float, n: int, *, method: str = "") -> Estimate:
        """Return a figure with its large-sample interval, value +- z standard errors.

        An error of 0 (perfect agreement) says that the theory fails, not that the figure is
        known exactly: then there is no interval.
        """
        if not error > 0:
            return Estimate(value, None, None, n, no_interval=NO_ERROR)
        return Estimate(value, value - self.z * error, value + self.z * error, n, method)


def proportion(hits: int, n: int, rule: IntervalRule) -> Estimate:
    """Return hits / n with its Wilson or exact interval; undefined where n is 0.

    Wilson, JASA 1927, 22, 209; Clopper and Pearson, Biometrika 1934, 26, 404; compared in
    Newcombe, Stat Med 1998, 17, 857. A rule of bootstrap intervals gives Wilson's here.
    """
    if n == 0:
        return Estimate.without_value(0)
    if rule.method == "exact":
        exact = stats.binomtest(hits, n).proportion_ci(rule.confidence, method="exact")
        return Estimate(hits / n, float(exact.low), float(exact.high), n, "Clopper-Pearson")
    return Estimate(hits / n, *wilson_ends(hits, n, rule), n, "Wilson")


def wilson_share(share: float, n: float, rule: IntervalRule) -> tuple[float, float]:
    """Return both ends of Wilson's interval of a share of n, which need not be whole.

    An effective number of cases, as of clustered ones, is not whole.
    """
    z2 = rule.z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = rule.z * math.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def wilson_ends(hits: int, n: int, rule: IntervalRule) -> tuple[float, float]:
    """Return both ends of Wilson's interval of hits / n; n is above 0."""
    ends = stats.binomtest(hits, n).proportion_ci(rule.confidence, method="wilson")
    return float(ends.low), float(ends.high)


def percentiles(value: float, draws: NDArray[np.float64], n: int, rule: IntervalRule) -> Estimate:
    """Return a figure with its percentile interval; draws that are NaN (undefined) are left out."""
    known = draws[np.isfinite(draws)]
    if known.size == 0:
        return Estimate(value, None, None, n)
    tail = (1 - rule.confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(value, float(low), float(high), n)
