"""Simulated readers: grades in their shares, and the paper's slopes found again."""

from functools import cache

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.phantom.cohort.graders import Grader, grader_of, logit_bound
from corcal.phantom.cohort.patients import draw_patients, volumes_ml
from corcal.phantom.cohort.population import Population


@cache
def drawn() -> np.ndarray:
    return np.array([p.calcium_mm3 for p in draw_patients(Population(), 4000, 8)])


def volumes_of(artery: Artery) -> np.ndarray:
    volumes: np.ndarray = drawn()[:, list(Artery).index(artery)]
    return volumes[volumes > 0]


def fitted_slope(volumes_ml: np.ndarray, grades: np.ndarray) -> float:
    """Return the slope of the proportional-odds model by maximum likelihood."""

    def loss(x: np.ndarray) -> float:
        bounds = np.array([-np.inf, x[0], x[0] + np.exp(x[1]), np.inf])
        felt = x[2] * volumes_ml
        chance = expit(bounds[grades] - felt) - expit(bounds[grades - 1] - felt)
        return -float(np.log(np.maximum(chance, 1e-12)).sum())

    return float(minimize(loss, np.array([1.0, 0.5, 10.0]), method="Nelder-Mead",
                          options={"maxiter": 4000}).x[2])  # fmt: skip


@pytest.mark.parametrize(
    ("artery", "slope"), [(Artery.RCA, 28.31), (Artery.LAD, 28.65), (Artery.LCX, 77.52)]
)
def test_the_papers_slope_and_the_shares_come_out(artery: Artery, slope: float) -> None:
    rng = np.random.default_rng(1)
    grader = grader_of(Population(), artery)
    volumes = np.tile(volumes_of(artery), 4)
    grades = np.array([grader.grade(rng, v) for v in volumes])
    kept = grades > 0
    assert fitted_slope(volumes[kept] / 1000, grades[kept]) == pytest.approx(slope, rel=0.1)
    shares = [np.mean(grades[kept] == g) for g in (1, 2, 3)]
    # Small calcium is overlooked more often, which takes a little from the mild.
    assert shares == pytest.approx(Population().burden(artery).shares, abs=0.06)


def test_a_bound_leaves_its_share_below() -> None:
    volumes = volumes_ml(Population(), Artery.RCA)
    bound = logit_bound(0.3, volumes, 28.0)
    assert expit(bound - 28.0 * volumes).mean() == pytest.approx(0.3, abs=1e-6)


def test_even_ranks_have_the_moments_of_the_draws() -> None:
    even = volumes_ml(Population(), Artery.LAD)
    assert even.mean() == pytest.approx(volumes_of(Artery.LAD).mean() / 1000, rel=0.05)


def test_little_is_overlooked_and_nothing_seldom_seen() -> None:
    rng = np.random.default_rng(2)
    grader = Grader(30.0, (1.0, 3.0), overlooked_mm3=2.0, false_alarm=0.05)
    none = [grader.grade(rng, 0.0) for _ in range(4000)]
    assert np.mean([g is Severity.MILD for g in none]) == pytest.approx(0.05, abs=0.015)
    small = [grader.grade(rng, 2.0) for _ in range(4000)]
    assert np.mean([g is Severity.NONE for g in small]) == pytest.approx(np.exp(-1), abs=0.03)
    assert all(grader.grade(rng, 500.0) is Severity.SEVERE for _ in range(50))


def test_two_readers_agree_more_than_chance_and_less_than_always() -> None:
    rng = np.random.default_rng(3)
    grader = grader_of(Population(), Artery.LAD)
    volumes = volumes_of(Artery.LAD)
    one, two = (np.array([grader.grade(rng, v) for v in volumes]) for _ in range(2))
    agreed = np.mean(one == two)
    chance = sum(np.mean(one == g) * np.mean(two == g) for g in range(4))
    assert 0.3 < (agreed - chance) / (1 - chance) < 0.95
