"""Distance between the surfaces of two masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, generate_binary_structure
from scipy.spatial import cKDTree

from corcal.core.grid import Grid

_PERCENTILE = 95


@dataclass(frozen=True)
class SurfaceDistance:
    """Distances between two surfaces.

    Attributes:
        mean_mm: average symmetric surface distance: the mean, over the surface voxels of both,
            of the distance to the nearest surface voxel of the other.
        hd95_mm: the larger of the two directed 95th percentiles of those distances.
    """

    mean_mm: float
    hd95_mm: float


def surface_distance(
    first: NDArray[np.bool_], second: NDArray[np.bool_], grid: Grid
) -> SurfaceDistance | None:
    """Return how far apart two masks' surfaces lie; None where either is empty.

    Distances are between voxel centres in the patient, so that they are right on any grid.
    Definitions as in Maier-Hein and Reinke et al., Nat Methods 2024, 21, 195.

    Args:
        first: bool (slice, row, column) on the grid.
        second: bool (slice, row, column) on the grid.
        grid: where the voxels lie.
    """
    if not first.any() or not second.any():
        return None
    a, b = (grid.to_lps(border(m).astype(np.float64)) for m in (first, second))
    to_b, to_a = cKDTree(b).query(a)[0], cKDTree(a).query(b)[0]
    return SurfaceDistance(
        float(np.concatenate([to_b, to_a]).mean()),
        float(max(np.percentile(to_b, _PERCENTILE), np.percentile(to_a, _PERCENTILE))),
    )


def border(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the surface voxels of a mask, (n, 3): those with a face that is not in the mask.

    Beyond the array nothing is in the mask.
    """
    inside = binary_erosion(mask, generate_binary_structure(3, 1))
    return np.argwhere(mask & ~inside)
