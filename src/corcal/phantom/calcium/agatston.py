"""The Agatston score of a phantom's calcium, straight from the definition and slowly.

Independent of `corcal.quantify` on purpose. Agatston et al., JACC 1990, 15, 827: in every
slice each connected piece of calcium of at least 1 mm2 scores its area times 1 to 4 by its
peak. The slice counts with its distance to the next over the 3 mm of the definition. Slices
thinner than 2.5 mm are averaged to slabs of 3 mm first.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field

THRESHOLD_HU, LEAST_MM2, SLAB_MM, THIN_MM = 130.0, 1.0, 3.0, 2.5


def agatston(
    clean_hu: Field, calcium: NDArray[np.bool_], grid: Grid, *, thickness_mm: float
) -> float:
    """Return the Agatston score of some calcium in a noise-free image.

    Args:
        clean_hu: noise-free image on the scan's own slices, float32 (slice, row, column).
        calcium: bool, the voxels that may score.
        grid: of both.
        thickness_mm: of the slices.
    """
    if not calcium.any():
        return 0.0
    dz, dy, dx = grid.spacing_mm
    _, ys, xs = Box.around(calcium).slices
    hu, mask = clean_hu[:, ys, xs], calcium[:, ys, xs]
    depths = np.full(len(hu), dz)
    if max(dz, thickness_mm) < THIN_MM:
        hu, mask, depths = _slabs(hu, mask, dz)
    score = 0.0
    for plane in np.flatnonzero(mask.any(axis=(1, 2))):
        candidate = mask[plane] & (hu[plane] >= THRESHOLD_HU)
        pieces, count = label(candidate, structure=np.ones((3, 3)))
        for piece in range(1, count + 1):
            values = hu[plane][pieces == piece]
            area_mm2 = values.size * dy * dx
            if area_mm2 >= LEAST_MM2:
                weight = min(int(values.max() // 100), 4)
                score += area_mm2 * weight * depths[plane] / 3.0
    return float(score)


def _slabs(
    hu: Field, mask: NDArray[np.bool_], dz: float
) -> tuple[Field, NDArray[np.bool_], NDArray[np.float64]]:
    """Return slabs averaged from slices, the pixels any calcium touches, and their depths."""
    whole = len(hu) * dz
    edges = np.append(np.arange(0.0, whole - 1e-6, SLAB_MM), whole)
    means, touched = [], []
    for low, high in pairwise(edges):
        starts = np.arange(len(hu)) * dz
        share = np.clip(np.minimum(starts + dz, high) - np.maximum(starts, low), 0.0, None)
        inside = share > 1e-6
        means.append(np.average(hu[inside], axis=0, weights=share[inside]))
        touched.append(mask[inside].any(axis=0))
    return np.array(means, dtype=np.float32), np.array(touched), np.diff(edges)
