"""The planes on which the Agatston score is taken: the slices, or slabs averaged from thin ones.

The score was defined on 3 mm slices. Noise in thinner ones lifts peaks and voxels over the
threshold, so that thin slices are averaged to slabs first, each slice weighted by how much of
it lies in the slab.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.quantify.lesions import CountedVoxels, increment_mm
from corcal.settings import Scoring

#: Distances closer than this differ by the rounding of the spacing alone.
_SLACK_MM = 1e-6


@dataclass(frozen=True, eq=False)
class Planes:
    """The pixels to score, and which voxels as acquired lie in each.

    Attributes:
        index: (n, 3), pixels as (plane, row, column).
        hu: float64 (n,).
        depth_mm: float64 (n,), the distance along the patient that the pixel's plane stands for.
        pixel: (m,), of each overlap between a pixel and a counted voxel, the pixel.
        voxel: (m,), and the voxel.
        overlap_mm: float64 (m,), and how far they share the slice axis.
    """

    index: NDArray[np.intp]
    hu: NDArray[np.float64]
    depth_mm: NDArray[np.float64]
    pixel: NDArray[np.intp]
    voxel: NDArray[np.intp]
    overlap_mm: NDArray[np.float64]


def slab_depth_mm(grid: Grid, thickness_mm: float | None, settings: Scoring) -> float | None:
    """Return the depth of the slabs to score, or None where the slices are scored themselves.

    Thick slices that overlap (3 mm every 1.5 mm) are as smooth as the score expects and stay
    as they are, although they lie close together.

    Args:
        grid: the scan's grid.
        thickness_mm: nominal slice thickness, or None when unknown.
        settings: `slab_below_mm` and `slab_mm`.
    """
    increment = increment_mm(grid)
    thin = max(increment, thickness_mm or 0.0) < settings.slab_below_mm - _SLACK_MM
    return settings.slab_mm if thin and increment < settings.slab_mm - _SLACK_MM else None


def planes_of(
    voxels: CountedVoxels, hu: NDArray[np.generic], grid: Grid, slab_mm: float | None
) -> Planes:
    """Return the pixels in which any counted voxel of an artery lies, with their HU.

    Without slabs these are the voxels themselves. Slabs follow one another from the outer face
    of the first slice. A slab's pixel belongs to the artery as soon as any part of a counted
    voxel lies in it: had the scan been acquired in slabs, calcium in a third of one would be
    outlined too, and its averaged HU decides whether it scores. A majority vote would lose
    small dense lesions. The last slab may be cut short by the end of the scan, and then stands
    for its shorter depth only.

    Args:
        voxels: counted voxels of one artery.
        hu: (slice, row, column), the scan's values.
        grid: the scan's grid.
        slab_mm: depth of a slab, more than the distance between slices; None for no slabs.
    """
    if slab_mm is None or not voxels.lesions:
        every = np.arange(len(voxels.index))
        depth_mm = np.full(len(every), increment_mm(grid))
        return Planes(voxels.index, voxels.hu, depth_mm, every, every, depth_mm)
    overlap = _overlaps_mm(grid, slab_mm)
    plane, voxel, overlap_mm = _slabs_of(voxels.index[:, 0], overlap)
    shape = (len(overlap), *grid.shape[1:])
    row, column = voxels.index[voxel, 1], voxels.index[voxel, 2]
    flat, pixel = np.unique(np.ravel_multi_index((plane, row, column), shape), return_inverse=True)
    index = np.stack(np.unravel_index(flat, shape), axis=1)
    averaged_hu = _averaged_hu(index, hu, overlap)
    return Planes(index, averaged_hu, overlap.sum(axis=1)[index[:, 0]], pixel, voxel, overlap_mm)


def _overlaps_mm(grid: Grid, slab_mm: float) -> NDArray[np.float64]:
    """Return how much of each slice lies in each slab, mm, (slabs, slices)."""
    increment = increment_mm(grid)
    edges = np.arange(grid.shape[0] + 1) * increment
    slabs = max(1, int(np.ceil((edges[-1] - _SLACK_MM) / slab_mm)))
    starts = np.arange(slabs)[:, None] * slab_mm
    shared = np.minimum(edges[1:], starts + slab_mm) - np.maximum(edges[:-1], starts)
    return np.where(shared > _SLACK_MM, shared, 0.0)


def _slabs_of(
    slices: NDArray[np.intp], overlap: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return every meeting of a voxel and a slab: slab, voxel, and the depth they share in mm."""
    meets = overlap > 0
    first = meets.argmax(axis=0)
    planes, voxels = [], []
    for step in range(int(meets.sum(axis=0).max())):
        plane = np.minimum(first[slices] + step, len(overlap) - 1)
        voxel = np.flatnonzero(meets[plane, slices] & (plane == first[slices] + step))
        planes.append(plane[voxel])
        voxels.append(voxel)
    plane, voxel = np.concatenate(planes), np.concatenate(voxels)
    return plane, voxel, overlap[plane, slices[voxel]]


def _averaged_hu(
    index: NDArray[np.intp], hu: NDArray[np.generic], overlap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the overlap-weighted mean HU of each slab pixel."""
    plane, row, column = index.T
    meets = overlap > 0
    first = meets.argmax(axis=1)[plane]
    total = np.zeros(len(index))
    for step in range(int(meets.sum(axis=1).max())):
        inside = np.minimum(first + step, overlap.shape[1] - 1)
        weight = np.where(inside == first + step, overlap[plane, inside], 0.0)
        total += weight * hu[inside, row, column].astype(np.float64)
    # Rounded, so that slices of 130 HU average to 130 HU and not to a hair less.
    averaged: NDArray[np.float64] = np.round(total / overlap.sum(axis=1)[plane], 6)
    return averaged
