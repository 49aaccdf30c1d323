from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from corcal.evaluate.accuracy.categories import (
    AGATSTON_BANDS,
    CAC_DRS,
    GRADES,
    band_agreement,
    decision,
)
from corcal.evaluate.accuracy.detection import detection_figures
from corcal.evaluate.statistics.agreement.coefficients import agreement
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from tests.evaluate.cohorts import known

RULE = IntervalRule()

#: Public repository of DeepCAC; 396 real scans. GPL-3: read here, never shipped.
PEER = Path(__file__).parents[4] / "shared" / "data" / "deepcac_nlst_396.csv"


def peer() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Automatic and manual Agatston score of each scan."""
    if not PEER.exists():
        pytest.skip("the table of DeepCAC's scores is not beside the project")
    with PEER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return (
        np.array([float(r["CAC_AI"]) for r in rows]),
        np.array([float(r["CAC_manual"]) for r in rows]),
    )


@pytest.mark.shared_data
def test_a_peers_scores_on_396_real_scans() -> None:
    automatic, manual = peer()
    found = agreement(automatic, manual, RULE)
    assert found.icc_a1.value == pytest.approx(0.771, abs=5e-4)
    assert found.spearman.value == pytest.approx(0.893, abs=5e-4)
    kappas = band_agreement(known(automatic, manual), CAC_DRS, RULE).kappas
    values = [kappas[w].estimate.value for w in ("unweighted", "linear", "quadratic")]
    assert values == pytest.approx([0.618, 0.755, 0.857], abs=5e-4)
    present = [(x > 0).astype(float) for x in (automatic, manual)]
    _, figures = detection_figures(TwoByTwo.count(*present), RULE)
    assert figures["sensitivity"].value == pytest.approx(0.917, abs=5e-4)
    assert figures["specificity"].value == pytest.approx(0.621, abs=5e-4)
    assert figures["kappa"].value == pytest.approx(0.560, abs=5e-4)


@pytest.mark.parametrize(
    ("score", "cac_drs", "band"),
    [(0, 0, 0), (0.4, 1, 1), (99.9, 1, 1), (100, 2, 2), (299.9, 2, 2), (300, 3, 2), (400, 3, 3)],
)
def test_bounds_belong_to_the_higher_category(score: float, cac_drs: int, band: int) -> None:
    assert CAC_DRS.of(np.array([float(score)]))[0] == cac_drs
    assert AGATSTON_BANDS.of(np.array([float(score)]))[0] == band


def test_grades_are_their_own_categories() -> None:
    assert GRADES.of(np.arange(4.0)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(5))
def test_weighted_kappas_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.choice([0.0, 5, 150, 500], 80)
    b = np.where(rng.random(80) < 0.6, a, rng.choice([0.0, 5, 150, 500], 80))
    found = band_agreement(known(a, b), CAC_DRS, RULE)
    for name, weights in (("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")):
        theirs = cohen_kappa_score(CAC_DRS.of(a), CAC_DRS.of(b), labels=range(4), weights=weights)
        assert found.kappas[name].estimate.value == pytest.approx(theirs, abs=1e-12)


def test_reclassification_counts_up_and_down() -> None:
    predicted = np.array([0.0, 50, 150, 400, 0, 350])
    reference = np.array([0.0, 150, 50, 400, 20, 100])
    found = band_agreement(known(predicted, reference), CAC_DRS, RULE)
    assert found.counts.sum() == 6
    assert (found.same.value, found.higher.value, found.lower.value) == pytest.approx(
        (2 / 6, 2 / 6, 2 / 6)
    )


def test_the_decision_is_taken_at_one_hundred_and_more() -> None:
    d = decision(known(np.array([100.0, 99.9, 250, 0]), np.array([100.0, 100, 50, 0])), RULE)
    assert d.counts == TwoByTwo(1, 1, 1, 1)


@pytest.mark.parametrize("scores", [[], [0.0] * 5, [150.0] * 5])
def test_one_category_alone_is_undefined_not_perfect(scores: list[float]) -> None:
    found = band_agreement(known(np.array(scores), np.array(scores)), CAC_DRS, RULE)
    assert found.kappas["linear"].estimate.value is None
    assert found.same.n == len(scores)
