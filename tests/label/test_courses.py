"""Courses on made-up probabilities, whose lines are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.label.courses import find_courses
from corcal.label.tubes import draw_courses
from corcal.settings import Courses

GRID = Grid.axial((60, 60, 60), (0.8, 0.75, 0.75))
EVERYWHERE = np.ones(GRID.shape, bool)
RULES = Courses()


def probabilities(
    *lines: tuple[slice | int, slice | int, slice | int, float],
) -> NDArray[np.float32]:
    """Return regions in which the RCA has these probabilities, blurred a little."""
    regions = np.zeros((6, *GRID.shape), np.float32)
    for a, b, c, value in lines:
        regions[0, a, b, c] = value
    return regions


UPPER = (slice(6, 22), slice(28, 31), slice(28, 31), 0.9)
LOWER = (slice(36, 54), slice(28, 31), slice(28, 31), 0.9)
BETWEEN = (slice(22, 36), slice(28, 31), slice(28, 31), 0.05)


def only(courses: tuple[ArteryCourse, ...]) -> ArteryCourse:
    (course,) = courses
    return course


def test_an_artery_in_two_pieces_is_one_course_whose_gap_is_not_seen() -> None:
    course = only(find_courses(probabilities(UPPER, BETWEEN, LOWER), EVERYWHERE, GRID, RULES))

    assert course.artery is Artery.RCA
    assert course.branches == ()
    # 48 voxels of 0.8 mm; the ends lie in the middle of blocks of two voxels.
    assert course.length_mm == pytest.approx(48 * 0.8, abs=3.0)
    # 14 voxels are bridged, and the steps on and off the bridge are not seen either.
    assert course.length_mm - course.seen_mm == pytest.approx(14 * 0.8, abs=3.3)
    assert course.main.points_mm[0, 2] > course.main.points_mm[-1, 2]
    index = GRID.to_index(course.main.points_mm)
    assert np.abs(index[:, 1:] - 29).max() < 2.0


def test_a_course_stays_within_what_it_is_given() -> None:
    upper = EVERYWHERE.copy()
    upper[30:] = False
    course = only(find_courses(probabilities(UPPER, BETWEEN, LOWER), upper, GRID, RULES))

    index = GRID.to_index(course.main.points_mm)
    assert index[:, 0].max() < 30
    assert course.length_mm == pytest.approx(18 * 0.8, abs=3.0)


def test_without_a_way_between_them_the_larger_piece_is_the_course() -> None:
    course = only(find_courses(probabilities(UPPER, LOWER), EVERYWHERE, GRID, RULES))

    assert course.length_mm == pytest.approx(18 * 0.8, abs=3.0)
    assert course.main.seen.all()


def test_a_gap_with_too_little_behind_it_is_not_crossed() -> None:
    little = (slice(36, 40), slice(28, 31), slice(28, 31), 0.9)

    course = only(find_courses(probabilities(UPPER, BETWEEN, little), EVERYWHERE, GRID, RULES))

    assert course.length_mm == pytest.approx(16 * 0.8, abs=3.0)


def test_a_branch_is_kept_where_it_is_certain_and_long() -> None:
    branch = (slice(28, 31), slice(31, 55), slice(28, 31), 0.95)
    whole = (slice(6, 54), slice(28, 31), slice(28, 31), 0.9)

    course = only(find_courses(probabilities(whole, branch), EVERYWHERE, GRID, RULES))

    assert len(course.branches) == 1
    assert course.branches[0].length_mm == pytest.approx(24 * 0.75, abs=3.0)
    faint = (*branch[:3], 0.4)
    assert only(find_courses(probabilities(whole, faint), EVERYWHERE, GRID, RULES)).branches == ()


def test_nothing_seen_is_no_course() -> None:
    assert find_courses(probabilities(), EVERYWHERE, GRID, RULES) == ()


def test_calcium_is_on_the_way() -> None:
    regions = probabilities(UPPER, LOWER)
    regions[3, 22:36, 28:31, 28:31] = 0.8

    course = only(find_courses(regions, EVERYWHERE, GRID, RULES))

    assert course.length_mm == pytest.approx(48 * 0.8, abs=3.0)
    assert course.main.seen.all()


@pytest.mark.parametrize("spacing_mm", [(0.8, 0.75, 0.75), (5.0, 0.7, 0.7), (3.0, 1.0, 1.0)])
def test_a_drawn_course_is_one_piece_on_any_slices(spacing_mm: tuple[float, float, float]) -> None:
    grid = Grid.axial((int(48 / spacing_mm[0]), 50, 50), spacing_mm)
    start, end = grid.to_lps(np.array([[1.0, 8.0, 8.0], [grid.shape[0] - 2.0, 40.0, 30.0]]))
    points = start + np.linspace(0, 1, 40)[:, None] * (end - start)
    course = ArteryCourse(Artery.LCX, Branch(points, np.ones(40, np.bool_)))
    empty = ArteryLabels(np.zeros(grid.shape, np.uint8), grid)

    codes = draw_courses(empty, [course], RULES).codes

    assert ndimage.label(codes, np.ones((3, 3, 3)))[1] == 1
    assert set(np.unique(codes)) == {0, Artery.LCX.vessel_code}
    away = np.abs(grid.to_lps(np.argwhere(codes > 0).astype(float))[:, None] - points).max(axis=2)
    assert away.min(axis=1).max() <= max(RULES.tube_mm, *spacing_mm)


def test_calcium_stays_and_stray_voxels_of_the_artery_go() -> None:
    codes = np.zeros(GRID.shape, np.uint8)
    codes[5:50, 29, 29] = Artery.RCA.vessel_code
    codes[20:23, 29, 29] = Artery.RCA.calcium_code
    codes[50:55, 5:9, 5:9] = Artery.RCA.vessel_code
    codes[5:9, 50:55, 50:55] = Artery.LAD.vessel_code
    points = GRID.to_lps(np.array([[5.0, 29.0, 29.0], [50.0, 29.0, 29.0]]))
    course = ArteryCourse(Artery.RCA, Branch(points, np.ones(2, np.bool_)))

    drawn = draw_courses(ArteryLabels(codes, GRID), [course], RULES).codes

    assert ((drawn == Artery.RCA.calcium_code) == (codes == Artery.RCA.calcium_code)).all()
    assert not drawn[50:55, 5:9, 5:9].any()
    assert (drawn[5:9, 50:55, 50:55] == Artery.LAD.vessel_code).all()
    assert drawn[30, 29, 31] == Artery.RCA.vessel_code


def test_where_two_courses_run_side_by_side_the_nearer_owns_a_voxel() -> None:
    empty = ArteryLabels(np.zeros(GRID.shape, np.uint8), GRID)
    courses = []
    for artery, column in ((Artery.LAD, 28.0), (Artery.LCX, 31.0)):
        points = GRID.to_lps(np.array([[5.0, 29.0, column], [50.0, 29.0, column]]))
        courses.append(ArteryCourse(artery, Branch(points, np.ones(2, np.bool_))))

    codes = draw_courses(empty, courses, RULES).codes

    assert codes[20, 29, 29] == Artery.LAD.vessel_code
    assert codes[20, 29, 30] == Artery.LCX.vessel_code


def test_a_course_outside_the_labels_marks_what_lies_inside() -> None:
    part = Grid.axial((10, 60, 60), (0.8, 0.75, 0.75))
    points = part.to_lps(np.array([[-20.0, 29.0, 29.0], [5.0, 29.0, 29.0]]))
    course = ArteryCourse(Artery.RCA, Branch(points, np.ones(2, np.bool_)))

    codes = draw_courses(ArteryLabels(np.zeros(part.shape, np.uint8), part), [course], RULES).codes

    assert codes[:6, 29, 29].all()
    assert not codes[9].any()


@pytest.mark.parametrize("bend_mm", [0.0, 8.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_course_is_as_long_as_the_artery_in_any_direction(seed: int, bend_mm: float) -> None:
    direction, aside = np.random.default_rng(seed).normal(size=(2, 3))
    direction /= np.linalg.norm(direction)
    aside -= (aside @ direction) * direction
    aside /= np.linalg.norm(aside)
    at = np.linspace(-15.0, 15.0, 301)
    bow = bend_mm * (1.0 - (at / 15.0) ** 2)
    middle = GRID.to_lps(np.array([[30.0, 30.0, 30.0]]))
    line = middle + at[:, None] * direction + bow[:, None] * aside
    length_mm = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())

    spots = np.ones(GRID.shape, bool)
    spots[tuple(np.round(GRID.to_index(line)).astype(int).T)] = False
    away_mm = ndimage.distance_transform_edt(spots, sampling=GRID.spacing_mm)
    regions = np.zeros((6, *GRID.shape), np.float32)
    regions[0] = np.where(away_mm < 2.0, 0.95 * np.exp(-((away_mm / 2.0) ** 2)), 0.0)
    course = only(find_courses(regions, EVERYWHERE, GRID, RULES))

    # It begins and ends up to the probability's reach beyond the line, not always straight on.
    assert length_mm <= course.main.length_mm <= length_mm + 5.2
    zigzag = only(find_courses(regions, EVERYWHERE, GRID, replace(RULES, smooth_mm=0.0)))
    assert course.main.length_mm + 2.0 <= zigzag.main.length_mm
    np.testing.assert_allclose(course.main.points_mm[0], zigzag.main.points_mm[0])
    np.testing.assert_allclose(course.main.points_mm[-1], zigzag.main.points_mm[-1])
