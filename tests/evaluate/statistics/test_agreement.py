from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from corcal.evaluate.statistics.agreement.bland_altman import bland_altman
from corcal.evaluate.statistics.agreement.coefficients import (
    agreement,
    icc,
    lin_concordance,
)
from corcal.evaluate.statistics.interval import IntervalRule

RULE = IntervalRule()

#: Shrout and Fleiss, Psychol Bull 1979, 86, 420, Table 2: six targets, four raters.
RATERS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)

#: Bland and Altman, Lancet 1986, 1, 307, Table 1: peak flow of 17 people by two meters, l/min.
LARGE = np.array(
    [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427], float
)
MINI = np.array(
    [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451], float
)


def test_the_raters_of_shrout_and_fleiss() -> None:
    absolute, consistent = icc(RATERS, RULE)
    # ICC(2,1) .29, ICC(3,1) .71; intervals .02 to .76 and .34 to .95 (R's psych: .019 to .761).
    assert (absolute.value, consistent.value) == pytest.approx((0.290, 0.715), abs=5e-4)
    assert (absolute.low, absolute.high) == pytest.approx((0.019, 0.761), abs=5e-4)
    assert (consistent.low, consistent.high) == pytest.approx((0.342, 0.946), abs=5e-4)


def test_the_peak_flow_meters_of_bland_and_altman() -> None:
    b = bland_altman(LARGE, MINI, RULE)
    assert b.sd == pytest.approx(38.8, abs=0.05)
    assert b.bias.value == pytest.approx(-2.1, abs=0.05)
    assert (b.bias.low, b.bias.high) == pytest.approx((-22.0, 17.8), abs=0.05)
    # 1999 edition of the method: 1.96 SD, where the first paper took 2.
    assert (b.lower.value, b.upper.value) == pytest.approx((-78.1, 73.9), abs=0.05)
    # The first paper's error of a limit, SD sqrt(3 / n), is this one rounded up.
    assert b.upper.high == pytest.approx(110.1, abs=2)
    assert b.lower.low == pytest.approx(-114.3, abs=2)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=5, max_size=30, unique=True
    )
)
def test_correlations_are_scipys(pairs: list[tuple[float, float]]) -> None:
    a, b = np.round(np.array(pairs).T, 1)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return
    found = agreement(a, b, RULE)
    assert found.spearman.value == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-9)
    assert found.pearson.value == pytest.approx(stats.pearsonr(a, b).statistic, abs=1e-9)


def test_pearsons_interval_is_scipys() -> None:
    found = agreement(LARGE, MINI, RULE).pearson
    ends = stats.pearsonr(LARGE, MINI).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_lin_is_precision_times_accuracy() -> None:
    # Lin's own way of writing it: Pearson's r times C_b of scale and location shift.
    e = lin_concordance(LARGE, MINI, RULE)
    r = stats.pearsonr(LARGE, MINI).statistic
    scale = LARGE.std() / MINI.std()
    shift = (LARGE.mean() - MINI.mean()) / math.sqrt(LARGE.std() * MINI.std())
    assert e.value == pytest.approx(r * 2 / (scale + 1 / scale + shift**2))
    assert e.low is not None
    assert e.high is not None
    assert e.low < r < e.high


def test_a_constant_shift_lowers_absolute_agreement_alone() -> None:
    absolute, consistent = icc(np.column_stack([LARGE, LARGE + 100]), RULE)
    assert consistent.value == pytest.approx(1)
    assert absolute.value is not None
    assert absolute.value < 0.8


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_constant_measurements_have_no_agreement_to_speak_of(value: float) -> None:
    same = np.full(6, value)
    found = agreement(same, same, RULE)
    for e in (found.icc_a1, found.icc_c1, found.lin, found.spearman, found.pearson):
        assert (e.value, e.low, e.n) == (None, None, 6)
    assert found.bland_altman.bias.value == 0
    assert found.bland_altman.upper.value == 0


def test_identical_measurements_agree_perfectly_without_an_interval() -> None:
    found = agreement(LARGE, LARGE, RULE)
    for e in (found.icc_a1, found.icc_c1, found.lin, found.spearman):
        assert e.value == pytest.approx(1)
        assert e.low is None


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_handful_of_patients_is_no_crash(n: int) -> None:
    found = agreement(LARGE[:n], MINI[:n], RULE)
    assert found.icc_a1.n == n
    assert found.spearman.low is None
    assert (found.bland_altman.sd is None) == (n < 2)


def test_one_reader_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two raters"):
        icc(RATERS[:, :1], RULE)
