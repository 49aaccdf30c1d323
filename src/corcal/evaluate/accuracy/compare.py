"""Two systems on the same patients: who is right where the other is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.auc import AucDifference, auc_difference
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, wilson_ends
from corcal.evaluate.tables_in.pairs import Pairs


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


@dataclass(frozen=True)
class Comparison:
    """Two systems compared on one target.

    Attributes:
        n: patients whom both systems classified and the reference knows.
        sensitivity: among the diseased.
        specificity: among the others.
        accuracy: among all.
        auc: difference of the areas of the two yes-or-no tests.
        auc_volume: difference of the areas of the two volumes.
    """

    n: int
    sensitivity: McNemar
    specificity: McNemar
    accuracy: McNemar
    auc: AucDifference
    auc_volume: AucDifference

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "n": self.n,
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "accuracy": self.accuracy.as_dict(),
            "auc": _auc(self.auc),
            "auc_volume": _auc(self.auc_volume),
        }


def compare(first: Pairs, second: Pairs, target: str, rule: IntervalRule) -> Comparison:
    """Compare two systems on one target.

    Args:
        first: the first system and the reference.
        second: the second system and the same reference; the same patients in the same order.
        target: one of `TARGETS`.
        rule: level of the intervals.
    """
    truth = first.reference.column("present", target)
    a, b = (p.predicted.column("present", target) for p in (first, second))
    known = np.isfinite(truth) & np.isfinite(a) & np.isfinite(b)
    diseased = truth[known] == 1
    right_a, right_b = (x[known] == truth[known] for x in (a, b))
    volumes = [p.predicted.column("volume_mm3", target) for p in (first, second)]
    measured = np.isfinite(truth) & np.isfinite(volumes[0]) & np.isfinite(volumes[1])
    return Comparison(
        int(known.sum()),
        mcnemar(right_a[diseased], right_b[diseased], rule),
        mcnemar(right_a[~diseased], right_b[~diseased], rule),
        mcnemar(right_a, right_b, rule),
        auc_difference(a[known], b[known], diseased, rule),
        auc_difference(volumes[0][measured], volumes[1][measured], truth[measured] == 1, rule),
    )


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
        half = float(stats.binom.pmf(b, b + c, 0.5))
        # With b = c the tails overlap: the observed point is half the mid-p value of 1.
        mid = exact - half if b != c else 1.0 - half
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
        return Estimate.undefined(0)
    first, second = (both + only_first) / n, (both + only_second) / n
    low_1, high_1 = wilson_ends(both + only_first, n, rule)
    low_2, high_2 = wilson_ends(both + only_second, n, rule)
    phi = _correlation(both, only_first, only_second, neither)
    down_1, up_1, down_2, up_2 = first - low_1, high_1 - first, second - low_2, high_2 - second
    low = math.sqrt(max(0.0, down_1**2 - 2 * phi * down_1 * up_2 + up_2**2))
    high = math.sqrt(max(0.0, down_2**2 - 2 * phi * down_2 * up_1 + up_1**2))
    difference = (only_first - only_second) / n
    return Estimate(difference, difference - low, difference + high, n)


def _correlation(a: int, b: int, c: int, d: int) -> float:
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    n, product = a + b + c + d, a * d - b * c
    return (max(product - n / 2, 0.0) if product > 0 else product) / math.sqrt(margins)


def _auc(difference: AucDifference) -> dict[str, Any]:
    return difference.estimate.as_dict() | {"z": difference.z, "p": difference.p}
