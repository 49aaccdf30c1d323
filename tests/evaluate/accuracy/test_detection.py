from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from corcal.evaluate.accuracy.detection import FIGURES, detection_figures, measure_detection
from corcal.evaluate.statistics.agreement.kappa import kappa
from corcal.evaluate.statistics.agreement.kappa_words import mchugh_words
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from corcal.evaluate.tables_in.pairs import Pairs
from tests.evaluate.cohorts import from_counts, results

WILSON, EXACT = IntervalRule(), IntervalRule(method="exact")


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_in_newcombe_1998(hits: int, n: int, low: float, high: float) -> None:
    e = proportion(hits, n, WILSON)
    assert (e.low, e.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_clopper_pearson_as_in_newcombe_1998(hits: int, n: int, low: float, high: float) -> None:
    e = proportion(hits, n, EXACT)
    assert (e.low, e.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.9, 0.95, 0.99]))
def test_intervals_of_proportions_agree_with_statsmodels(
    n: int, data: st.DataObject, level: float
) -> None:
    hits = data.draw(st.integers(0, n))
    for ours, theirs in (("wilson", "wilson"), ("exact", "beta")):
        e = proportion(hits, n, IntervalRule(method=ours, confidence=level))
        ends = proportion_confint(hits, n, 1 - level, theirs)
        assert (e.low, e.high) == pytest.approx(ends, abs=1e-9)


def test_kappa_of_fleiss_psychiatric_diagnoses() -> None:
    # Fleiss, Statistical Methods for Rates and Proportions, 1981, Table 13.1: 100 patients,
    # kappa .676, error .088 (.076 without agreement), z 8.88.
    k = kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]), WILSON)
    assert k.estimate.value == pytest.approx(0.676, abs=5e-4)
    assert k.error == pytest.approx(0.0877, abs=5e-5)
    assert k.z == pytest.approx(8.879, abs=5e-4)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_figures_agree_with_their_definitions(cells: list[int]) -> None:
    tp, fp, fn, tn = cells
    k, figures = detection_figures(TwoByTwo(tp, fp, fn, tn), WILSON)
    wanted = {
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "ppv": (tp, tp + fp),
        "npv": (tn, tn + fn),
        "accuracy": (tp + tn, sum(cells)),
    }
    for name, (hits, n) in wanted.items():
        assert figures[name].n == n
        assert figures[name].value == (hits / n if n else None)
    if k.estimate.value is not None:
        a = np.repeat([1, 1, 0, 0], cells)
        b = np.repeat([1, 0, 1, 0], cells)
        assert k.estimate.value == pytest.approx(cohen_kappa_score(a, b), abs=1e-12)


@pytest.mark.parametrize(
    "cells", [(0, 0, 0, 0), (7, 0, 0, 0), (0, 0, 0, 7), (0, 7, 0, 0), (0, 0, 7, 0), (3, 0, 4, 0)]
)
@pytest.mark.parametrize("method", ["wilson", "exact", "bootstrap"])
def test_one_class_or_nobody_gives_undefined_figures_not_numbers(
    cells: tuple[int, int, int, int], method: str
) -> None:
    k, figures = detection_figures(TwoByTwo(*cells), IntervalRule(method=method))
    assert figures["auc"].value is None
    for name in FIGURES:
        e = figures[name]
        for x in (e.value, e.low, e.high):
            assert x is None or math.isfinite(x)
    if len([c for c in cells if c]) < 2:
        # Both sides gave everybody the same: chance alone would agree, or disagree, always.
        assert k.estimate.value in (None, 0.0)


def test_perfect_agreement_has_a_value_and_no_false_interval() -> None:
    k, figures = detection_figures(TwoByTwo(20, 0, 0, 30), WILSON)
    assert k.estimate.value == 1
    assert k.estimate.low is None
    assert figures["auc"].value == 1
    assert figures["sensitivity"].low == pytest.approx(0.8389, abs=5e-5)
    assert k.error is None
    assert k.p is not None
    assert k.p < 1e-9


def test_perfect_agreement_of_twelve_claims_no_more_than_an_exact_test() -> None:
    k, _ = detection_figures(TwoByTwo(6, 0, 0, 6), WILSON)
    assert (k.error, k.z) == (None, None)
    # Fisher: 2 of the 924 ways to choose six of twelve.
    assert k.p == pytest.approx(2 / 924)


def test_missing_is_never_counted_as_absent() -> None:
    nan = math.nan
    predicted = results(4, present={"RCA": [1, 0, nan, 0], "LAD": [1] * 4, "LCX": [1] * 4})
    truth = results(4, present={"RCA": [1, nan, 0, 0], "LAD": [0] * 4, "LCX": [0] * 4})
    d = measure_detection(Pairs(predicted, truth), "RCA", WILSON)
    assert d.counts == TwoByTwo(1, 0, 0, 1)
    assert (d.attrition.n_in, d.attrition.n_used) == (4, 2)
    assert d.bounds == {"sensitivity": (0.5, 1.0), "specificity": (0.5, 1.0)}
    # Patients 0 and 3 alone are known in all arteries on both sides.
    of_any = measure_detection(Pairs(predicted, truth), "any", WILSON)
    assert of_any.counts == TwoByTwo(1, 1, 0, 0)
    assert of_any.attrition.n_used == 2


def test_the_bootstrap_is_repeatable_and_near_the_other_intervals() -> None:
    counts = TwoByTwo(211, 15, 28, 219)
    rule = IntervalRule(method="bootstrap", seed=5)
    first, again = (detection_figures(counts, rule)[1] for _ in range(2))
    assert first == again
    assert first != detection_figures(counts, IntervalRule(method="bootstrap", seed=6))[1]
    plain = detection_figures(counts, WILSON)[1]
    for name in FIGURES:
        ours, large = first[name], plain[name]
        assert ours.value == large.value
        assert ours.low == pytest.approx(large.low, abs=0.012)
        assert ours.high == pytest.approx(large.high, abs=0.012)


def test_the_volume_has_an_area_of_its_own() -> None:
    pairs = from_counts(2, 1, 1, 2)
    scored = results(6, present={"RCA": [1, 1, 1, 0, 0, 0]}, volume_mm3={"RCA": [9, 8, 1, 2, 0, 0]})
    d = measure_detection(Pairs(scored, pairs.reference), "RCA", WILSON)
    # Diseased 9, 8, 2 against 1, 0, 0: every pair in order.
    assert d.auc_volume.value == 1
    assert d.auc_agatston.value is None


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-0.2, "none"), (0.0, "none"), (0.2, "none"), (0.21, "minimal"), (0.39, "minimal"),
        (0.4, "weak"), (0.59, "weak"), (0.6, "moderate"), (0.79, "moderate"), (0.8, "strong"),
        (0.9, "strong"), (0.904, "strong"), (0.91, "almost perfect"), (1.0, "almost perfect"),
    ],
)  # fmt: skip
def test_mchughs_words(value: float, word: str) -> None:
    assert mchugh_words(value) == word


@pytest.mark.parametrize(
    "wrong", [{"method": "wald"}, {"confidence": 1.0}, {"confidence": 0.0}, {"draws": 3}]
)
def test_intervals_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no such intervals"):
        IntervalRule(**wrong)  # type: ignore[arg-type]
