"""Courses, masks and candidates whose comparison is known by hand."""

from __future__ import annotations

import numpy as np

from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.settings import Settings
from tests.truth import quiet_case, score
from validation.candidates import candidate_tables, compare_candidates
from validation.compare import Record
from validation.courses import compare_courses, course_goals, course_tables, traced_mask
from validation.models import Watched
from validation.phantoms import phantom_truth
from validation.truth import Traced

GRID = Grid.axial((10, 20, 60), (2.0, 1.0, 1.0))
#: A straight course of 41 points along a row, 1 mm apart; the last 10 are not clear.
POINTS = np.stack([np.arange(10.0, 51.0), np.full(41, 10.0), np.full(41, 10.0)], axis=1)
COURSE = Traced(POINTS, np.arange(41) < 31, whole=True)


def labels(*columns: tuple[int, int], row: int = 10) -> ArteryLabels:
    """Return the RCA in these columns of the course's own slice."""
    codes = np.zeros(GRID.shape, np.uint8)
    for start, stop in columns:
        codes[5, row, start:stop] = 1
    codes[5, row, columns[0][0]] = 4
    return ArteryLabels(codes, GRID)


def test_clear_points_within_3_mm_are_covered_and_every_voxel_is_near() -> None:
    record = compare_courses(labels((10, 21), (25, 28)), {"RCA": COURSE})
    # Columns 10 to 20 and 25 to 27, and up to 3 mm beyond: points 10 to 30.
    assert record == {"RCA": {"points": 31, "covered": 21, "voxels": 14, "near": 14, "pieces": 2}}


def test_a_voxel_farther_than_4_mm_is_not_near() -> None:
    assert compare_courses(labels((10, 20), row=14), {"RCA": COURSE})["RCA"]["near"] == 10
    assert compare_courses(labels((10, 20), row=15), {"RCA": COURSE})["RCA"]["near"] == 0


def test_outside_of_a_course_traced_in_part_no_voxel_is_wrong() -> None:
    part = Traced(POINTS, COURSE.clear, whole=False)
    assert compare_courses(labels((10, 20)), {"RCA": part})["RCA"]["near"] is None


def test_an_artery_that_is_not_drawn_covers_nothing() -> None:
    record = compare_courses(labels((10, 20)), {"LAD": COURSE})
    assert record == {"LAD": {"points": 31, "covered": 0, "voxels": 0, "near": 0, "pieces": 0}}


def test_a_course_without_a_clear_point_is_not_compared() -> None:
    guess = Traced(POINTS, np.zeros(41, bool), whole=False)
    assert compare_courses(labels((10, 20)), {"RCA": guess}) == {}


def test_the_course_of_a_mask_is_its_middle() -> None:
    mask = np.zeros(GRID.shape, bool)
    mask[4:7, 8:13, 10:50] = True
    traced = traced_mask(mask, GRID)
    assert traced is not None
    middle = GRID.to_index(traced.points_mm)
    assert set(middle[:, 0]) == {5.0}
    assert {tuple(i) for i in middle} >= {(5.0, 10.0, float(x)) for x in range(13, 47)}
    assert traced_mask(np.zeros(GRID.shape, bool), GRID) is None


def test_the_table_pools_points_and_the_goals_look_at_unseen_scans() -> None:
    x = {"points": 100, "covered": 90, "voxels": 50, "near": 40, "pieces": 1}
    partly = {**x, "covered": 50, "near": None, "pieces": 3}
    scans = [
        {"cluster": "s", "scan": "s", "unseen": True, "courses": {"RCA": x}},
        {"cluster": "t", "scan": "t", "unseen": True, "courses": {"RCA": partly}},
    ]
    table, singly = course_tables([], scans)
    assert [c.split(" (")[0] for c in table.rows[0][:6]] == [
        "real scans, networks that never saw them", "RCA", "2", "70.0 %", "80.0 %", "2.0",
    ]  # fmt: skip
    assert singly.rows[0][2] == "90%, 80%, 1"
    assert singly.rows[1][2] == "50%, –, 3"
    verdicts = [g.verdict() for g in course_goals(scans)]
    assert verdicts[:3] == ["**missed**", "**missed**", "met, but not by all of its interval"]
    assert set(verdicts[3:]) == {"not measured"}


def watched_record() -> Record:
    case = quiet_case(1)
    watched = Watched()
    reading = score(case, segmenter=watched)
    truth = phantom_truth(case, case.auxiliary["heart"] > 0)
    return compare_candidates(reading, truth, watched)


def test_candidates_are_those_of_the_reading() -> None:
    record = watched_record()
    kept = [x for x in record["items"] if x["kept"]]
    assert {x["true"] for x in record["items"]} <= {True, False}
    least = Settings().segmentation.min_lesion_probability
    assert all(x["kept"] == (x["probability"] >= least) for x in record["items"])
    assert record["after_mm3"] <= record["before_mm3"]
    assert (record["after_mm3"] > 0) == any(x["true"] for x in kept)


def test_the_table_of_candidates_counts_before_and_after() -> None:
    items = [
        {"mm3": 4.0, "probability": 0.2, "kept": False, "true": True},
        {"mm3": 20.0, "probability": 0.9, "kept": True, "true": True},
        {"mm3": 6.0, "probability": 0.4, "kept": True, "true": False},
        {"mm3": 8.0, "probability": 0.1, "kept": False, "true": False},
        {"mm3": 50.0, "probability": 0.9, "kept": True, "true": None},
    ]
    found = {"items": items, "before_mm3": 24.0, "after_mm3": 20.0}
    record = {
        "cluster": "s", "known": True, "unseen": False, "candidates": found,
        "arteries": {"RCA": {"truth_mm3": 30.0}},
    }  # fmt: skip
    (table,) = candidate_tables([], [record])
    assert table.rows[0][1:] == ("2", "50.0 %", "83.3 %", "2", "50.0 %")
    assert [row[1] for row in table.rows[1:]] == ["1", "0", "1", "0", "0"]
    assert [row[4] for row in table.rows[1:]] == ["0", "2", "0", "0", "0"]
    assert table.notes == (
        "1 cases. Before the second look: 80.0 % of the true calcium, 2.00 false candidates a "
        "case; after: 66.7 %, 1.00.",
    )
