"""Tests between groups against published examples, and where nothing can be tested."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from corcal.evaluate.statistics.group_tests import (
    compare_counts,
    compare_means,
    compare_ranks,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


#: Student's sleep data (Biometrika 1908, 6, 1), as R's `t.test(extra ~ group, sleep)` prints it.
SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)


def test_welch_on_students_sleep_data() -> None:
    found = compare_means(SLEEP)
    assert found is not None
    assert (found.name, round(found.p, 5)) == ("Welch", 0.07939)


def test_fisher_on_the_lady_tasting_tea() -> None:
    found = compare_counts(np.array([[3, 1], [1, 3]]), rng())
    assert found is not None
    assert (found.name, round(found.p, 4)) == ("Fisher", 0.4857)


def test_chi_square_on_the_1984_party_survey() -> None:
    # Agresti, An Introduction to Categorical Data Analysis, 2007, p. 39: X2 = 30.07, p < .001.
    found = compare_counts(np.array([[762, 327, 468], [484, 239, 477]]), rng())
    assert found is not None
    assert found.name == "χ²"
    assert found.p == pytest.approx(stats.chi2.sf(30.0701, 2), rel=1e-3)


def test_kruskal_and_wallis_by_hand() -> None:
    groups = [np.array(g, float) for g in ([1, 3, 5, 7, 9], [2, 4, 6, 8, 10], [11, 12, 13, 14, 15])]
    found = compare_ranks(groups)
    assert found is not None
    # Ranks are the numbers: H = 12 / (15 * 16) * (25^2 + 30^2 + 65^2) / 5 - 3 * 16 = 9.5.
    assert found.name == "Kruskal-Wallis"
    assert found.p == pytest.approx(stats.chi2.sf(9.5, 2))


def test_analysis_of_variance_by_hand() -> None:
    groups = [np.array(g, float) for g in ([1, 2, 3], [2, 3, 4], [6, 7, 8])]
    found = compare_means(groups)
    assert found is not None
    # Between: 3 * (4 + 1 + 9) = 42 on 2; within: 6 on 6; F = 21.
    assert found.p == pytest.approx(stats.f.sf(21, 2, 6))


def test_sparse_tables_agree_with_the_exact_test() -> None:
    table = np.array([[3, 0, 1], [0, 4, 1], [1, 1, 3]])
    found = compare_counts(table, rng())
    assert found is not None
    assert found.name == "χ², simulated"
    # All tables with these margins, weighed by their probability, by full enumeration.
    assert found.p == pytest.approx(_enumerated(table), abs=0.015)


def _enumerated(table: np.ndarray) -> float:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows, columns) / table.sum()
    law = stats.random_table(rows, columns)
    observed = ((table - expected) ** 2 / expected).sum()
    total = 0.0
    for a in range(rows[0] + 1):
        for b in range(rows[0] - a + 1):
            for c in range(rows[1] + 1):
                for d in range(rows[1] - c + 1):
                    top = [a, b, rows[0] - a - b]
                    middle = [c, d, rows[1] - c - d]
                    last = columns - np.array(top) - np.array(middle)
                    if last.min() < 0:
                        continue
                    one = np.array([top, middle, last])
                    if ((one - expected) ** 2 / expected).sum() >= observed - 1e-9:
                        total += float(law.pmf(one))
    return total


def test_tests_keep_their_level() -> None:
    source = np.random.default_rng(8)
    low = {"means": 0, "ranks": 0, "counts": 0}
    for _ in range(400):
        groups = [source.normal(size=20), source.normal(size=35)]
        means, ranks = compare_means(groups), compare_ranks(groups)
        counts = compare_counts(source.multinomial(60, [0.3, 0.3, 0.4], size=2).T, source)
        assert means is not None
        assert ranks is not None
        assert counts is not None
        low["means"] += means.p < 0.05
        low["ranks"] += ranks.p < 0.05
        low["counts"] += counts.p < 0.05
    assert all(8 <= n <= 34 for n in low.values()), low


@pytest.mark.parametrize(
    "groups",
    [
        [np.array([1.0, 2.0])],
        [np.array([1.0, 2.0]), np.array([])],
        [np.array([3.0, 3.0]), np.array([3.0, 3.0])],
    ],
)
def test_nothing_to_compare(groups: list[np.ndarray]) -> None:
    assert compare_means(groups) is None
    assert compare_ranks(groups) is None


def test_counts_of_one_category_or_group_are_not_compared() -> None:
    assert compare_counts(np.array([[5, 9]]), rng()) is None
    assert compare_counts(np.array([[5, 0], [3, 0]]), rng()) is None
    assert compare_counts(np.zeros((0, 2), int), rng()) is None
