from __future__ import annotations

import math

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.severity import Severity
from corcal.evaluate.accuracy.evaluation import Evaluation, Options, evaluate
from corcal.evaluate.accuracy.severity import severity, severity_model
from corcal.evaluate.accuracy.tables.severity_tables import severity_table
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_ordinal
from tests.evaluate.cohorts import graded

RULE = IntervalRule()
OVERLAPPING = (
    np.array([0.0, 0, 15, 10, 40, 20, 90, 60, 200, 150, 300, 120]),
    np.array([0.0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]),
)


def test_volumes_are_described_in_ml() -> None:
    s = severity(graded(*OVERLAPPING), "RCA", RULE)
    assert [v.n for v in s.volumes] == [3, 3, 3, 3]
    assert s.volumes[1].mean_ml == pytest.approx((10 + 40 + 20) / 3 / 1000)
    assert s.volumes[1].sd_ml == pytest.approx(np.std([0.010, 0.040, 0.020], ddof=1))


def test_b_is_stated_for_ml_and_for_mm3() -> None:
    volumes, grades = OVERLAPPING
    d = severity(graded(volumes, grades), "RCA", RULE).as_dict()
    direct = fit_ordinal(volumes[:, None], grades.astype(np.intp), RULE)
    assert direct is not None
    assert d["B"]["value"] == pytest.approx(1000 * d["B_per_mm3"]["value"])
    assert d["B_per_mm3"]["value"] == pytest.approx(direct.slopes[0].value)
    assert d["B_per_mm3"]["wald"] == pytest.approx(d["location"]["wald"])
    assert [t["grade"] for t in d["thresholds"]] == ["none", "mild", "moderate"]


def test_without_none_the_outcome_is_the_papers() -> None:
    s = severity(graded(*OVERLAPPING), "RCA", RULE, without_none=True)
    assert s.grades == (Severity.MILD, Severity.MODERATE, Severity.SEVERE)
    assert s.n == 9
    # What is described are all four grades nevertheless.
    assert s.volumes[0].n == 3


def test_unknown_volumes_and_grades_are_left_out() -> None:
    volumes, grades = (x.copy() for x in OVERLAPPING)
    volumes[0], grades[-1] = math.nan, math.nan
    s = severity(graded(volumes, grades), "RCA", RULE)
    assert (s.n, s.attrition.n_in - s.attrition.n_used) == (10, 2)


def test_a_grade_without_a_case_is_passed_over() -> None:
    volumes, grades = OVERLAPPING
    keep = grades != 2
    s = severity(graded(volumes[keep], grades[keep]), "RCA", RULE)
    assert s.fit is not None
    assert s.grades == (Severity.NONE, Severity.MILD, Severity.SEVERE)
    assert s.volumes[2].mean_ml is None
    assert len(s.fit.thresholds) == 2


@pytest.mark.parametrize(
    ("volumes", "grades", "reason"),
    [
        ([1, 2, 3], [1, 1, 1], "every artery has the grade mild"),
        ([0, 0, 0, 0], [0, 1, 2, 3], "every artery has the same volume, 0 mL"),
        ([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2], "complete separation"),
        ([1, 2, 3, 3, 5, 6], [0, 0, 0, 1, 1, 1], "complete separation"),
        ([6, 5, 4, 3, 2, 1], [0, 0, 1, 1, 2, 2], "backwards"),
        ([math.nan, 1], [1, math.nan], "no artery has both"),
        ([], [], "no artery has both"),
    ],
)
def test_what_cannot_be_fitted_says_why(
    volumes: list[float], grades: list[float], reason: str
) -> None:
    s = severity(graded(np.array(volumes, float), np.array(grades, float)), "RCA", RULE)
    assert s.fit is None
    assert reason in s.why_not
    assert s.slope.value is None
    assert s.as_dict()["B"]["value"] is None


def test_one_threshold_separated_is_no_separation() -> None:
    # Severe lies apart, but none and mild overlap: B is finite.
    volumes = np.array([1.0, 3, 2, 4, 50, 60])
    s = severity(graded(volumes, np.array([0.0, 0, 1, 1, 2, 2])), "RCA", RULE)
    assert s.fit is None or math.isfinite(s.fit.slopes[0].value)


def test_the_model_for_scoring_gives_the_models_probabilities() -> None:
    s = severity(graded(*OVERLAPPING), "RCA", RULE)
    model = severity_model({"RCA": s}, "volume_mm3")
    assert model is not None
    assert s.fit is not None
    chances = model.arteries[Artery.RCA].probabilities(0.05)
    line = s.fit.slopes[0].value * 0.05
    below = [1 / (1 + math.exp(line - t.value)) for t in s.fit.thresholds]
    assert list(chances.values()) == pytest.approx(np.diff([0, *below, 1]))


def test_no_model_is_exported_that_grades_more_calcium_as_milder() -> None:
    volumes, grades = OVERLAPPING
    s = severity(graded(volumes[::-1].copy(), grades), "RCA", RULE)
    assert s.fit is not None
    assert severity_model({"RCA": s}, "volume_mm3") is None


def two_slopes(below_mm3: float, above_mm3: float) -> Evaluation:
    """Return 400 arteries graded none, mild or moderate, with a slope for each threshold.

    Args:
        below_mm3: volume that the odds of mild or more need to grow e-fold.
        above_mm3: the same of moderate; where they differ, the lines are not parallel: with 40
            and 25 they meet beyond the largest volume, 200 mm3, with 40 and 15 at 152.
    """
    rng = np.random.default_rng(2)
    volumes = rng.uniform(0, 200, 400)
    draws = rng.random(400)
    steps = ((volumes - 40) / below_mm3, (volumes - 110) / above_mm3)
    grades = sum((draws < 1 / (1 + np.exp(-step))).astype(float) for step in steps)
    return evaluate(graded(volumes, np.asarray(grades)), Options())


def parallel_lines_of(e: Evaluation) -> dict[str, str]:
    table = severity_table(e.severity, e.options)
    return {row[0]: row[1] for row in table.rows if row[0].startswith("Parallel")}


def notices_of(e: Evaluation) -> dict[str, str]:
    return {n.code: n.text for n in e.notices if n.text.startswith("RCA")}


def test_parallel_lines_get_no_notice() -> None:
    e = two_slopes(30, 30)
    fit = e.severity["RCA"].fit
    assert fit is not None
    assert fit.parallel_lines is not None
    assert fit.parallel_lines.p > 0.05
    assert notices_of(e) == {}


def test_parallel_lines_that_the_data_reject_are_a_notice() -> None:
    e = two_slopes(40, 25)
    fit = e.severity["RCA"].fit
    assert fit is not None
    assert fit.parallel_lines is not None
    assert fit.parallel_lines.p < 0.001
    assert set(notices_of(e)) == {"parallel-lines-rejected"}
    chi2 = f"χ² {fit.parallel_lines.chi2:.1f}, df 1, p < 0.001"
    assert chi2 in notices_of(e)["parallel-lines-rejected"]


def test_a_likelihood_ratio_from_crossing_lines_is_not_printed() -> None:
    e = two_slopes(40, 15)
    fit = e.severity["RCA"].fit
    assert fit is not None
    assert (fit.lines_cross, fit.parallel_lines) == (True, None)
    assert fit.parallel_score is not None
    assert parallel_lines_of(e) == {
        "Parallel lines, χ² (df), p": "–",
        "Parallel lines, score test": f"{fit.parallel_score.chi2:.2f} (1), <0.001",
    }
    assert set(notices_of(e)) == {"lines-cross", "parallel-lines-rejected"}
    assert "likelihood ratio is not printed" in notices_of(e)["lines-cross"]
