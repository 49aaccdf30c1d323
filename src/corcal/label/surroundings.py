"""The place of calcium in its heart: how far from a course, and how deep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from corcal.core.box import Box
from corcal.core.course import ArteryCourse
from corcal.core.steps import LocatedHeart


def distances_to_courses_mm(
    points_mm: NDArray[np.float64], courses: Sequence[ArteryCourse], most_mm: float
) -> NDArray[np.float64]:
    """Return each point's distance to the nearest point of a course, `most_mm` at the most.

    Args:
        points_mm: (n, 3), LPS.
        courses: of any artery; with none, every distance is `most_mm`.
        most_mm: longest distance that is distinguished.
    """
    lines = [line.points_mm for course in courses for line in course.lines]
    if not lines or not len(points_mm):
        return np.full(len(points_mm), most_mm)
    away_mm, _ = KDTree(np.concatenate(lines)).query(points_mm, distance_upper_bound=most_mm)
    return np.minimum(away_mm, most_mm)


def depths_mm(
    points_mm: NDArray[np.float64], heart: LocatedHeart, least_mm: float
) -> NDArray[np.float64]:
    """Return how deep each point lies in the heart; negative outside.

    The distance to the heart's surface, which lies halfway between voxels in it and beside it,
    interpolated between them. Half a voxel is half the mean of its sides.

    Args:
        points_mm: (n, 3), LPS.
        heart: where the heart is.
        least_mm: the farthest outside (negative) that is distinguished.
    """
    box, spacing = Box.around(heart.mask), heart.grid.spacing_mm
    margin = [int(np.ceil(max(-least_mm, 0.0) / s)) + 2 for s in spacing]
    mask = np.pad(heart.mask[box.slices], [(m, m) for m in margin])
    inside, outside = (
        np.asarray(ndimage.distance_transform_edt(m, sampling=spacing)) for m in (mask, ~mask)
    )
    half_mm = 0.5 * float(np.mean(spacing))
    depth = np.where(mask, inside - half_mm, half_mm - outside)
    index = heart.grid.to_index(points_mm) - np.array(box.start) + np.array(margin)
    values = ndimage.map_coordinates(depth, index.T, order=1, mode="nearest")
    deep: NDArray[np.float64] = np.maximum(values, least_mm)
    return deep
