"""The Agatston score of calcium that is known voxel by voxel, counted apart from `quantify`.

Agatston 1990 with corcal's conventions: pieces of at least 1 mm2 in a slice (8 neighbours),
weighed by their peak, times the distance between slices over 3 mm; slices closer than 2.5 mm
are averaged to slabs of 3 mm first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.grid import Grid

_THRESHOLD_HU, _LEAST_MM2, _SLAB_MM, _SLAB_BELOW_MM = 130.0, 1.0, 3.0, 2.5


def agatston_of(
    mask: NDArray[np.bool_], hu: NDArray[np.integer], grid: Grid, thickness_mm: float | None
) -> float:
    """Return the score of one lesion.

    Args:
        mask: bool (slice, row, column), where the lesion is visible.
        hu: the scan on the same voxels.
        grid: an axial grid.
        thickness_mm: nominal thickness of the slices, None for their distance.
    """
    if not mask.any():
        return 0.0
    box = Box.around(mask)
    _, rows, columns = box.slices
    step, down, across = grid.spacing_mm
    planes, depth_mm = hu[:, rows, columns].astype(np.float64), step
    own = mask[:, rows, columns]
    if max(step, thickness_mm or 0.0) < _SLAB_BELOW_MM:
        share = _shares(len(planes), step)
        planes = np.tensordot(share / share.sum(1, keepdims=True), planes, 1)
        own = np.tensordot((share > 0).astype(float), own.astype(float), 1) > 0
        depth_mm = _SLAB_MM
    total = 0.0
    for plane, mine in zip(planes, own, strict=True):
        parts, count = ndimage.label(mine & (plane >= _THRESHOLD_HU), np.ones((3, 3)))
        for part in range(1, count + 1):
            area = float(np.count_nonzero(parts == part)) * down * across
            if area >= _LEAST_MM2 - 1e-6:
                total += area * _weight(float(plane[parts == part].max()))
    return total * depth_mm / 3.0


def _weight(peak_hu: float) -> int:
    return 1 + sum(peak_hu >= bound for bound in (200.0, 300.0, 400.0))


def _shares(slices: int, step: float) -> NDArray[np.float64]:
    """Return how many mm of each slice lie in each slab, (slabs, slices)."""
    slabs = int(np.ceil(round(slices * step / _SLAB_MM, 6)))
    top = np.arange(1, slabs + 1)[:, None] * _SLAB_MM
    low, high = np.arange(slices) * step, np.arange(1, slices + 1) * step
    inside = np.minimum(high, top) - np.maximum(low, top - _SLAB_MM)
    return np.where(inside > 1e-6, inside, 0.0)
