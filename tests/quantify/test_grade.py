from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from corcal.core.artery import Artery
from corcal.core.errors import ModelRefused
from corcal.core.severity import ArteryGrading, Severity
from corcal.quantify.grade import SeverityModel, read_severity_model, with_grades
from tests.report.conftest import make_reading

MILD_UP = ArteryGrading(28.3, tuple(Severity)[1:], (2.0, 5.0))
ALL = ArteryGrading(28.3, tuple(Severity), (0.5, 2.0, 5.0))


def test_probabilities_are_the_differences_of_the_cumulative_ones() -> None:
    chances = ALL.probabilities(0.107)
    below = [1 / (1 + math.exp(28.3 * 0.107 - t)) for t in (0.5, 2.0, 5.0)]
    expected = [below[0], below[1] - below[0], below[2] - below[1], 1 - below[2]]
    assert list(chances.values()) == pytest.approx(expected)
    assert list(chances) == list(Severity)
    assert ALL.grade(0.107) is Severity.MODERATE


def test_an_artery_that_was_not_found_is_not_graded() -> None:
    reading = make_reading()
    partly = replace(reading, report=replace(reading.report, unseen=(Artery.RCA, Artery.LCX)))
    graded = with_grades(partly, SeverityModel("volume_mm3", dict.fromkeys(Artery, ALL))).report
    assert [g.artery for g in graded.grades] == [Artery.LAD]


@pytest.mark.parametrize("volume_ml", [0.0, 1.0, 1e6])
def test_far_out_volumes_are_no_overflow(volume_ml: float) -> None:
    assert sum(ALL.probabilities(volume_ml).values()) == pytest.approx(1)
    assert ALL.grade(1e6) is Severity.SEVERE


@pytest.mark.parametrize(
    "wrong",
    [
        (28.3, (Severity.MILD,), ()),
        (28.3, (Severity.MILD, Severity.SEVERE), (1.0, 2.0)),
        (28.3, (Severity.SEVERE, Severity.MILD), (1.0,)),
        (28.3, tuple(Severity), (1.0, 0.5, 2.0)),
        (math.nan, tuple(Severity), (0.5, 1.0, 2.0)),
    ],
)
def test_models_that_cannot_be_are_refused(
    wrong: tuple[float, tuple[Severity, ...], tuple[float, ...]],
) -> None:
    with pytest.raises(ValueError, match="not a grading model"):
        ArteryGrading(*wrong)


def test_a_model_comes_back_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "severity_model.json"
    path.write_bytes(
        SeverityModel("mask_volume_ml", {Artery.RCA: ALL, Artery.LCX: MILD_UP}).as_json()
    )
    back = read_severity_model(path)
    assert back.volume == "mask_volume_ml"
    assert dict(back.arteries) == {Artery.RCA: ALL, Artery.LCX: MILD_UP}
    assert len(back.sha256) == 64


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1]",
        "{}",
        '{"schema": "corcal-report/1"}',
        '{"schema": "corcal-severity/1"}',
        '{"schema": "corcal-severity/1", "volume": "ounces", "arteries": {}}',
        '{"schema": "corcal-severity/1", "volume": "volume_mm3", "arteries": {"LM": {}}}',
        '{"schema": "corcal-severity/1", "volume": "volume_mm3", "arteries": {"RCA": {'
        '"slope_per_ml": 1, "grades": ["none"], "thresholds": []}}}',
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelRefused, match=r"x\.json"):
        read_severity_model(path)
    with pytest.raises(ModelRefused, match="cannot be read"):
        read_severity_model(tmp_path / "absent.json")


def test_a_reading_is_graded_by_the_volume_the_model_was_fitted_on() -> None:
    reading = make_reading()
    for volume in ("volume_mm3", "mask_volume_ml"):
        graded = with_grades(reading, SeverityModel(volume, dict.fromkeys(Artery, ALL), "c" * 64))
        for score in reading.report.score.arteries:
            ml = score.mask_volume_ml if volume == "mask_volume_ml" else score.volume_mm3 / 1000
            found = graded.report.grade_of(score.artery)
            assert found is not None
            assert found.probabilities == ALL.probabilities(ml)
        assert graded.report.provenance.models[-1].step == "severity"
    assert reading.report.grades == ()


def test_an_artery_without_calcium_needs_a_model_that_knows_none() -> None:
    reading = make_reading()
    graded = with_grades(reading, SeverityModel("volume_mm3", dict.fromkeys(Artery, MILD_UP)))
    without = {a.artery for a in reading.report.score.arteries if not a.present}
    assert without
    assert {g.artery for g in graded.report.grades} == set(Artery) - without


def test_the_reports_say_the_grade(tmp_path: Path) -> None:
    from corcal.report import write_reports

    model = SeverityModel("volume_mm3", {Artery.RCA: ALL})
    reading = with_grades(make_reading(), model)
    write_reports(reading, tmp_path / "out")
    graded = reading.report.grade_of(Artery.RCA)
    assert graded is not None
    document = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    entry = document["arteries"]["RCA"]
    assert entry["grade"] == graded.grade.word
    assert entry["grade_probabilities"][graded.grade.word] == pytest.approx(
        graded.probability, abs=1e-3
    )
    assert document["arteries"]["LAD"]["grade"] is None
    assert f"grade {graded.grade.word}" in (tmp_path / "out" / "report.html").read_text("utf-8")
    rows = (tmp_path / "out" / "calcium.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].split(",")[-3:-1] == [graded.grade.word, f"{graded.probability:.3f}"]
