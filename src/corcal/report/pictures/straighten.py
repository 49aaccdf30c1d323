"""An artery straightened: the CT along its course, as if the artery were a straight line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.course import ArteryCourse, Branch
from corcal.core.reading import Reading

#: Distance of the samples along and across, and how far they reach to the sides and in depth.
STEP_MM = 0.5
_SIDE_MM = 12.0
_DEPTH_MM = 3.0
_DEPTH_STEP_MM = 1.0
#: A course runs from block to block of voxels; its corners are rounded over so much.
_SMOOTH_MM = 3.0
#: Shorter branches are ends of the search rather than vessels.
_SHORTEST_BRANCH_MM = 15.0


@dataclass(frozen=True, eq=False)
class Strip:
    """The CT along one line of a course, highest value over 6 mm in depth.

    Attributes:
        hu: float32 (across, along), `STEP_MM` apart in both; the line runs through the middle.
        codes: uint8 (across, along), label codes 0 to 6.
        seen: bool (along,), False where the line only joins what is seen on both sides.
        points_mm: float64 (along, 3), LPS, the line itself.
    """

    hu: NDArray[np.float32]
    codes: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    points_mm: NDArray[np.float64]


def straighten(reading: Reading, artery: Artery) -> tuple[Strip, ...]:
    """Return an artery's main line straightened, then each branch of at least 15 mm.

    Args:
        reading: the scan, its labels and courses.
        artery: which; without a course there is no strip.
    """
    course = reading.course_of(artery)
    if course is None:
        return ()
    return tuple(_strip(reading, artery, line) for line in _lines(course))


def _lines(course: ArteryCourse) -> tuple[Branch, ...]:
    branches = (b for b in course.branches if b.length_mm >= _SHORTEST_BRANCH_MM)
    return (course.main, *branches)


def _strip(reading: Reading, artery: Artery, line: Branch) -> Strip:
    points, seen = _resample(line)
    side, depth = _frame_along(points)
    across = np.arange(-_SIDE_MM, _SIDE_MM + STEP_MM / 2, STEP_MM)
    deep = np.arange(-_DEPTH_MM, _DEPTH_MM + _DEPTH_STEP_MM / 2, _DEPTH_STEP_MM)
    # (depth, across, along, 3)
    places = points + across[None, :, None, None] * side + deep[:, None, None, None] * depth
    hu, codes = _sample(reading, places)
    own = (codes == artery.vessel_code) | (codes == artery.calcium_code)
    return Strip(hu.max(axis=0), np.where(own, codes, 0).max(axis=0), seen, points)


def _resample(line: Branch) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return points `STEP_MM` apart along the line with its corners rounded, and which are seen."""
    away = _distance_mm(line.points_mm)
    at = np.arange(0.0, away[-1] + STEP_MM, STEP_MM)
    dense = np.stack([np.interp(at, away, line.points_mm[:, i]) for i in range(3)], axis=1)
    # Continued beyond its ends as it came, turned around them, so that smoothing keeps the ends.
    more = min(round(4 * _SMOOTH_MM / STEP_MM), len(dense) - 1)
    longer = np.pad(dense, ((more, more), (0, 0)), mode="reflect", reflect_type="odd")
    smooth = ndimage.gaussian_filter1d(longer, _SMOOTH_MM / STEP_MM, axis=0)[more:-more]
    along = _distance_mm(smooth)
    even = np.arange(0.0, along[-1], STEP_MM)
    points = np.stack([np.interp(even, along, smooth[:, i]) for i in range(3)], axis=1)
    nearest = np.abs(np.interp(even, along, at)[:, None] - away).argmin(axis=1)
    return points, line.seen[nearest]


def _distance_mm(points: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _frame_along(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two directions across the line at each of its points, (along, 3) each.

    They turn as little as possible from point to point, so that the strip does not twist. The
    second, in which the strip is seen, begins as near to front-to-back as it can.
    """
    tangent = np.gradient(points, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    view = _across(np.array([0.0, 1.0, 0.0]), tangent[0])
    depth = np.empty_like(points)
    for number, direction in enumerate(tangent):
        view = _across(view, direction)
        depth[number] = view
    return np.cross(depth, tangent), depth


def _across(vector: NDArray[np.float64], tangent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of a vector that is across the tangent, of length 1."""
    rest = vector - (vector @ tangent) * tangent
    if np.linalg.norm(rest) < 0.1:
        rest = np.roll(tangent, 1) - (np.roll(tangent, 1) @ tangent) * tangent
    unit: NDArray[np.float64] = rest / np.linalg.norm(rest)
    return unit


def _sample(
    reading: Reading, places_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return the HU (linear) and the label code (nearest) at each place; air outside the scan."""
    grid = reading.scan.grid
    index = grid.to_index(places_mm.reshape(-1, 3)).T
    low, high = np.floor(index.min(axis=1)), np.ceil(index.max(axis=1)) + 1
    first, last = (tuple(int(v) for v in ends) for ends in (low, high))
    box = Box((first[0], first[1], first[2]), (last[0], last[1], last[2]))
    box = box.intersect(Box.whole(grid.shape))
    inside = index - np.array(box.start)[:, None]
    hu = ndimage.map_coordinates(
        reading.scan.hu[box.slices].astype(np.float32), inside, order=1, cval=-1000.0
    )
    codes = ndimage.map_coordinates(reading.labels.codes[box.slices], inside, order=0)
    shape = places_mm.shape[:-1]
    return hu.reshape(shape), codes.reshape(shape)
