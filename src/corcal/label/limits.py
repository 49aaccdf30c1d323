"""Safety rails: what cannot be an artery."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.space.components import components
from corcal.space.resample import nearest

_CONNECTIVITY = 26


def near_heart(
    heart: NDArray[np.bool_], heart_grid: Grid, grid: Grid, *, margin_mm: float
) -> NDArray[np.bool_]:
    """Return which voxels of a grid lie in the heart or within a margin of it.

    Args:
        heart: bool (slice, row, column), not empty.
        heart_grid: where `heart` lies.
        grid: where the answer is wanted; same directions.
        margin_mm: how far outside the heart still counts.
    """
    a, b, c = (int(np.ceil(margin_mm / s)) + 1 for s in heart_grid.spacing_mm)
    box = Box.around(heart).padded((a, b, c)).intersect(Box.whole(heart_grid.shape))
    outside_mm = ndimage.distance_transform_edt(~heart[box.slices], sampling=heart_grid.spacing_mm)
    close = (np.asarray(outside_mm) <= margin_mm).astype(np.uint8)
    return nearest(close, heart_grid.cut(box), grid).astype(bool)


def drop_specks(codes: NDArray[np.uint8], grid: Grid, *, least_mm3: float) -> None:
    """Erase, in place, what is too small to be a stretch of artery and holds no calcium.

    Args:
        codes: uint8 (slice, row, column), label codes 0 to 6.
        grid: where they lie.
        least_mm3: smallest connected part of an artery that stays.
    """
    for artery in Artery:
        flat = np.flatnonzero((codes == artery.vessel_code) | (codes == artery.calcium_code))
        if not flat.size:
            continue
        index = np.stack(np.unravel_index(flat, codes.shape), axis=1)
        part = components(index, _CONNECTIVITY)
        small = np.bincount(part) * grid.voxel_mm3 < least_mm3
        calcified = np.bincount(part, codes.ravel()[flat] == artery.calcium_code) > 0
        codes.ravel()[flat[(small & ~calcified)[part]]] = 0
