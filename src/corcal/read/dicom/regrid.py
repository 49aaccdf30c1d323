"""Make an irregular stack regular: straighten a sheared one, fill and even out distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.read.dicom.words import AIR_HU


def straighten(
    hu: NDArray[np.int16], drift_pixels: NDArray[np.float64]
) -> tuple[NDArray[np.int16], tuple[int, int]]:
    """Return a sheared stack with every slice moved to where it lies, linearly interpolated.

    Args:
        hu: int16 (slice, row, column).
        drift_pixels: float64 (n, 2), how far each slice lies off, along (rows, columns).

    Returns:
        int16 (slice, row, column), large enough for every slice, air where none was measured;
        and the (row, column) at which its first pixel lies, in pixels of the first slice.
    """
    low = np.floor(drift_pixels.min(axis=0)).astype(int)
    grow = np.ceil(drift_pixels.max(axis=0)).astype(int) - low
    n, rows, columns = hu.shape
    out = np.full((n, rows + grow[0], columns + grow[1]), AIR_HU, dtype=np.int16)
    for k in range(n):
        shift = drift_pixels[k] - low
        whole = np.floor(shift).astype(int)
        moved = _shift(_shift(hu[k].astype(np.float32), shift[0] % 1, 0), shift[1] % 1, 1)
        place = tuple(slice(w, w + m) for w, m in zip(whole, moved.shape, strict=True))
        out[k][place] = np.rint(moved).astype(np.int16)
    return out, (int(low[0]), int(low[1]))


def _shift(image: NDArray[np.float32], by: float, axis: int) -> NDArray[np.float32]:
    """Return an image moved by a part of a pixel, one pixel longer unless `by` is 0."""
    if by == 0:
        return image
    edge = [(0, 0), (0, 0)]
    edge[axis] = (1, 1)
    padded = np.pad(image, edge, constant_values=AIR_HU)
    ahead, behind = np.delete(padded, 0, axis), np.delete(padded, -1, axis)
    moved: NDArray[np.float32] = (1 - np.float32(by)) * ahead + np.float32(by) * behind
    return moved


def restack(hu: NDArray[np.int16], places: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return slices at other places, linearly interpolated between their neighbours.

    Args:
        hu: int16 (slice, row, column).
        places: float64 (m,), in units of input slices; whole ones are copied exactly.
    """
    out = np.empty((len(places), *hu.shape[1:]), dtype=np.int16)
    for i, place in enumerate(places):
        below = int(place)
        part = np.float32(place - below)
        if part == 0:
            out[i] = hu[below]
        else:
            between = (1 - part) * hu[below].astype(np.float32) + part * hu[below + 1]
            out[i] = np.rint(between).astype(np.int16)
    return out
