"""Fixed rates and thresholds of a ROC curve, by hand; no interval where none is right."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.resampling import bootstrap, bootstrap_all
from corcal.evaluate.statistics.roc.curve import rates_at, roc_curve
from corcal.evaluate.statistics.roc.fixed_rates import AT_AN_END, FEW_OF_A_CLASS, fixed_rates
from corcal.evaluate.statistics.roc.thresholds import best_threshold, cut_at, youden
from corcal.evaluate.statistics.two_by_two import TwoByTwo

RULE = IntervalRule(draws=500)

#: Four diseased and four others; the curve goes through (0, .5), (.25, .75), (.5, 1).
SCORES = np.array([9.0, 8, 5, 3, 6, 4, 2, 1])
ILL = np.array([1, 1, 1, 1, 0, 0, 0, 0]) == 1


def drawn(n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    ill = np.arange(n) < n // 2
    return rng.normal(size=n) + 1.2 * ill, ill


def test_a_curve_has_its_thresholds() -> None:
    curve = roc_curve(SCORES, ILL)
    assert_allclose(curve.thresholds, [np.inf, 9, 8, 6, 5, 4, 3, 2, 1])
    assert_allclose(curve.true_positive, [0, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 1])
    assert_allclose(curve.false_positive, [0, 0, 0, 0.25, 0.25, 0.5, 0.5, 0.75, 1])


def test_rates_by_hand() -> None:
    ill, well = ILL.astype(float), (~ILL).astype(float)
    order = np.argsort(-SCORES)
    rates = rates_at(ill[order], well[order], np.array([1.0, 0.9, 0.75, 0.5, 0.0]))
    # Where the curve is vertical, its upper end; between its points a straight line.
    assert_allclose(rates, [0.5, 0.5, 0.75, 1.0, 1.0])
    tied = rates_at(np.array([1.0, 3.0]), np.array([1.0, 3.0]), np.array([0.9, 0.75, 0.3]))
    assert_allclose(tied, [0.1, 0.25, 0.7])
    assert np.isnan(rates_at(np.zeros(2), np.ones(2), np.array([0.9]))).all()


def test_specificity_at_a_sensitivity_is_the_reverse() -> None:
    [sensitivity, specificity] = fixed_rates(
        SCORES, ILL, RULE, specificities=(0.75,), sensitivities=(0.75,)
    )
    assert (sensitivity.value, specificity.value) == (0.75, 0.75)
    assert sensitivity.no_interval == FEW_OF_A_CLASS
    scores, ill = drawn(120, 1)
    [ours] = fixed_rates(scores, ill, RULE, sensitivities=(0.8,))
    [mirrored] = fixed_rates(-scores, ~ill, RULE, specificities=(0.8,))
    assert ours.value == pytest.approx(mirrored.value)


def test_an_interval_holds_its_rate_and_is_the_same_each_time() -> None:
    scores, ill = drawn(200)
    [first] = fixed_rates(scores, ill, RULE, specificities=(0.9,))
    assert first == fixed_rates(scores, ill, RULE, specificities=(0.9,))[0]
    assert (first.n, first.method) == (200, "bootstrap, BCa")
    assert first.low is not None
    assert first.value is not None
    assert first.high is not None
    assert 0 < first.low < first.value < first.high < 1


def test_a_rate_of_1_has_no_interval_and_one_class_no_rate() -> None:
    ill = np.arange(120) < 60
    [parted] = fixed_rates(ill.astype(float), ill, RULE, specificities=(0.9,))
    assert (parted.value, parted.low, parted.no_interval) == (1.0, None, AT_AN_END)
    [nothing] = fixed_rates(SCORES, np.ones(8, dtype=bool), RULE, specificities=(0.9,))
    assert (nothing.value, nothing.n) == (None, 8)


def test_many_scores_drawn_together_give_nearly_the_same_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores, ill = drawn(900)
    [fine] = fixed_rates(scores, ill, RULE, specificities=(0.9,))
    monkeypatch.setattr("corcal.evaluate.statistics.roc.fixed_rates.MOST_SCORES", 300)
    [coarse] = fixed_rates(scores, ill, RULE, specificities=(0.9,))
    assert coarse.value == fine.value
    assert coarse.low == pytest.approx(fine.low, abs=0.03)
    assert coarse.high == pytest.approx(fine.high, abs=0.03)


def test_a_threshold_is_the_test_that_it_makes() -> None:
    t = cut_at(SCORES, ILL, 5.0, RULE)
    assert t.counts == TwoByTwo(tp=3, fp=1, fn=1, tn=3)
    assert t.figures["sensitivity"] == proportion(3, 4, RULE)
    assert t.figures["npv"] == proportion(3, 4, RULE)
    assert t.figures["youden"].value == pytest.approx(0.5)
    assert t.as_dict()["threshold"] == 5.0


def test_youdens_interval_by_square_and_add() -> None:
    # Newcombe 1998 (873), table II, method 10: 56/70 - 48/80, .0524 to .3339. With the second
    # rate turned round, p1 - p2 = p1 + (1 - p2) - 1.
    rule = IntervalRule()
    e = youden(proportion(56, 70, rule), proportion(32, 80, rule))
    assert e.value == pytest.approx(0.2)
    assert e.low == pytest.approx(0.0524, abs=5e-5)
    assert e.high == pytest.approx(0.3339, abs=5e-5)
    assert youden(proportion(0, 0, rule), proportion(32, 80, rule)).value is None


def test_the_best_threshold_has_the_largest_sum_of_rates() -> None:
    # 8 and 5 and 3 have J = .5; the highest is taken.
    assert best_threshold(SCORES, ILL) == 8
    assert best_threshold(np.zeros(8), ILL) is None
    assert best_threshold(SCORES, np.ones(8, dtype=bool)) is None


def test_several_figures_of_one_bootstrap_are_each_alone() -> None:
    values = np.random.default_rng(3).gamma(2.0, size=(60, 1))
    mean, double = bootstrap_all(
        values,
        lambda sums: np.stack([sums[..., 0] / 60, sums[..., 0] / 30], axis=-1),
        RULE,
        times=np.ones(60, dtype=np.int64),
    )
    alone = bootstrap(values, lambda sums: sums[..., 0] / 60, RULE)
    assert mean == alone
    assert double.low == pytest.approx(2 * (alone.low or 0))
