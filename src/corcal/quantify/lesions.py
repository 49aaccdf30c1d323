"""Calcium that counts: candidate voxels, the lesions they form, and which are large enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.settings import Scoring
from corcal.space import components

#: Areas are sums of spacings stored in decimal text; this much may be lost in their rounding.
_AREA_SLACK_MM2 = 1e-6


@dataclass(frozen=True, eq=False)
class CountedVoxels:
    """The voxels of one artery that lie in lesions large enough to count.

    Attributes:
        index: (n, 3), (slice, row, column) on the grid of the scan.
        hu: float64 (n,).
        lesion: (n,), number of the three-dimensional lesion of each voxel, from 0 without gaps.
    """

    index: NDArray[np.intp]
    hu: NDArray[np.float64]
    lesion: NDArray[np.intp]

    @property
    def lesions(self) -> int:
        """Number of lesions."""
        return int(self.lesion.max()) + 1 if self.lesion.size else 0


def pixel_mm2(grid: Grid) -> float:
    """Return the area of one pixel in the plane of the slices."""
    return float(np.linalg.norm(_normal(grid)))


def increment_mm(grid: Grid) -> float:
    """Return the distance between the planes of neighbouring slices, at right angles to them.

    This, and not the slice thickness, is what makes overlapping and gapped reconstructions
    of one patient score alike.
    """
    return float(abs(grid.affine[:3, 0] @ _normal(grid))) / pixel_mm2(grid)


def _normal(grid: Grid) -> NDArray[np.float64]:
    """Return the vector at right angles to a pixel, as long as the pixel is large."""
    normal: NDArray[np.float64] = np.cross(grid.affine[:3, 1], grid.affine[:3, 2])
    return normal


def large_enough(
    component: NDArray[np.intp], area_mm2: float, settings: Scoring
) -> NDArray[np.bool_]:
    """Return of each two-dimensional component if its area reaches the minimum, (components,).

    Args:
        component: (n,), number of the component that each pixel belongs to.
        area_mm2: area of one pixel.
        settings: for `min_area_mm2`.
    """
    areas: NDArray[np.bool_] = (
        np.bincount(component) * area_mm2 >= settings.min_area_mm2 - _AREA_SLACK_MM2
    )
    return areas


def counted_voxels(
    index: NDArray[np.intp], hu: NDArray[np.float64], grid: Grid, settings: Scoring
) -> CountedVoxels:
    """Return the voxels at or above the threshold, in lesions that count.

    A lesion is a three-dimensional component of such voxels. It counts, whole, if in at least
    one slice a two-dimensional component of it is as large as `min_area_mm2`.

    Args:
        index: (n, 3), the voxels of one artery's calcium label.
        hu: float64 (n,), their values.
        grid: the scan's grid.
        settings: threshold, smallest area, connectivities.
    """
    candidate = hu >= settings.threshold_hu
    index, hu = index[candidate], hu[candidate]
    if not len(index):
        return CountedVoxels(index, hu, np.zeros(0, dtype=np.intp))
    lesion = components(index, settings.connectivity_3d)
    in_slice = components(index, settings.connectivity_2d)
    large = large_enough(in_slice, pixel_mm2(grid), settings)[in_slice]
    counts = np.zeros(int(lesion.max()) + 1, dtype=np.bool_)
    counts[lesion[large]] = True
    kept = counts[lesion]
    renumbered = np.cumsum(counts) - 1
    return CountedVoxels(index[kept], hu[kept], renumbered[lesion[kept]])
