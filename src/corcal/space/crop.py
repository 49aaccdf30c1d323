"""Cut a box out of an array and put it back."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box, Index

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
    out[inside.slices] = part[inside.shifted((-a, -b, -c)).slices]
    return out
