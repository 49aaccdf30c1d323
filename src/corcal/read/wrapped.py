"""Repair of values that overflowed the scanner's 12 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_BRIGHT_HU = 600
_DARK_HU = -900
_ROUND_HU = 4096


def unwrap(hu: NDArray[np.int16]) -> int:
    """Add 4096 HU to the dark islands that bright matter encloses; return how many voxels.

    12-bit values that overflow jump from very bright to very dark between neighbouring pixels.
    Real air never borders on such density all round: the reconstruction kernel blurs.

    Args:
        hu: int16 (row, column), changed in place.
    """
    flat = hu.reshape(-1)
    columns = hu.shape[1]
    bright = np.flatnonzero(flat >= _BRIGHT_HU)
    bright = bright[(bright > columns) & (bright < flat.size - columns - 1)]
    beside = np.concatenate([bright + 1, bright - 1, bright + columns, bright - columns])
    suspects = beside[flat[beside] <= _DARK_HU]
    return _repair(hu, suspects) if suspects.size else 0


def _repair(hu: NDArray[np.int16], suspects: NDArray[np.intp]) -> int:
    islands, _ = ndimage.label(hu <= _DARK_HU)
    boxes = ndimage.find_objects(islands)
    count = 0
    for name in np.unique(islands.reshape(-1)[suspects]):
        box = boxes[name - 1]
        at_edge = any(s.start == 0 or s.stop == n for s, n in zip(box, hu.shape, strict=True))
        wide = tuple(slice(s.start - 1, s.stop + 1) for s in box)
        if at_edge:
            continue
        island = islands[wide] == name
        ring = ndimage.binary_dilation(island) & ~island
        if bool((hu[wide][ring] >= _BRIGHT_HU).all()):
            hu[wide][island] += np.int16(_ROUND_HU)
            count += int(island.sum())
    return count
