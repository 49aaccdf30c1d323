"""Distances to courses and depths in a heart that are known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.core.steps import LocatedHeart
from corcal.label.surroundings import depths_mm, distances_to_courses_mm

LINE = Branch(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), np.ones(2, bool))
SIDE = Branch(np.array([[1.0, 0.0, 0.0], [1.0, 9.0, 0.0]]), np.ones(2, bool))


def test_the_nearest_point_of_any_line_counts_up_to_the_most() -> None:
    courses = (ArteryCourse(Artery.RCA, LINE, (SIDE,)),)
    points = np.array([[0.0, 3.0, 4.0], [1.0, 9.0, 2.0], [90.0, 0.0, 0.0]])
    assert distances_to_courses_mm(points, courses, 20.0) == pytest.approx([5.0, 2.0, 20.0])


def test_without_a_course_everything_is_far() -> None:
    assert distances_to_courses_mm(np.zeros((2, 3)), (), 20.0).tolist() == [20.0, 20.0]


@pytest.mark.parametrize("step", [1.0, 4.0])
def test_the_surface_lies_between_voxels_whatever_their_size(step: float) -> None:
    count = int(80 / step)
    grid = Grid.axial((count, count, count), (step, step, step))
    mask = np.zeros(grid.shape, bool)
    mask[:, :, count // 4 : 3 * count // 4] = True
    surface = grid.to_lps(np.array([[count / 2, count / 2, count // 4 - 0.5]]))[0]
    away = np.array([-30.0, -6.0, -2.0, 0.0, 2.0, 8.0])
    points = surface + away[:, None] * np.array([1.0, 0.0, 0.0])
    # In steps of 4 mm, depth near the surface is interpolated between -2 and 2 mm.
    assert depths_mm(points, LocatedHeart(mask, grid), -6.0) == pytest.approx(
        [-6.0, -6.0, -2.0, 0.0, 2.0, 8.0]
    )
