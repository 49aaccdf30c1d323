"""Lines between two methods: what they must be, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corcal.evaluate.statistics.agreement.deming import deming
from corcal.evaluate.statistics.agreement.method_comparison import SPREAD, compare_methods
from corcal.evaluate.statistics.agreement.passing_bablok import MOST, passing_bablok
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.statistics.interval import IntervalRule

RULE = IntervalRule()


def pairs(n: int, seed: int = 0, *, error: float = 6.0) -> tuple[Numbers, Numbers]:
    """Return a reference and a prediction of 1.2 x reference + 10, both with error."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(50, 150, n)
    return truth + rng.normal(0, error, n), 1.2 * truth + 10 + rng.normal(0, 1.2 * error, n)


def test_four_points_by_hand() -> None:
    # Slopes 2, 1, 4/3, 0, 1, 2: the middle two are 1 and 4/3.
    x, y = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 3, 5])
    slope = np.tan((np.arctan(1) + np.arctan(4 / 3)) / 2)
    line = passing_bablok(x, y, RULE).line
    assert line.slope.value == pytest.approx(slope)
    assert line.intercept.value == pytest.approx(np.median(y - slope * x))
    # Deming: Sxx = Syy = 2, Sxy = 1.
    assert deming(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]), RULE).slope.value == pytest.approx(
        1
    )


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-50, 50))
def test_another_unit_gives_the_same_line_in_that_unit(
    seed: int, unit: float, shift: float
) -> None:
    x, y = pairs(30, seed)
    other = unit * x, unit * y + shift
    for plain, scaled in (
        (deming(x, y, RULE), deming(*other, RULE)),
        (passing_bablok(x, y, RULE).line, passing_bablok(*other, RULE).line),
    ):
        for name in ("value", "low", "high"):
            assert getattr(scaled.slope, name) == pytest.approx(getattr(plain.slope, name))
            expected = unit * getattr(plain.intercept, name) + shift
            assert getattr(scaled.intercept, name) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_either_method_may_be_the_first(seed: int) -> None:
    x, y = pairs(25, seed)
    for there, back in (
        (deming(x, y, RULE, error_ratio=0.5), deming(y, x, RULE, error_ratio=2.0)),
        (passing_bablok(x, y, RULE).line, passing_bablok(y, x, RULE).line),
    ):
        assert there.slope.value is not None
        assert back.slope.value == pytest.approx(1 / there.slope.value)
    ends = passing_bablok(x, y, RULE).line.slope, passing_bablok(y, x, RULE).line.slope
    assert ends[0].low is not None
    assert ends[1].high == pytest.approx(1 / ends[0].low)


def test_rounding_to_tenths_is_rounding_to_whole_numbers() -> None:
    x, y = (np.round(side / 10, 1) for side in pairs(60))
    tenths, whole = (
        passing_bablok(x, y, RULE),
        passing_bablok(np.round(10 * x), np.round(10 * y), RULE),
    )
    assert tenths.line.slope.value == pytest.approx(whole.line.slope.value, rel=1e-12)
    assert tenths.linearity_p == pytest.approx(whole.linearity_p)


def test_a_curve_is_no_line() -> None:
    x, _ = pairs(80)
    rng = np.random.default_rng(1)
    assert (passing_bablok(x, x**3 / 1e4 + rng.normal(0, 2, 80), RULE).linearity_p or 1) < 0.01
    assert (passing_bablok(x, 2 * x + rng.normal(0, 2, 80), RULE).linearity_p or 0) > 0.05


def test_zeros_are_left_to_detection() -> None:
    x, y = pairs(40)
    with_zeros = compare_methods(np.append(y, [0, 0, 30]), np.append(x, [0, 25, 0]), RULE)
    alone = compare_methods(y, x, RULE)
    assert with_zeros == alone
    assert alone.n == 40
    assert alone.deming.slope.low is not None
    assert alone.deming.slope.low < 1.2 < (alone.deming.slope.high or 0)


def test_errors_that_grow_leave_the_interval_to_the_logarithms() -> None:
    rng = np.random.default_rng(2)
    truth = np.exp(rng.normal(4, 1.2, 120))
    x, y = (truth * np.exp(rng.normal(0, 0.2, 120)) for _ in range(2))
    c = compare_methods(2 * y, x, RULE)
    for line in (c.passing_bablok.line, c.deming):
        assert line.slope.value is not None
        assert (line.slope.low, line.slope.no_interval) == (None, SPREAD)
    for line in (c.log_passing_bablok.line, c.log_deming):
        assert line.slope.low is not None
        assert line.slope.low < 1 < (line.slope.high or 0)
        assert line.intercept.low is not None
        assert line.intercept.low < 2 < (line.intercept.high or 0)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 19])
def test_a_handful_of_patients_has_no_interval(n: int) -> None:
    x, y = pairs(n)
    c = compare_methods(y, x, RULE)
    for line in (c.passing_bablok.line, c.deming, c.log_passing_bablok.line, c.log_deming):
        assert line.slope.n == line.intercept.n == n
        assert (line.slope.value is None) == (n < 3)
        assert line.slope.low is None
        assert bool(line.slope.no_interval) == (n >= 3)


def test_what_does_not_vary_has_no_line() -> None:
    same = np.full(30, 7.0)
    c = compare_methods(same, same, RULE)
    assert c.passing_bablok.line.slope.value is None
    assert c.deming.slope.value is None


def test_the_very_same_measurements_have_a_line_without_an_interval() -> None:
    x, _ = pairs(30)
    c = compare_methods(x, x, RULE)
    for line in (c.passing_bablok.line, c.deming):
        assert line.slope.value == pytest.approx(1)
        assert line.intercept.value == pytest.approx(0, abs=1e-9)
        assert line.slope.low is None


def test_of_too_many_patients_there_are_too_many_pairs() -> None:
    x, y = pairs(MOST + 1)
    c = compare_methods(y, x, RULE)
    assert c.passing_bablok.line.slope.value is None
    assert c.deming.slope.value == pytest.approx(1.2, abs=0.02)
