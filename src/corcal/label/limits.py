"""Limits of what can be an artery: near the heart, and not too small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box, index3
from corcal.core.grid import Grid
from corcal.space import components, nearest, true_voxels


def near_heart(
    heart: NDArray[np.bool_], heart_grid: Grid, grid: Grid, *, margin_mm: float
) -> NDArray[np.bool_]:
    """Return which voxels of a grid lie in the heart or within a margin of it.

    Args:
        heart: bool (slice, row, column), not empty.
        heart_grid: where `heart` lies.
        grid: of the voxels that are asked about; same directions.
        margin_mm: how far outside the heart still counts.
    """
    margin = index3(np.ceil(margin_mm / s) + 1 for s in heart_grid.spacing_mm)
    box = Box.around(heart).pad(margin).intersect(Box.whole(heart_grid.shape))
    outside_mm = ndimage.distance_transform_edt(~heart[box.slices], sampling=heart_grid.spacing_mm)
    close = (np.asarray(outside_mm) <= margin_mm).astype(np.uint8)
    return nearest(close, heart_grid.cut(box), grid).astype(bool)


def remove_small_parts(
    codes: NDArray[np.uint8], grid: Grid, *, min_mm3: float, connectivity: int
) -> None:
    """Erase, in place, what is too small to be a stretch of artery and holds no calcium.

    Args:
        codes: uint8 (slice, row, column), label codes 0 to 6.
        grid: where they lie.
        min_mm3: smallest connected part of an artery that stays.
        connectivity: 6, 18 or 26, of such a part.
    """
    for artery in Artery:
        voxels = true_voxels((codes == artery.vessel_code) | (codes == artery.calcium_code))
        if not len(voxels):
            continue
        part = components(voxels, connectivity)
        small = np.bincount(part) * grid.voxel_mm3 < min_mm3
        calcified = np.bincount(part, codes[tuple(voxels.T)] == artery.calcium_code) > 0
        codes[tuple(voxels[(small & ~calcified)[part]].T)] = 0
