"""Courses of the arteries as voxels of the scan: tubes in one piece each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from corcal.core.artery import Artery
from corcal.core.box import Box, index3
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.settings import Courses

#: Points of a line lie at most this many voxels apart, so that no voxel on the way is left out.
_STEP_VOXELS = 0.5


def draw_courses(
    labels: ArteryLabels, courses: Sequence[ArteryCourse], rules: Courses
) -> ArteryLabels:
    """Return the labels with each artery as a tube around its course; calcium stays as it is.

    Voxels of an artery's course, and within `tube_mm` of it, become that artery; of two arteries
    the nearer. What the network marked as an artery stays within `keep_within_mm` of its course
    and is dropped elsewhere. An artery without a course keeps what it has.

    Args:
        labels: of a scan, or of a part of it.
        courses: in the same patient's coordinates.
        rules: radius of the tubes.
    """
    codes = labels.codes.copy()
    nearest_mm = np.full(codes.shape, np.inf, dtype=np.float32)
    calcium = codes > max(a.vessel_code for a in Artery)
    for course in courses:
        points = np.concatenate([_dense(line, labels.grid) for line in course.lines])
        box, away_mm = _distances(points, labels.grid, max(rules.tube_mm, rules.keep_within_mm))
        _keep_near(codes, course.artery, box, away_mm <= rules.keep_within_mm)
        line = tuple(np.round(labels.grid.to_index(points)).astype(np.intp).T)
        inside = np.all([(i >= 0) & (i < n) for i, n in zip(line, codes.shape, strict=True)], 0)
        on_line = np.zeros(codes.shape, dtype=np.bool_)
        on_line[tuple(i[inside] for i in line)] = True
        tube = (away_mm <= rules.tube_mm) | on_line[box.slices]
        mine = tube & (away_mm < nearest_mm[box.slices]) & ~calcium[box.slices]
        codes[box.slices][mine] = course.artery.vessel_code
        nearest_mm[box.slices][mine] = away_mm[mine]
    return ArteryLabels(codes, labels.grid)


def _dense(line: Branch, grid: Grid) -> NDArray[np.float64]:
    """Return the points of a line so close together that every voxel on the way has one."""
    index = grid.to_index(line.points_mm)
    voxels = np.abs(np.diff(index, axis=0)).max(axis=1)
    at = np.concatenate([[0.0], np.cumsum(np.maximum(np.ceil(voxels / _STEP_VOXELS), 1.0))])
    dense = np.arange(at[-1] + 1)
    return np.stack([np.interp(dense, at, line.points_mm[:, i]) for i in range(3)], axis=1)


def _distances(
    points: NDArray[np.float64], grid: Grid, reach_mm: float
) -> tuple[Box, NDArray[np.float32]]:
    """Return the part of a grid within reach of points, and each voxel's distance to them.

    Beyond the reach the distance is infinite.
    """
    index = grid.to_index(points)
    margin = [int(n) for n in np.ceil(reach_mm / np.array(grid.spacing_mm)) + 1]
    low, high = np.floor(index.min(0)).astype(int), np.ceil(index.max(0)).astype(int) + 1
    box = Box(index3(low), index3(high)).pad(index3(margin)).intersect(Box.whole(grid.shape))
    part = grid.cut(box)
    near = _near_voxels(grid.to_index(points) - np.array(box.start), part.shape, margin)
    away = np.full(part.shape, np.inf, dtype=np.float32)
    tree = KDTree(points)
    away[near], _ = tree.query(
        part.to_lps(np.argwhere(near).astype(np.float64)), distance_upper_bound=reach_mm
    )
    return box, away


def _near_voxels(
    index: NDArray[np.float64], shape: tuple[int, int, int], margin: Sequence[int]
) -> NDArray[np.bool_]:
    """Return the voxels in the boxes around points."""
    near = np.zeros(shape, dtype=np.bool_)
    for centre in np.unique(np.round(index).astype(int), axis=0):
        slices = tuple(
            slice(max(c - m, 0), max(c + m + 1, 0)) for c, m in zip(centre, margin, strict=True)
        )
        near[slices] = True
    return near


def _keep_near(codes: NDArray[np.uint8], artery: Artery, box: Box, near: NDArray[np.bool_]) -> None:
    """Erase, in place, the voxels of an artery outside a part of a box."""
    keep = np.zeros(codes.shape, dtype=np.bool_)
    keep[box.slices] = near
    codes[(codes == artery.vessel_code) & ~keep] = 0
