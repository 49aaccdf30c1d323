from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import mcnemar as theirs

from corcal.evaluate.accuracy.compare import compare_systems
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.paired import mcnemar, paired_difference
from corcal.evaluate.tables_in.pairs import Pairs
from tests.evaluate.cohorts import results

RULE = IntervalRule()


def outcomes(a: int, b: int, c: int, d: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is right, for a patients both, b only the first, c only the second, d neither."""
    cells = [a, b, c, d]
    return np.repeat([1, 1, 0, 0], cells) == 1, np.repeat([1, 0, 1, 0], cells) == 1


def test_airway_hyperresponsiveness_of_fagerland_2013() -> None:
    # BMC Med Res Methodol 13, 91, Table 1: 1, 1, 7, 12; p .034 asymptotic, .070 exact, .039 mid-p.
    m = mcnemar(*outcomes(1, 1, 7, 12), RULE)
    assert m.chi2 == pytest.approx(4.5)
    assert m.chi2_p == pytest.approx(0.034, abs=5e-4)
    assert m.exact_p == pytest.approx(0.070, abs=5e-4)
    assert m.mid_p == pytest.approx(0.039, abs=5e-4)


def test_approval_ratings_of_agresti() -> None:
    # Categorical Data Analysis, Table 10.1: 794, 150, 86, 570; z squared 17.36.
    m = mcnemar(*outcomes(794, 150, 86, 570), RULE)
    assert m.chi2 == pytest.approx(17.36, abs=5e-3)
    assert m.difference.value == pytest.approx(0.04)


def test_the_interval_of_newcombe_1998() -> None:
    # Stat Med 17, 2635, the example 36, 12, 2, 0; method 10: .0569 to .3404.
    e = paired_difference(36, 12, 2, 0, RULE)
    assert (e.value, e.low, e.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)


@pytest.mark.parametrize(("b", "c", "mid"), [(1, 1, 0.75), (2, 2, 0.8125), (3, 1, 0.375)])
def test_the_mid_p_value_by_its_definition(b: int, c: int, mid: float) -> None:
    # Twice the one-sided mid-p: P(less) + half P(as many), of Binomial(b + c, 1/2).
    assert mcnemar(*outcomes(5, b, c, 5), RULE).mid_p == pytest.approx(mid)


@given(st.lists(st.integers(0, 25), min_size=4, max_size=4))
def test_p_values_agree_with_statsmodels(cells: list[int]) -> None:
    a, b, c, d = cells
    m = mcnemar(*outcomes(a, b, c, d), RULE)
    table = [[a, b], [c, d]]
    assert m.exact_p == pytest.approx(float(theirs(table, exact=True).pvalue), abs=1e-12)
    if b + c:
        chi2 = theirs(table, exact=False, correction=False)
        assert m.chi2_p == pytest.approx(float(chi2.pvalue), abs=1e-12)
    assert 0 < m.mid_p <= m.exact_p <= 1


@given(st.lists(st.integers(0, 25), min_size=4, max_size=4))
def test_the_interval_turns_round_with_the_systems(cells: list[int]) -> None:
    a, b, c, d = cells
    ours, turned = paired_difference(a, b, c, d, RULE), paired_difference(a, c, b, d, RULE)
    if ours.value is None or ours.low is None or ours.high is None:
        assert sum(cells) == 0
        return
    assert turned.value == pytest.approx(-ours.value)
    assert turned.low == pytest.approx(-ours.high, abs=1e-12)
    assert -1 <= ours.low <= ours.value <= ours.high <= 1


def test_sensitivity_is_compared_among_the_diseased_alone() -> None:
    truth = results(6, present={"RCA": [1, 1, 1, 0, 0, 0]})
    first = results(6, present={"RCA": [1, 1, 1, 1, 0, 0]})
    second = results(6, present={"RCA": [1, 0, 0, 0, 0, np.nan]})
    found = compare_systems(Pairs(first, truth), Pairs(second, truth), "RCA", RULE)
    # The last patient is unknown to the second system.
    assert found.n == 5
    assert (found.sensitivity.only_first, found.sensitivity.only_second) == (2, 0)
    assert (found.specificity.only_first, found.specificity.only_second) == (0, 1)
    assert found.accuracy.difference.value == pytest.approx(1 / 5)
    assert found.auc.estimate.value == pytest.approx((1 + 0.5) / 2 - (1 / 3 + 1) / 2)
    assert found.auc_volume.estimate.value is None
