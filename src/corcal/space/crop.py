"""Cut a box out of an array and put it back."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box, Index
from corcal.core.grid import Grid

T = TypeVar("T", bound=np.generic)


def crop(array: NDArray[T], box: Box) -> NDArray[T]:
    """Return the voxels of a box that lies inside the array, as a copy.

    Raises:
        ValueError: the box reaches outside the array.
    """
    if min(box.start) < 0 or any(b > n for b, n in zip(box.stop, array.shape, strict=True)):
        raise ValueError(f"box {box.start} to {box.stop} leaves the array {array.shape}")
    return array[box.slices].copy()


def uncrop(part: NDArray[T], box: Box, shape: Index, *, fill: Any = 0) -> NDArray[T]:
    """Return an array of the full shape with the part in its box and `fill` elsewhere.

    What of the box lies outside the shape is left out.

    Raises:
        ValueError: the part does not have the box's shape, or all of it lies outside.
    """
    if part.shape != box.shape:
        raise ValueError(f"a part of shape {part.shape} does not fill a box of {box.shape}")
    # Zeros cost no memory until they are written.
    out = np.full(shape, fill, part.dtype) if fill else np.zeros(shape, part.dtype)
    inside = box.intersect(Box.whole(shape))
    a, b, c = box.start
    out[inside.slices] = part[inside.shift((-a, -b, -c)).slices]
    return out


def touched_box(part: Grid, grid: Grid) -> Box:
    """Return the box of a grid's voxels that another grid touches, cut where the grid ends.

    Args:
        part: what touches, up to the outer faces of its voxels.
        grid: a grid with the same directions.

    Raises:
        ValueError: the two do not meet.
    """
    faces = np.array([(0, 0, 0), part.shape], dtype=np.float64) - 0.5
    # Faces that coincide with the grid's own must not reach a voxel further by their last digit.
    index = np.round(grid.to_index(part.to_lps(faces)), 6)
    start = [int(i) for i in np.floor(index.min(0) + 0.5)]
    stop = [max(int(i), a + 1) for i, a in zip(np.ceil(index.max(0) + 0.5), start, strict=True)]
    return Box.of(start, stop).intersect(Box.whole(grid.shape))
