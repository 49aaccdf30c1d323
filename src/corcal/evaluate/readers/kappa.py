"""Agreement of readers who may put any number of cases into any category.

Sources: Randolph, Joensuu Learning and Instruction Symposium 2005 (free-marginal multirater
kappa); Brennan and Prediger, Educ Psychol Meas 1981, 41, 687 (the same for two readers); Gwet,
Br J Math Stat Psychol 2008, 61, 29 (its variance, for any number of readers, without assuming
that they are independent).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from corcal.evaluate.statistics.estimate import Estimate

_ALIKE = "every case has the same share of agreeing pairs: no spread between cases"


def free_marginal_kappa(counts: NDArray[np.int64], *, level: float = 0.95) -> Estimate:
    """Return Randolph's kappa with its interval.

    A case counts where at least two readers rated it; its agreement is the share of pairs of
    readers who chose the same category. The interval is the estimate -+ z standard errors, cut
    off at the ends of kappa's range. This is what gives the limits that the paper's Table 2
    prints (with 100 cases, two readers and four categories).

    Where every case has the same agreement that interval would have no width. If it is complete,
    the lower limit is then the exact one for a share of 100 %, if it is nil, the upper limit the
    exact one for 0 %; else there is no interval.

    Args:
        counts: int (cases, categories), how many readers put a case into a category. The number
            of categories is that of the scale the readers had, not of those they used.
        level: coverage of the interval.

    Returns:
        n is the number of cases that count; without any, or with a single category, nothing is
        defined.

    Raises:
        ValueError: negative counts.
    """
    if counts.min(initial=0) < 0:
        raise ValueError("counts of readers are not negative")
    raters = counts.sum(axis=1)
    counted = counts[raters >= 2].astype(np.float64)
    n, k = counted.shape
    if n == 0 or k < 2:
        return Estimate.without_value(n)
    m = raters[raters >= 2]
    agreement = (counted * (counted - 1)).sum(axis=1) / (m * (m - 1))
    value = _correct_for_chance(float(agreement.mean()), k)
    low, high = _limits(agreement, k, level)
    if low is None:
        return Estimate(value, None, None, n, no_interval=_ALIKE)
    return Estimate(value, low, high, n, "Gwet")


def _correct_for_chance(agreement: float, categories: int) -> float:
    """Return agreement beyond that of readers who choose each category equally often."""
    chance = 1 / categories
    return (agreement - chance) / (1 - chance)


def _limits(
    agreement: NDArray[np.float64], k: int, level: float
) -> tuple[float | None, float | None]:
    n = len(agreement)
    mean = float(agreement.mean())
    if np.ptp(agreement) > 0:
        z = float(ndtri((1 + level) / 2))
        error = float(agreement.std(ddof=1)) / math.sqrt(n)
        ends = (max(mean - z * error, 0.0), min(mean + z * error, 1.0))
        return _correct_for_chance(ends[0], k), _correct_for_chance(ends[1], k)
    # The exact (Clopper-Pearson) limits of n in n and of 0 in n.
    tail = ((1 - level) / 2) ** (1 / n)
    if mean == 1:
        return _correct_for_chance(tail, k), 1.0
    if mean == 0:
        return _correct_for_chance(0.0, k), _correct_for_chance(1 - tail, k)
    return None, None
