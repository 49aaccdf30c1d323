"""Sizes, distances and values that a chest CT can have; what lies outside is refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Index
from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.settings import Values

#: 16 bits hold no more.
_WIDEST_HU = 32767
#: More rows, columns or slices has no scanner; more voxels has no scan.
_LONGEST_SIDE = 8192
_MOST_VOXELS = 2**31
#: Distances between voxels, mm, and the longest side of a whole body.
_FINEST_MM = 0.02
_COARSEST_MM = 30.0
_LONGEST_MM = 2500.0


def require_hounsfield(low: float, high: float, what: str, settings: Values) -> None:
    """Refuse values that are not those of a CT.

    Args:
        low: lowest value.
        high: highest value.
        what: what holds the values, for the message.
        settings: `least_air_hu` and `stored_highest`.

    Raises:
        NoUsableSeries: there is no air, nothing denser, or the values exceed any CT's.
    """
    if low < settings.least_air_hu and 0 < high <= _WIDEST_HU:
        return
    why = "an MR, a windowed picture or a rescaled copy cannot be scored"
    least, most = settings.stored_highest
    if abs(low) <= abs(settings.least_air_hu) and least <= high <= most:
        why = (
            "they may be stored values, 1024 above, to which the rescale intercept was not "
            "applied: convert the scan again with it"
        )
    raise NoUsableSeries(
        f"{what}: values from {low:g} to {high:g} are not Hounsfield units of a chest CT (air is "
        f"about -1000); {why}"
    )


def require_one_body(hu: NDArray[np.int16], settings: Values) -> None:
    """Refuse a stack in which every second slice is of somebody else.

    In one body a slice is more like its neighbour than like the one after that.

    Args:
        hu: int16 (slice, row, column).
        settings: those that begin with `turns`.

    Raises:
        GeometryRefused: it is the other way round.
    """
    stride = settings.turns_stride_pixels
    coarse = np.clip(hu[:, ::stride, ::stride], *settings.turns_window_hu).astype(np.float32)
    if len(coarse) < settings.turns_min_slices:
        return
    next_to, after = (float(np.median(_apart(coarse, k))) for k in (1, 2))
    if next_to > settings.turns_ratio * after + settings.turns_slack_hu:
        raise GeometryRefused(
            "neighbouring slices differ more than every second one: two people, or two scans, "
            "are mixed in one series; export each on its own"
        )


def _apart(hu: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """Return how far slices `steps` apart differ, HU."""
    apart: NDArray[np.float32] = np.abs(hu[steps:] - hu[:-steps]).mean(axis=(1, 2))
    return apart


def require_plausible_size(shape: Sequence[int], what: str) -> None:
    """Refuse an array larger than any scan, before its voxels are read.

    Args:
        shape: voxels along each axis.
        what: what announces them, for the message.

    Raises:
        UnreadableScan: a side or the whole is too large, or a side is empty.
    """
    voxels = 1
    for n in shape:
        voxels *= n
    if min(shape) < 1 or max(shape) > _LONGEST_SIDE or voxels > _MOST_VOXELS:
        raise UnreadableScan(
            f"{what}: its header announces {' x '.join(str(n) for n in shape)} voxels, which is "
            "no scan; refused"
        )


def plausible_spacing(spacing_mm: Sequence[float], shape: Sequence[int]) -> bool:
    """Tell whether voxels of this size can make a scan of a person.

    Args:
        spacing_mm: distance between voxels along each axis.
        shape: voxels along the same axes.
    """
    return all(
        _FINEST_MM <= step <= _COARSEST_MM and step * n <= _LONGEST_MM
        for step, n in zip(spacing_mm, shape, strict=True)
    )


def plausible_grid(shape: Index, affine: NDArray[np.float64], what: str) -> Grid:
    """Return a grid whose voxels a scan of a person can have.

    Args:
        shape: voxels along (slice, row, column).
        affine: float64 (4, 4), index to LPS mm.
        what: what announces it, for the message.

    Raises:
        GeometryRefused: as `require_plausible_grid`, or its axes span no volume.
    """
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or not (steps >= _FINEST_MM).all():
        shown = " x ".join(f"{s:.4g}" for s in steps)
        raise GeometryRefused(
            f"{what}: voxels of {shown} mm are no scan of a person; its voxel size is wrong, or in "
            "another unit"
        )
    grid = Grid(shape, affine)
    require_plausible_grid(grid, what)
    return grid


def require_plausible_grid(grid: Grid, what: str) -> None:
    """Refuse voxel sizes that no scan of a person has.

    Raises:
        GeometryRefused: voxels are too small, too large, or the scan is longer than a person.
    """
    if not plausible_spacing(grid.spacing_mm, grid.shape):
        steps = " x ".join(f"{s:.4g}" for s in grid.spacing_mm)
        sides = " x ".join(f"{s * n:.4g}" for s, n in zip(grid.spacing_mm, grid.shape, strict=True))
        raise GeometryRefused(
            f"{what}: voxels of {steps} mm over {sides} mm are no scan of a person; its voxel "
            "size is wrong, or in another unit"
        )
