from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as their_curve

from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.area import auc, auc_difference, binary_auc
from corcal.evaluate.statistics.roc.curve import roc_curve
from corcal.evaluate.statistics.two_by_two import TwoByTwo

RULE = IntervalRule()


def drawn(
    seed: int, n: int = 60, levels: int = 7
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Two related scores with many ties, and who is diseased."""
    rng = np.random.default_rng(seed)
    diseased = rng.random(n) < 0.4
    base = rng.normal(size=n) + 1.1 * diseased
    first = np.round(base * levels / 4)
    return first, np.round((base + rng.normal(size=n)) * levels / 4), diseased


def components(
    scores: NDArray[np.float64], diseased: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """DeLong's structural components, pair by pair as they are defined."""
    ill, well = scores[diseased], scores[~diseased]
    wins = (ill[:, None] > well) + 0.5 * (ill[:, None] == well)
    return wins.mean(axis=1), wins.mean(axis=0)


def error_of(e: Estimate) -> float:
    """Return DeLong's standard error from an interval on the logit scale."""
    assert e.value is not None
    assert e.low is not None
    assert e.high is not None
    half = (logit(e.high) - logit(e.low)) / 2
    return float(half / RULE.z * e.value * (1 - e.value))


def test_hanley_and_mcneil_1982() -> None:
    # Radiology 143, 29, Table I: 109 CT images rated 1 to 5; area .893, error .032 by their
    # formula, .031 without its assumption.
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    ratings = np.repeat([1.0, 2, 3, 4, 5] * 2, normal + abnormal)
    e = auc(ratings, np.repeat([False, True], [58, 51]), RULE)
    assert e.value == pytest.approx(0.893, abs=5e-4)
    assert error_of(e) == pytest.approx(0.031, abs=5e-4)


@pytest.mark.parametrize("seed", range(8))
def test_area_and_error_by_definition_and_by_scikit_learn(seed: int) -> None:
    scores, _, diseased = drawn(seed)
    e = auc(scores, diseased, RULE)
    assert e.value == pytest.approx(roc_auc_score(diseased, scores), abs=1e-12)
    v10, v01 = components(scores, diseased)
    error = math.sqrt(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01))
    assert error_of(e) == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_difference_of_two_areas_by_definition(seed: int) -> None:
    first, second, diseased = drawn(seed)
    d = auc_difference(first, second, diseased, RULE)
    (a10, a01), (b10, b01) = components(first, diseased), components(second, diseased)
    variance = np.var(a10 - b10, ddof=1) / len(a10) + np.var(a01 - b01, ddof=1) / len(a01)
    assert d.estimate.value == pytest.approx(a10.mean() - b10.mean(), abs=1e-12)
    assert d.z == pytest.approx((a10.mean() - b10.mean()) / math.sqrt(variance), rel=1e-9)


def test_a_system_does_not_differ_from_itself() -> None:
    scores, _, diseased = drawn(1)
    d = auc_difference(scores, scores.copy(), diseased, RULE)
    assert d.estimate.value == 0
    assert d.estimate.low is None
    assert d.p is None


def test_the_area_of_a_yes_or_no_test_is_the_mean_of_its_two_rates() -> None:
    e = binary_auc(TwoByTwo(40, 10, 10, 90), RULE)
    assert e.value == pytest.approx((0.8 + 0.9) / 2)
    assert e.n == 150
    # Two independent rates: the variance of the mean is a quarter of their sum.
    error = math.sqrt(0.8 * 0.2 / 49 + 0.9 * 0.1 / 99) / 2
    assert error_of(e) == pytest.approx(error)


def test_the_curve_is_scikit_learns() -> None:
    scores, _, diseased = drawn(3, n=200, levels=40)
    ours = roc_curve(scores, diseased)
    fpr, tpr, _ = their_curve(diseased, scores, drop_intermediate=False)
    np.testing.assert_allclose(ours.false_positive, fpr)
    np.testing.assert_allclose(ours.true_positive, tpr)


@pytest.mark.parametrize("diseased", [[True] * 3, [False] * 3, []])
def test_one_class_has_no_area(diseased: list[bool]) -> None:
    who = np.array(diseased, dtype=bool)
    assert auc(np.arange(len(who), dtype=float), who, RULE).value is None


def test_all_scores_zero_is_a_coin() -> None:
    e = auc(np.zeros(10), np.arange(10) < 4, RULE)
    assert e.value == 0.5
    assert e.low is None


def test_a_single_diseased_patient_is_no_crash() -> None:
    e = auc(np.array([3.0, 1.0, 2.0, 5.0]), np.array([True, False, False, False]), RULE)
    assert e.value == pytest.approx(2 / 3)
    # One patient's variance is not 0, it is unknown.
    assert e.low is None
    assert "one patient alone" in e.no_interval
    d = auc_difference(
        np.array([3.0, 1.0, 2.0, 5.0]), np.array([1.0, 3, 2, 0]), np.array([1, 0, 0, 0]) == 1, RULE
    )
    assert (d.estimate.low, d.z, d.p) == (None, None, None)
