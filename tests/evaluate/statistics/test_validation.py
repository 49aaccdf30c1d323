"""Cross-validation of the ordinal model, and Somers' D, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_line, fit_ordinal
from corcal.evaluate.statistics.ordinal.somers import somers_d
from corcal.evaluate.statistics.ordinal.validation import FOLDS, SHARED, validate_ordinal

RULE = IntervalRule()


def grades(n: int, slope: float, seed: int = 0) -> tuple[Numbers, NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    x = rng.gamma(0.8, 0.3, n)
    return x, np.digitize(slope * x + rng.logistic(size=n), [0.5, 3])


def test_six_cases_by_hand() -> None:
    # Pairs of different categories: 11; 9 in order, 1 against it, 1 tied.
    x = np.array([1.0, 2, 3, 3, 2.5, 5])
    category = np.array([0, 0, 1, 0, 1, 2])
    right = wrong = pairs = 0
    for i in range(6):
        for j in range(6):
            if category[i] > category[j]:
                pairs += 1
                right += int(x[i] > x[j])
                wrong += int(x[i] < x[j])
    assert (pairs, right, wrong) == (11, 9, 1)
    assert somers_d(x, category, RULE).value == pytest.approx((right - wrong) / pairs)


def test_with_two_categories_it_is_twice_the_area_less_one() -> None:
    x, category = grades(80, 6)
    two = np.minimum(category, 1)
    assert somers_d(x, two, RULE).value == pytest.approx(2 * roc_auc_score(two, x) - 1)


def test_a_perfect_order_has_no_interval_and_one_category_no_figure() -> None:
    perfect = somers_d(np.arange(6.0), np.array([0, 0, 1, 1, 2, 2]), RULE)
    assert (perfect.value, perfect.low) == (1, None)
    assert somers_d(np.arange(3.0), np.zeros(3, dtype=np.intp), RULE).value is None


def test_the_light_fit_is_the_whole_fit() -> None:
    x, category = grades(90, 8)
    whole = fit_ordinal(x[:, None], category, RULE)
    light = fit_line(x[:, None], category)
    assert whole is not None
    assert light is not None
    assert list(light[0]) == pytest.approx([t.value for t in whole.thresholds])
    assert light[1][0] == pytest.approx(whole.slopes[0].value)


def test_a_right_model_is_calibrated_and_better_than_the_shares() -> None:
    x, category = grades(3000, 8)
    v = validate_ordinal(x, category, RULE)
    assert v is not None
    assert v.slope.value == pytest.approx(1, abs=0.02)
    assert [e.value for e in v.excess] == pytest.approx([0, 0], abs=0.01)
    # Both describe a model by its own cases: no error of theirs can be defended.
    assert {(e.low, e.no_interval) for e in (v.slope, *v.excess)} == {(None, SHARED)}
    assert v.skill > 0.1
    # Brier of the true probabilities, which no model beats but by chance.
    truth = expit(8 * x[:, None] - np.array([0.5, 3]))
    reached = category[:, None] > np.arange(2)
    assert v.brier == pytest.approx(((reached - truth) ** 2).mean(axis=0), rel=0.03)
    shares = reached.mean(axis=0)
    assert v.brier_of_shares == pytest.approx(shares * (1 - shares), rel=0.01)


def test_noise_is_of_no_use() -> None:
    rng = np.random.default_rng(5)
    x = rng.gamma(0.8, 0.3, 200)
    v = validate_ordinal(x, rng.integers(0, 3, 200).astype(np.intp), RULE)
    assert v is not None
    assert v.skill < 0.01
    assert v.somers_d.low is not None
    assert v.somers_d.low < 0 < (v.somers_d.high or 0)


def test_the_seed_draws_the_parts() -> None:
    x, category = grades(60, 8)
    once, again = (validate_ordinal(x, category, RULE) for _ in range(2))
    other = validate_ordinal(x, category, IntervalRule(seed=9))
    assert once == again != other
    assert once is not None
    assert once.folds == FOLDS


def test_a_grade_with_one_case_cannot_be_held_out() -> None:
    x = np.arange(12.0)
    assert validate_ordinal(x, np.array([0, 1] * 5 + [0, 2]), RULE) is None
