"""Tests of differences between groups: the usual one for each kind of column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

#: Below this expected count in a cell the chi-square distribution is no good guide (Cochran,
#: Biometrics 1954, 10, 417).
_SMALLEST_EXPECTED = 5.0
_DRAWS = 9999


@dataclass(frozen=True)
class GroupTest:
    """A test of no difference between groups.

    Attributes:
        name: which test.
        p: its p value.
    """

    name: str
    p: float


def compare_means(groups: Sequence[NDArray[np.float64]]) -> GroupTest | None:
    """Return Welch's t test of two groups, or one-way analysis of variance of more.

    None below two groups, with a group of fewer than two values, or where all values of every
    group are equal.
    """
    if len(groups) < 2 or min(map(len, groups)) < 2 or not any(np.ptp(g) for g in groups):
        return None
    if len(groups) == 2:
        return GroupTest("Welch", float(stats.ttest_ind(*groups, equal_var=False).pvalue))
    return GroupTest("ANOVA", float(stats.f_oneway(*groups).pvalue))


def compare_ranks(groups: Sequence[NDArray[np.float64]]) -> GroupTest | None:
    """Return the Mann-Whitney test of two groups, or Kruskal and Wallis' of more.

    None below two groups, with an empty group, or where all values are equal.
    """
    if len(groups) < 2 or min(map(len, groups)) < 1 or not np.ptp(np.concatenate(groups)):
        return None
    if len(groups) == 2:
        first, second = groups
        return GroupTest("Mann-Whitney", float(stats.mannwhitneyu(first, second).pvalue))
    return GroupTest("Kruskal-Wallis", float(stats.kruskal(*groups).pvalue))


def compare_counts(counts: NDArray[np.int64], rng: np.random.Generator) -> GroupTest | None:
    """Return the chi-square test of a table, or an exact one where expected counts are small.

    Small 2 x 2 tables take Fisher's test; larger ones the chi-square statistic against tables
    drawn at random with the same margins. Without continuity correction. None where only one
    category or one group is filled.

    Args:
        counts: int (categories, groups).
        rng: draws the tables.
    """
    filled = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(filled.shape) < 2:
        return None
    expected = stats.contingency.expected_freq(filled)
    if expected.min() >= _SMALLEST_EXPECTED:
        result = stats.chi2_contingency(filled, correction=False)
        return GroupTest("χ²", float(result.pvalue))
    if filled.shape == (2, 2):
        return GroupTest("Fisher", float(stats.fisher_exact(filled).pvalue))
    drawn = stats.random_table(filled.sum(axis=1), filled.sum(axis=0)).rvs(_DRAWS, random_state=rng)
    statistics = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
    observed = float(((filled - expected) ** 2 / expected).sum())
    # A hair's breadth: equal tables must count as equal whatever the order of their sums.
    reached = int((statistics >= observed * (1 - 1e-12)).sum())
    return GroupTest("χ², simulated", (1 + reached) / (1 + _DRAWS))
