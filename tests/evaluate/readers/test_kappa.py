"""Free-marginal kappa against the paper, a published example and an independent implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.evaluate.readers.kappa import free_marginal_kappa

#: The paper's Table 2: kappa and interval as printed, and the scans of 100 in which two readers
#: must have agreed, on a scale of four categories, for it.
TABLE_2 = {
    "LAD": ((0.81, 0.72, 0.90), 86),
    "RCA": ((0.76, 0.66, 0.86), 82),
    "LCX": ((0.68, 0.57, 0.79), 76),
    "LAD calcium": ((0.85, 0.77, 0.94), 89),
    "RCA calcium": ((0.85, 0.77, 0.94), 89),
    "LCX calcium": ((0.79, 0.69, 0.88), 84),
}

#: Gwet's data set distrib.6raters: 15 patients, 6 psychiatrists, 5 diagnoses.
SIX_RATERS = np.array(
    [
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
    ]
)


def two_readers(n: int, agreed: int, categories: int) -> NDArray[np.int64]:
    counts = np.zeros((n, categories), np.int64)
    counts[:agreed, 0] = 2
    counts[agreed:, :2] = 1
    return counts


def printed(x: float | None) -> float:
    assert x is not None
    return math.floor(x * 100 + 0.5) / 100


@pytest.mark.parametrize("row", TABLE_2)
def test_table_2_to_the_printed_digit(row: str) -> None:
    published, agreed = TABLE_2[row]
    found = free_marginal_kappa(two_readers(100, agreed, 4))
    assert (printed(found.value), printed(found.low), printed(found.high)) == published
    assert found.n == 100


def test_only_a_scale_of_four_prints_all_of_table_2_and_each_row_has_one_count() -> None:
    def counts_that_print(published: tuple[float, ...], categories: int) -> list[int]:
        return [
            count
            for count in range(101)
            for found in [free_marginal_kappa(two_readers(100, count, categories))]
            if (printed(found.value), printed(found.low), printed(found.high)) == published
        ]

    solutions = {k: [counts_that_print(row, k) for row, _ in TABLE_2.values()] for k in range(2, 9)}
    assert [k for k, rows in solutions.items() if all(rows)] == [4]
    assert solutions[4] == [[agreed] for _, agreed in TABLE_2.values()]


def test_six_raters_as_published() -> None:
    # irrCAC's overview prints 0.4388889 with a standard error of 0.08312142.
    found = free_marginal_kappa(SIX_RATERS)
    assert found.value == pytest.approx(0.4388889, abs=5e-8)
    assert found.low is not None
    assert (0.4388889 - found.low) / 1.959964 == pytest.approx(0.08312142, abs=5e-7)


def test_raters_who_are_missing_as_published() -> None:
    # irrCAC's cac.raw4raters: 0.77273 over the 11 units that two raters or more have rated.
    first = ("11-1", "2232", "3333", "3333", "2222", "1234")
    last = ("4444", "1121", "2222", "-555", "--11", "--3-")
    counts = np.array([[unit.count(str(c)) for c in range(1, 6)] for unit in (*first, *last)])
    found = free_marginal_kappa(counts)
    assert found.value == pytest.approx(0.77273, abs=5e-6)
    assert found.n == 11


@given(st.integers(2, 6), st.integers(2, 5), st.integers(1, 40), st.integers(0, 10_000))
def test_value_as_statsmodels_gives_it(raters: int, categories: int, n: int, seed: int) -> None:
    rater = pytest.importorskip("statsmodels.stats.inter_rater")
    counts = np.random.default_rng(seed).multinomial(raters, [1 / categories] * categories, n)
    found = free_marginal_kappa(counts)
    assert found.value == pytest.approx(rater.fleiss_kappa(counts, method="randolph"))


def test_interval_covers_at_its_nominal_rate() -> None:
    rng = np.random.default_rng(5)
    true = (0.8 - 1 / 3) / (2 / 3)
    hits = 0
    for agreed in rng.binomial(100, 0.8, 4000):
        found = free_marginal_kappa(two_readers(100, int(agreed), 3))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= true <= found.high
    assert 0.925 < hits / 4000 < 0.965


def test_complete_agreement_has_an_exact_lower_limit() -> None:
    found = free_marginal_kappa(two_readers(100, 100, 3))
    # 0.025 ** (1 / 100) = 0.96378: Clopper and Pearson's lower limit of 100 in 100.
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx((0.9637833 - 1 / 3) / (2 / 3), abs=1e-6)


def test_complete_disagreement_has_an_exact_upper_limit() -> None:
    found = free_marginal_kappa(two_readers(20, 0, 3))
    assert found.value == found.low == pytest.approx(-0.5)
    assert found.high == pytest.approx((1 - 0.025 ** (1 / 20) - 1 / 3) / (2 / 3))


def test_equal_partial_agreement_has_no_interval() -> None:
    found = free_marginal_kappa(np.array([[2, 1, 0], [0, 2, 1]]))
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert (found.low, found.high, found.n) == (None, None, 2)


@pytest.mark.parametrize(
    "counts", [np.zeros((0, 3), int), np.array([[1, 0, 0], [0, 1, 0]]), np.array([[2], [2]])]
)
def test_nothing_to_compare_is_undefined(counts: NDArray[np.int64]) -> None:
    assert free_marginal_kappa(counts).value is None


def test_one_case_has_no_interval_unless_complete() -> None:
    assert free_marginal_kappa(np.array([[2, 1, 0]])).low is None
    assert free_marginal_kappa(np.array([[3, 0, 0]])).low is not None


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        free_marginal_kappa(np.array([[3, -1]]))
