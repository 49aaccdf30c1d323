"""Smooth outlines of masks that are small and coarse."""

from __future__ import annotations

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def outlines(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], ...]:
    """Return the lines around the true pixels of a mask, each float64 (point, 2): row, column.

    Pixel centres are whole numbers. A single pixel keeps its line.

    Args:
        mask: bool (row, column).
    """
    if not mask.any():
        return ()
    # Enlarged first: a contour of pixels would be a staircase, one of a blur would miss specks.
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    first = np.array([rows[0], columns[0]])
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    enlarged = ndimage.zoom(np.pad(mask, 2).astype(np.float32), 4, order=1)
    smooth = ndimage.gaussian_filter(enlarged, 1.5)
    level = min(0.5, 0.6 * float(smooth.max()))
    back = (np.array(mask.shape) + 3) / (np.array(enlarged.shape) - 1)
    lines = contourpy.contour_generator(z=smooth).lines(level)
    return tuple(np.asarray(line)[:, ::-1] * back - 2 + first for line in lines)
