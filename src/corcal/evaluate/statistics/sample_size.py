"""Numbers of patients that a study needs, for precision or for power."""

from __future__ import annotations

import math

from scipy import stats

from corcal.evaluate.statistics.interval import IntervalRule, wilson_share

#: More patients than this are not searched for.
_MOST = 10_000_000


def cases_for_proportion(expected: float, half_width: float, rule: IntervalRule) -> int:
    """Return how many cases give a proportion a Wilson interval no wider than asked for.

    Args:
        expected: of the proportion, such as a sensitivity.
        half_width: half of the interval's width.
        rule: level of the interval.
    """
    low, high = 1, _MOST
    while low < high:
        middle = (low + high) // 2
        ends = wilson_share(expected, middle, rule)
        low, high = (low, middle) if ends[1] - ends[0] <= 2 * half_width else (middle + 1, high)
    return low


def patients_for_cases(cases: int, share: float) -> int:
    """Return how many patients hold so many cases, of whom a share are cases.

    Buderer, Acad Emerg Med 1996, 3, 895: of the diseased for a sensitivity, of the others for a
    specificity.
    """
    return math.ceil(cases / share - 1e-9)


def patients_for_area(
    expected: float, half_width: float, prevalence: float, rule: IntervalRule
) -> int:
    """Return how many patients give an area under the ROC curve an interval no wider than asked."""
    low, high = 4, _MOST
    while low < high:
        middle = (low + high) // 2
        enough = rule.z * area_error(expected, middle, prevalence) <= half_width
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def area_error(expected: float, patients: int, prevalence: float) -> float:
    """Return the standard error of an area (Hanley and McNeil, Radiology 1982, 143, 29)."""
    q1, q2 = expected / (2 - expected), 2 * expected**2 / (1 + expected)

    ill, well = max(1.0, patients * prevalence), max(1.0, patients * (1 - prevalence))
    spread = (ill - 1) * (q1 - expected**2) + (well - 1) * (q2 - expected**2)
    return math.sqrt((expected * (1 - expected) + spread) / (ill * well))


def cases_for_kappa(
    expected: float, half_width: float, prevalence: float, rule: IntervalRule
) -> int:
    """Return how many cases give kappa of two raters an interval no wider than asked.

    Arguments as of `kappa_variance`. With perfect agreement there is no error to make smaller.
    """
    variance = kappa_variance(expected, prevalence)
    return max(2, math.ceil(variance * (rule.z / half_width) ** 2 - 1e-9))


def kappa_variance(expected: float, prevalence: float) -> float:
    """Return the variance of kappa times the number of cases.

    Present or absent, both raters with one prevalence; Fleiss, Cohen and Everitt, Psychol Bull
    1969, 72, 323.
    """
    p, q = prevalence, 1 - prevalence
    chance = p * p + q * q
    both = {1: p * p + expected * p * q, 0: q * q + expected * p * q}
    apart = p * q * (1 - expected)
    first = sum(both[i] * (1 - (p if i else q) * 2 * (1 - expected)) ** 2 for i in (0, 1))
    second = (1 - expected) ** 2 * 2 * apart
    third = (expected - chance * (1 - expected)) ** 2
    return max(0.0, first + second - third) / (1 - chance) ** 2


def cases_for_paired(difference: float, discordant: float, power: float, rule: IntervalRule) -> int:
    """Return how many cases show that two systems differ, by McNemar's test.

    Connor, Biometrics 1987, 43, 207.

    Args:
        difference: of the two proportions.
        discordant: share of cases on which the systems differ; at least the difference.
        power: of the test.
        rule: its level is the confidence.
    """
    beta = float(stats.norm.ppf(power))
    spread = math.sqrt(discordant - difference**2)
    return math.ceil(((rule.z * math.sqrt(discordant) + beta * spread) / difference) ** 2)


def cases_for_margin(margin: float, discordant: float, power: float, rule: IntervalRule) -> int:
    """Return how many cases show that one system is not inferior, where both are as good.

    The interval of the paired difference, of variance discordant / n, has to lie above -margin.
    """
    beta = float(stats.norm.ppf(power))
    return math.ceil(discordant * ((rule.z + beta) / margin) ** 2)


def cases_for_equivalence(
    margin: float, discordant: float, power: float, rule: IntervalRule
) -> int:
    """Return how many cases show that two systems are equivalent, where both are as good.

    The interval has to lie between -margin and margin: both sides share what is missing to 1.
    """
    beta = float(stats.norm.ppf((1 + power) / 2))
    return math.ceil(discordant * ((rule.z + beta) / margin) ** 2)


def power_of_paired(difference: float, discordant: float, cases: int, rule: IntervalRule) -> float:
    """Return the power of McNemar's test with so many cases (Connor, Biometrics 1987, 43, 207)."""
    spread = math.sqrt(discordant - difference**2)
    reach = (difference * math.sqrt(cases) - rule.z * math.sqrt(discordant)) / spread
    return float(stats.norm.cdf(reach))


def power_of_margin(
    margin: float, discordant: float, cases: int, rule: IntervalRule, *, both_sides: bool
) -> float:
    """Return the power to show non-inferiority, or equivalence, with so many cases."""
    reached = float(stats.norm.cdf(margin * math.sqrt(cases / discordant) - rule.z))
    return max(0.0, 2 * reached - 1) if both_sides else reached
