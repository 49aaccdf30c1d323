"""AC1, Fleiss' kappa, likelihood ratios and clustered proportions by published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corcal.evaluate.statistics.agreement.chance_corrected import fleiss, gwet, pabak
from corcal.evaluate.statistics.clustered import clustered_proportion, design_effect
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.multiplicity import holm
from corcal.evaluate.statistics.paired import hold_against_margin
from corcal.evaluate.statistics.ratios import predictive_values, ratio_figures
from corcal.evaluate.statistics.two_by_two import TwoByTwo

RULE = IntervalRule()

#: Gwet, Handbook of Inter-Rater Reliability, 2014, Table 2.10: 12 units, 4 raters, 5 categories.
GWET = [
    [1, 1, 0, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [0, 5, 5, 5], [0, 0, 1, 1], [0, 0, 3, 0],
]  # fmt: skip


def counts_of(ratings: list[list[int]], categories: int) -> np.ndarray:
    return np.array([[row.count(c) for c in range(1, categories + 1)] for row in ratings])


def test_gwets_own_example() -> None:
    e = gwet(counts_of(GWET, 5), RULE)
    # AC1 .77544, standard error .14295, interval .461 to 1 (irrCAC, after the handbook).
    assert e.value == pytest.approx(0.77544, abs=5e-6)
    assert e.low == pytest.approx(0.46081, abs=5e-5)
    assert e.high == 1


def test_fleiss_1971() -> None:
    # Psychol Bull 76, 378: 10 cases, 14 raters, as in the textbook example; kappa .210.
    counts = np.array(
        [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
         [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
    )  # fmt: skip
    assert fleiss(counts, RULE).value == pytest.approx(0.210, abs=5e-4)


def test_pabak_is_linear_in_agreement() -> None:
    e, p = pabak(85, 100, 2, RULE), proportion(85, 100, RULE)
    assert e.value == pytest.approx(0.7)
    assert p.low is not None
    assert e.low == pytest.approx(2 * p.low - 1)


def test_simels_likelihood_ratios() -> None:
    # J Clin Epidemiol 1991, 44, 763 by the formula: 80 of 100 against 20 of 100.
    f = ratio_figures(TwoByTwo(80, 20, 20, 80), RULE)
    error = math.sqrt(1 / 80 - 1 / 100 + 1 / 20 - 1 / 100)
    assert f["lr_positive"].value == pytest.approx(4)
    assert f["lr_positive"].low == pytest.approx(4 * math.exp(-RULE.z * error))
    assert f["odds_ratio"].value == pytest.approx(16)
    assert f["f1"].value == pytest.approx(0.8)


def test_ratios_over_nothing_are_undefined_not_large() -> None:
    f = ratio_figures(TwoByTwo(10, 0, 2, 8), RULE)
    assert f["lr_positive"].value is None
    assert f["odds_ratio"].value is None


def test_predictive_values_at_the_samples_own_prevalence_are_its_own() -> None:
    c = TwoByTwo(80, 10, 20, 90)
    ppv, npv = predictive_values(c, 0.5, RULE)
    assert (ppv.value, npv.value) == pytest.approx((80 / 90, 90 / 110))
    rare, _ = predictive_values(c, 0.01, RULE)
    assert rare.value == pytest.approx(0.8 * 0.01 / (0.8 * 0.01 + 0.1 * 0.99))
    assert rare.low is not None
    assert rare.low < 0.0748 < (rare.high or 0)


def test_arteries_of_one_patient_count_for_less_than_independent_ones() -> None:
    alike = np.repeat([3.0, 0.0], [40, 20])
    sizes = np.full(60, 3.0)
    e = clustered_proportion(alike, sizes, RULE)
    patients = proportion(40, 60, RULE)
    assert design_effect(alike, sizes) == pytest.approx(3 * 60 / 59)
    assert e.n == 180
    assert e.low == pytest.approx(patients.low, abs=2e-3)


def test_holm_by_hand() -> None:
    first, none, *others = holm([0.01, None, 0.04, 0.03])
    assert none is None
    assert [first, *others] == pytest.approx([0.03, 0.06, 0.06])
    assert holm([None]) == (None,)


@pytest.mark.parametrize(
    ("ends", "words"),
    [((-0.04, 0.02), "equivalent"), ((-0.04, 0.2), "not inferior"), ((-0.06, 0.2), "not shown")],
)
def test_a_margin(ends: tuple[float, float], words: str) -> None:
    test = hold_against_margin(Estimate(0.0, *ends, 100), 0.05)
    assert test is not None
    assert test.words == words
    assert hold_against_margin(Estimate.without_value(0), 0.05) is None
