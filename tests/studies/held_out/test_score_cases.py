"""Scans scored by a model: label maps kept, tables that evaluate reads, no work done twice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.errors import ModelRefused
from corcal.evaluate.tables_in import read_results
from corcal.locate.embedded import EmbeddedLocator
from corcal.segment import Bundle
from corcal.settings import Settings
from corcal.storage import json_bytes, replace_file, write_nifti
from corcal.studies.held_out.compare import summary_table
from corcal.studies.held_out.score_cases import COURSES, Scorer, courses_document, score_cases
from corcal.testing.small_bundles import write_small_bundle
from corcal.train.dataset.manifest import read_manifest
from tests.train.cohort import scan_of, write_cohort
from tests.truth import quiet_case, score


def test_kept_label_maps_are_not_made_again_and_the_tables_grow(tmp_path: Path) -> None:
    rows = read_manifest(write_cohort(tmp_path / "in", 2))
    out, said = tmp_path / "out", list[str]()
    for seed, row in enumerate(rows):
        _, codes, _, grid = scan_of(seed)
        # Of the second scan, the calcium of the RCA is missed and its artery is found.
        found = np.where(codes == 4, 1, codes).astype(np.uint8) if seed else codes
        (out / row.case).mkdir(parents=True)
        write_nifti(out / row.case / "labels.nii.gz", found, grid.affine)
    # Of the first scan the courses were kept: the LCX was not found.
    courses = {"RCA": (30.0, True), "LAD": (12.5, True), "LCX": (4.0, False)}
    kept = {a: {"seen_mm": mm, "found": there} for a, (mm, there) in courses.items()}
    replace_file(out / rows[0].case / COURSES, json_bytes(kept))
    scorer = Scorer(EmbeddedLocator(), "cpu", Settings(), said.append)
    model = Bundle.open(write_small_bundle(tmp_path / "no-model"))
    compared = score_cases(rows, model, out, scorer)
    assert said == []
    first, second = compared[0], compared[3]
    assert (first.artery, first.calcium_dice, first.artery_dice) == ("RCA", 1.0, 1.0)
    assert (second.found_ml, second.calcium_dice, second.artery_dice) == (0.0, 0.0, 1.0)
    results, reference = (read_results(out / name) for name in ("results.csv", "reference.csv"))
    assert results.patients == reference.patients == ("case_0001", "case_0002")
    assert reference.volume_mm3[1, 0] == pytest.approx(1000 * second.drawn_ml, abs=1e-3)
    assert results.volume_mm3[1, 0] == 0
    table = summary_table("t", "T", {"full": compared})
    assert table.rows[0][:6] == ("full", "RCA", "2", "2", "0.50", "\u2013")
    assert [row[6:8] for row in table.rows] == [("1.00", "30"), ("1.00", "12"), ("0.00", "4")]
    assert (compared[2].course_mm, compared[2].artery_found) == (4.0, False)
    assert (second.course_mm, second.artery_found) == (None, None)
    lines = (out / "compared.csv").read_text().splitlines()
    assert lines[3].endswith(",4.000000,0")
    assert lines[4].endswith(",,")
    assert len(lines) == 1 + 6
    (out / rows[1].case / "labels.nii.gz").unlink()
    shutil.rmtree(model.path)
    with pytest.raises(ModelRefused):
        score_cases(rows, model, out, scorer)
    assert said == ["scoring case_0002"]


def test_the_courses_of_a_reading_are_kept_with_what_is_not_found() -> None:
    reading = score(quiet_case(3))
    reading = replace(reading, report=replace(reading.report, unseen=(Artery.LCX,)))
    document = courses_document(reading)
    course = reading.course_of(Artery.RCA)
    assert course is not None
    assert document["RCA"] == {"seen_mm": round(course.seen_mm, 3), "found": True}
    assert document["LCX"]["found"] is False
    bare = courses_document(replace(reading, courses=()))
    assert bare["LAD"] == {"seen_mm": 0.0, "found": True}
