"""Repair of values that overflowed the scanner's 12 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.settings import Values

#: The values that 12 bits hold.
_ROUND_HU = 4096


def unwrap(hu: NDArray[np.int16], settings: Values) -> int:
    """Add 4096 HU to the dark islands that bright matter encloses; return how many voxels.

    12-bit values that overflow jump from very bright to very dark between neighbouring pixels.
    Real air never borders on such density all round: the reconstruction kernel blurs.

    Args:
        hu: int16 (row, column), changed in place.
        settings: how bright, how dark and how large such an island is.
    """
    flat = hu.reshape(-1)
    columns = hu.shape[1]
    bright = np.flatnonzero(flat >= settings.overflow_bright_hu)
    bright = bright[(bright > columns) & (bright < flat.size - columns - 1)]
    beside = np.concatenate([bright + 1, bright - 1, bright + columns, bright - columns])
    suspects = beside[flat[beside] <= settings.overflow_dark_hu]
    return _repair(hu, suspects, settings) if suspects.size else 0


def _repair(hu: NDArray[np.int16], suspects: NDArray[np.intp], settings: Values) -> int:
    window = _window(hu, suspects, settings.overflow_reach_pixels)
    islands, _ = ndimage.label(window <= settings.overflow_dark_hu)
    count = 0
    for number, box in enumerate(ndimage.find_objects(islands), start=1):
        inside = all(s.start > 0 and s.stop < n for s, n in zip(box, window.shape, strict=True))
        wide = tuple(slice(s.start - 1, s.stop + 1) for s in box)
        if not inside:
            continue
        island = islands[wide] == number
        ring = ndimage.binary_dilation(island) & ~island
        if bool((window[wide][ring] >= settings.overflow_bright_hu).all()):
            window[wide][island] += np.int16(_ROUND_HU)
            count += int(island.sum())
    return count


def _window(hu: NDArray[np.int16], suspects: NDArray[np.intp], reach: int) -> NDArray[np.int16]:
    """Return the part of the image, as a view, that holds the suspects' islands whole."""
    rows, columns = np.divmod(suspects, hu.shape[1])
    top, left = max(0, rows.min() - reach), max(0, columns.min() - reach)
    return hu[top : rows.max() + reach + 1, left : columns.max() + reach + 1]
