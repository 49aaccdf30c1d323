"""Two proportions of the same patients: McNemar's tests, Newcombe's interval, non-inferiority."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, wilson_ends


@dataclass(frozen=True)
class McNemar:
    """A paired difference of two proportions, first - second.

    Attributes:
        both: patients whom both systems classify rightly.
        only_first: whom only the first does.
        only_second: whom only the second does.
        neither: whom neither does.
        difference: of the two proportions, with Newcombe's interval.
        exact_p: exact p value.
        mid_p: mid-p value, less conservative.
        chi2: McNemar's statistic, without continuity correction.
        chi2_p: its p value.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    difference: Estimate
    exact_p: float
    mid_p: float
    chi2: float
    chi2_p: float

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "difference": self.difference.as_dict(),
            "both": self.both,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "neither": self.neither,
            "exact_p": self.exact_p,
            "mid_p": self.mid_p,
            "chi2": self.chi2,
            "chi2_p": self.chi2_p,
        }


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_], rule: IntervalRule) -> McNemar:
    """Return McNemar's test of two paired proportions.

    McNemar, Psychometrika 1947, 12, 153; exact and mid-p as in Fagerland, Lydersen and Laake,
    BMC Med Res Methodol 2013, 13, 91. Without a discordant patient every p value is 1.
    """
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    b, c = int((first & ~second).sum()), int((~first & second).sum())
    if b + c == 0:
        exact, mid, chi2 = 1.0, 1.0, 0.0
    else:
        exact = float(stats.binomtest(b, b + c).pvalue)
        point = float(stats.binom.pmf(b, b + c, 0.5))
        # Twice the one-sided mid-p. With b = c the observed point belongs to both tails.
        mid = exact - point if b != c else 1.0 - point / 2
        chi2 = (b - c) ** 2 / (b + c)
    return McNemar(
        both,
        b,
        c,
        neither,
        paired_difference(both, b, c, neither, rule),
        exact,
        mid,
        chi2,
        float(stats.chi2.sf(chi2, 1)),
    )


def paired_difference(
    both: int, only_first: int, only_second: int, neither: int, rule: IntervalRule
) -> Estimate:
    """Return the difference of two paired proportions with Newcombe's interval.

    Newcombe, Stat Med 1998, 17, 2635, method 10: Wilson's intervals of the two proportions,
    joined with a correlation that is corrected for continuity.
    """
    n = both + only_first + only_second + neither
    if n == 0:
        return Estimate.without_value(0)
    first, second = (both + only_first) / n, (both + only_second) / n
    low_1, high_1 = wilson_ends(both + only_first, n, rule)
    low_2, high_2 = wilson_ends(both + only_second, n, rule)
    phi = _correlation(both, only_first, only_second, neither)
    down_1, up_1, down_2, up_2 = first - low_1, high_1 - first, second - low_2, high_2 - second
    low = math.sqrt(max(0.0, down_1**2 - 2 * phi * down_1 * up_2 + up_2**2))
    high = math.sqrt(max(0.0, down_2**2 - 2 * phi * down_2 * up_1 + up_1**2))
    difference = (only_first - only_second) / n
    return Estimate(difference, difference - low, difference + high, n, "Newcombe, paired")


def _correlation(a: int, b: int, c: int, d: int) -> float:
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    n, product = a + b + c + d, a * d - b * c
    return (max(product - n / 2, 0.0) if product > 0 else product) / math.sqrt(margins)


@dataclass(frozen=True)
class MarginTest:
    """A difference held against a margin of no importance.

    Attributes:
        margin: the largest difference that does not matter, above 0.
        not_inferior: the interval lies above -margin.
        equivalent: the interval lies between -margin and margin.
    """

    margin: float
    not_inferior: bool
    equivalent: bool

    @property
    def words(self) -> str:
        """The conclusion in words."""
        if self.equivalent:
            return "equivalent"
        return "not inferior" if self.not_inferior else "not shown"

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "margin": self.margin,
            "not_inferior": self.not_inferior,
            "equivalent": self.equivalent,
        }


def hold_against_margin(difference: Estimate, margin: float) -> MarginTest | None:
    """Hold the interval of a difference, first - second, against a margin; None without one.

    Piaggio et al., JAMA 2012, 308, 2594 (CONSORT): the conclusion follows from the two-sided
    interval, so that at 95 % it is a one-sided test at 2.5 % for each side.

    Args:
        difference: with its interval.
        margin: above 0.
    """
    if difference.low is None or difference.high is None:
        return None
    return MarginTest(
        margin, difference.low > -margin, difference.low > -margin and difference.high < margin
    )
