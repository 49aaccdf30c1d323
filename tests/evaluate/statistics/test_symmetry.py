"""Bowker, Stuart and Maxwell, and net reclassification, against published examples."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import SquareTable

from corcal.evaluate.statistics.agreement.net_reclassification import net_reclassification
from corcal.evaluate.statistics.agreement.symmetry import bowker, stuart_maxwell
from corcal.evaluate.statistics.interval import IntervalRule

RULE = IntervalRule()

#: Stuart, Biometrika 1953, 40, 105: unaided vision of 7,477 women, right eye by left.
VISION = np.array(
    [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
)


def test_the_vision_of_women() -> None:
    # Bowker 19.11 (Agresti, Categorical Data Analysis, section 10.4: X2 = 19.1, df 6); Stuart's
    # own test 11.96, df 3, p .0075.
    symmetry, margins = bowker(VISION), stuart_maxwell(VISION)
    assert symmetry is not None
    assert margins is not None
    assert (symmetry.chi2, symmetry.df) == pytest.approx((19.11, 6), abs=5e-3)
    assert (margins.chi2, margins.df) == pytest.approx((11.96, 3), abs=5e-3)
    table = SquareTable(VISION, shift_zeros=False)
    assert symmetry.p == pytest.approx(table.symmetry().pvalue)
    assert margins.p == pytest.approx(table.homogeneity("stuart_maxwell").pvalue)


def test_two_categories_are_mcnemars() -> None:
    counts = np.array([[40, 5], [14, 41]])
    for test in (bowker(counts), stuart_maxwell(counts)):
        assert test is not None
        assert (test.chi2, test.df) == pytest.approx(((14 - 5) ** 2 / 19, 1))


def test_categories_that_are_not_confused_take_no_degree_of_freedom() -> None:
    # 0 and 1 are confused with each other, 2 and 3 with each other, nobody across.
    counts = np.array([[9, 6, 0, 0], [2, 9, 0, 0], [0, 0, 9, 1], [0, 0, 3, 9]])
    expected = (6 - 2) ** 2 / 8 + (1 - 3) ** 2 / 4
    for test in (bowker(counts), stuart_maxwell(counts)):
        assert test is not None
        assert (test.chi2, test.df) == pytest.approx((expected, 2))


def test_without_a_confusion_there_is_no_test() -> None:
    assert bowker(np.diag([3, 4, 5])) is None
    assert stuart_maxwell(np.diag([3, 4, 5])) is None


def test_hdl_in_framingham() -> None:
    # Pencina et al., Stat Med 2008, 27, 157, section 4: of 183 with an event 29 up and 7 down, of
    # 3,081 without 173 up and 174 down; NRI 0.121, z 3.616, p < 0.001.
    moves = np.repeat([1.0, -1, 0, 1, -1, 0], [29, 7, 147, 173, 174, 2734])
    event = np.arange(len(moves)) < 183
    nri = net_reclassification(moves, np.zeros(len(moves)), event, RULE)
    assert (nri.events.up, nri.events.down, nri.others.up, nri.others.down) == (29, 7, 173, 174)
    assert nri.total.value == pytest.approx(0.121, abs=5e-4)
    assert nri.z == pytest.approx(3.616, abs=5e-4)
    assert nri.p is not None
    assert nri.p < 0.001


def test_the_interval_of_a_net_is_that_of_agresti_and_min() -> None:
    # 10 up, 4 down of 40: (10.5 - 4.5) / 42, Wald with half a patient in each cell.
    moves = np.repeat([1.0, -1, 0], [10, 4, 26])
    nri = net_reclassification(moves, np.zeros(40), np.arange(40) < 40, RULE)
    middle = 6 / 42
    half = RULE.z * np.sqrt(15 - 6**2 / 42) / 42
    assert (nri.events.net.low, nri.events.net.high) == pytest.approx(
        (middle - half, middle + half)
    )
    assert nri.events.net.value == pytest.approx(6 / 40)


def test_the_other_way_round_is_the_negative() -> None:
    rng = np.random.default_rng(3)
    a, b = (rng.integers(0, 4, 60).astype(np.float64) for _ in range(2))
    event = np.arange(60) < 25
    there = net_reclassification(a, b, event, RULE)
    back = net_reclassification(b, a, event, RULE)
    assert there.total.value == pytest.approx(-(back.total.value or 0))
    assert there.total.low == pytest.approx(-(back.total.high or 0))
    assert there.p == pytest.approx(back.p)


def test_without_either_outcome_there_is_no_nri() -> None:
    a = np.arange(5.0)
    nri = net_reclassification(a, a[::-1], np.ones(5, dtype=np.bool_), RULE)
    assert (nri.total.value, nri.p) == (None, None)
    assert nri.events.net.value is not None
