"""Cohorts drawn from known parameters: what is stated at 95 % is right in 95 of 100 of them.

Each test draws many cohorts from one seed. Its bounds are three standard errors of a share of so
many cohorts around the nominal one, widened where the method is known to be approximate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from corcal.evaluate.accuracy.detection import detection_figures
from corcal.evaluate.statistics.agreement.coefficients import agreement
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_ordinal
from corcal.evaluate.statistics.paired import mcnemar
from corcal.evaluate.statistics.roc.area import auc, auc_difference
from corcal.evaluate.statistics.two_by_two import TwoByTwo

RULE = IntervalRule()


def covered(estimates: Iterator[Estimate], truth: float) -> float:
    inside = [
        e.low is not None and e.high is not None and e.low <= truth <= e.high for e in estimates
    ]
    return sum(inside) / len(inside)


def slack(cohorts: int, share: float = 0.95) -> float:
    return 3 * math.sqrt(share * (1 - share) / cohorts)


def tables(n: int, cohorts: int, seed: int) -> list[TwoByTwo]:
    """Tables of a test with sensitivity .85, specificity .9, in a cohort with prevalence .45."""
    cells = [0.45 * 0.85, 0.55 * 0.1, 0.45 * 0.15, 0.55 * 0.9]
    rng = np.random.default_rng(seed)
    return [TwoByTwo(*map(int, row)) for row in rng.multinomial(n, cells, size=cohorts)]


CHANCE = 0.4375 * 0.45 + 0.5625 * 0.55
TRUTH = {
    "sensitivity": 0.85,
    "specificity": 0.9,
    "ppv": 0.3825 / 0.4375,
    "npv": 0.495 / 0.5625,
    "accuracy": 0.8775,
    "auc": 0.875,
    "kappa": (0.8775 - CHANCE) / (1 - CHANCE),
}


@pytest.mark.parametrize(("method", "cohorts"), [("wilson", 250), ("bootstrap", 150)])
def test_intervals_of_detection_cover(method: str, cohorts: int) -> None:
    rule = IntervalRule(method=method, draws=300)
    found = [detection_figures(t, rule)[1] for t in tables(300, cohorts, 11)]
    for figure, truth in TRUTH.items():
        share = covered((f[figure] for f in found), truth)
        assert share == pytest.approx(0.95, abs=slack(cohorts) + 0.01), figure


def test_exact_intervals_cover_at_least() -> None:
    exact = IntervalRule(method="exact")
    found = (proportion(t.tp, t.diseased, exact) for t in tables(120, 250, 12))
    assert covered(found, 0.85) >= 0.95 - slack(250)


def test_delongs_interval_covers() -> None:
    rng = np.random.default_rng(13)
    # Normal scores one standard deviation apart: the area is Phi(1 / sqrt 2).
    truth = 0.5 * (1 + math.erf(0.5))
    diseased = np.arange(120) < 50
    found = (auc(rng.normal(size=120) + diseased, diseased, RULE) for _ in range(300))
    assert covered(found, truth) == pytest.approx(0.95, abs=slack(300) + 0.01)


def test_the_ordinal_slope_is_recovered_and_covered() -> None:
    rng = np.random.default_rng(14)
    slope, cuts, found = 28.3, [0.5, 3.0, 6.0], []
    for _ in range(150):
        volume = np.where(rng.random(250) < 0.4, 0.0, rng.gamma(0.8, 0.12, 250))
        grade = np.digitize(slope * volume + rng.logistic(size=250), cuts)
        fit = fit_ordinal(volume[:, None], grade, RULE)
        assert fit is not None
        found.append(fit)
    slopes = [Estimate(f.slopes[0].value, f.slopes[0].low, f.slopes[0].high, f.n) for f in found]
    values = np.array([f.slopes[0].value for f in found])
    assert values.mean() == pytest.approx(slope, rel=0.04)
    assert np.mean([f.slopes[0].error for f in found]) == pytest.approx(values.std(), rel=0.2)
    assert covered(iter(slopes), slope) == pytest.approx(0.95, abs=slack(150) + 0.01)
    # The lines are parallel, so that the test may find otherwise in one of twenty.
    ps = [f.parallel_score.p for f in found if f.parallel_score is not None]
    assert len(ps) == 150
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=slack(150, 0.05) + 0.02)


def test_a_large_cohort_gives_the_parameters_back() -> None:
    rng = np.random.default_rng(15)
    volume = rng.gamma(0.8, 0.12, 20_000)
    grade = np.digitize(77.5 * volume + rng.logistic(size=20_000), [1.0, 4.0, 8.0])
    fit = fit_ordinal(volume[:, None], grade, RULE)
    assert fit is not None
    assert fit.slopes[0].value == pytest.approx(77.5, rel=0.03)
    assert [t.value for t in fit.thresholds] == pytest.approx([1.0, 4.0, 8.0], rel=0.05)


def test_intervals_of_agreement_cover() -> None:
    rng = np.random.default_rng(16)
    # Two raters without bias: patients vary by 4, ratings by 1; every coefficient is 4 / 5.
    found = []
    for _ in range(250):
        patient = rng.normal(0, 2, 60)
        found.append(agreement(patient + rng.normal(size=60), patient + rng.normal(size=60), RULE))
    for name in ("icc_a1", "icc_c1", "lin", "pearson"):
        share = covered((getattr(a, name) for a in found), 0.8)
        assert share == pytest.approx(0.95, abs=slack(250) + 0.01), name
    rank = 6 / math.pi * math.asin(0.8 / 2)
    assert covered((a.spearman for a in found), rank) == pytest.approx(0.95, abs=slack(250) + 0.01)
    limits = (a.bland_altman.upper for a in found)
    assert covered(limits, 1.959964 * math.sqrt(2)) == pytest.approx(0.95, abs=slack(250) + 0.01)


def test_tests_of_two_equal_systems_keep_their_level() -> None:
    rng = np.random.default_rng(17)
    mid, exact, areas = [], [], []
    for _ in range(300):
        base = rng.random(150) < 0.7
        first, second = (np.where(rng.random(150) < 0.8, base, ~base) for _ in range(2))
        m = mcnemar(first, second, RULE)
        mid.append(m.mid_p < 0.05)
        exact.append(m.exact_p < 0.05)
        diseased = np.arange(150) < 60
        score = rng.normal(size=150) + diseased
        a, b = (score + rng.normal(size=150) for _ in range(2))
        p = auc_difference(a, b, diseased, RULE).p
        areas.append(p is not None and p < 0.05)
    assert np.mean(mid) == pytest.approx(0.05, abs=slack(300, 0.05) + 0.01)
    assert np.mean(exact) <= 0.05 + slack(300, 0.05)
    assert np.mean(areas) == pytest.approx(0.05, abs=slack(300, 0.05) + 0.01)


def test_newcombes_interval_covers_the_difference() -> None:
    rng = np.random.default_rng(18)
    found = []
    for _ in range(300):
        b, c, both = rng.multinomial(80, [0.15, 0.05, 0.7, 0.1])[:3]
        right = np.repeat([True, True, False, False], [both, b, c, 80 - both - b - c])
        other = np.repeat([True, False, True, False], [both, b, c, 80 - both - b - c])
        found.append(mcnemar(right, other, RULE).difference)
    assert covered(iter(found), 0.10) == pytest.approx(0.95, abs=slack(300) + 0.015)
