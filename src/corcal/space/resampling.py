"""Resample a scan to another spacing, axis by axis.

The new grid keeps the directions of the old one, so interpolation separates into one small
matrix per axis. The cubic matrices are exact: the same B-spline interpolation that
`scipy.ndimage` (and through it nnU-Net) computes, as three matrix products instead of a
recursive filter and a 64-point stencil. Only the wanted box is ever computed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid

#: B-spline weights fall by 0.27 per voxel: beyond this many voxels nothing is left of them.
_REACH = 24


def resample(
    hu: NDArray[np.int16], grid: Grid, target: Grid, *, box: Box | None = None
) -> NDArray[np.float32]:
    """Return HU on another grid by cubic B-spline interpolation.

    Args:
        hu: int16 (slice, row, column) on `grid`.
        grid: where `hu` lies.
        target: the wanted grid: same directions, any spacing and origin.
        box: the part of `target` to compute; the whole of it when None. May reach beyond
            the scan, where the nearest voxel's value is repeated.

    Returns:
        float32 (slice, row, column) on `target` or on the box of it.

    Raises:
        GridMismatch: the grids do not share their directions.
    """
    wanted = target.extend_to(box or Box.whole(target.shape))
    weights, starts, stops = [], [], []
    for axis in range(3):
        positions = _positions(grid, wanted, axis)
        first = max(0, int(np.floor(positions[0])) - _REACH)
        last = min(grid.shape[axis], int(np.ceil(positions[-1])) + _REACH + 1)
        first, last = min(first, grid.shape[axis] - 1), max(last, 1)
        weights.append(_cubic(last - first, positions - first))
        starts.append(first)
        stops.append(last)
    source = hu[starts[0] : stops[0], starts[1] : stops[1], starts[2] : stops[2]]
    return _apply(source, weights)


def block_mean(hu: NDArray[np.int16], grid: Grid, target: Grid) -> NDArray[np.float32]:
    """Return HU on a coarser grid; each voxel is the mean of what it covers.

    Args:
        hu: int16 (slice, row, column) on `grid`.
        grid: where `hu` lies.
        target: a grid with the same directions. Voxels outside the scan repeat its edge.

    Raises:
        GridMismatch: the grids do not share their directions.
    """
    weights = []
    for axis in range(3):
        step = target.spacing_mm[axis] / grid.spacing_mm[axis]
        weights.append(_mean(grid.shape[axis], _positions(grid, target, axis), step))
    by_slice, by_row, by_column = weights
    columns = np.ascontiguousarray(by_column.T)
    out = np.empty(target.shape, np.float32)
    for i, share in enumerate(by_slice):
        # Slices first, so that the matrix products see the coarse ones only.
        met = np.flatnonzero(share)
        span = slice(met[0], met[-1] + 1)
        out[i] = by_row @ (np.tensordot(share[span], hu[span].astype(np.float32), 1) @ columns)
    return out


def nearest(codes: NDArray[np.uint8], grid: Grid, target: Grid) -> NDArray[np.uint8]:
    """Return a label map on another grid; each voxel takes the code of the nearest one.

    Args:
        codes: uint8 or bool (slice, row, column) on `grid`.
        grid: where `codes` lies.
        target: a grid with the same directions. Voxels outside `grid` are 0.

    Raises:
        GridMismatch: the grids do not share their directions.
    """
    index, inside = [], []
    for axis in range(3):
        i = np.floor(_positions(grid, target, axis) + 0.5).astype(np.intp)
        inside.append((i >= 0) & (i < grid.shape[axis]))
        index.append(i)
    out = np.zeros(target.shape, codes.dtype)
    spans = [np.flatnonzero(ok) for ok in inside]
    if all(s.size for s in spans):
        cut = tuple(slice(int(s[0]), int(s[-1]) + 1) for s in spans)
        # In-plane first, on few slices; then whole planes are copied to where they go.
        planes = codes.take(index[2][cut[2]], 2).take(index[1][cut[1]], 1)
        for place, source in zip(spans[0], index[0][cut[0]], strict=True):
            out[place, cut[1], cut[2]] = planes[source]
    return out


def _positions(grid: Grid, target: Grid, axis: int) -> NDArray[np.float64]:
    """Return where the target's voxels lie along one index axis of the grid."""
    if not np.allclose(grid.directions, target.directions, atol=1e-4):
        raise GridMismatch(
            "resampling keeps the directions of a grid; these two grids point differently"
        )
    first = grid.to_index(target.affine[:3, 3][None])[0, axis]
    step = target.spacing_mm[axis] / grid.spacing_mm[axis]
    # Rounded far below any voxel, so that a tie between two voxels is one on every cut of a grid.
    positions: NDArray[np.float64] = np.round(first + step * np.arange(target.shape[axis]), 9)
    return positions


def _cubic(size: int, positions: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the (len(positions), size) matrix of cubic B-spline interpolation."""
    if size == 1:
        return np.ones((len(positions), 1), np.float32)
    rows, columns = np.meshgrid(positions, np.arange(size), indexing="ij")
    eye = np.eye(size)
    matrix = ndimage.map_coordinates(eye, [rows, columns], order=3, mode="nearest")
    return np.asarray(matrix, np.float32)


def _mean(size: int, positions: NDArray[np.float64], step: float) -> NDArray[np.float32]:
    """Return the matrix that averages over intervals of `step` voxels around positions."""
    edges = np.clip(np.stack([positions - step / 2, positions + step / 2]), -0.5, size - 0.5)
    voxel = np.arange(size)
    low = np.maximum(edges[0][:, None], voxel - 0.5)
    high = np.minimum(edges[1][:, None], voxel + 0.5)
    share = np.maximum(high - low, 0.0)
    outside = share.sum(1) <= 1e-9
    share[outside, np.clip(np.round(positions[outside]), 0, size - 1).astype(np.intp)] = 1.0
    matrix: NDArray[np.float32] = (share / share.sum(1, keepdims=True)).astype(np.float32)
    return matrix


def _apply(hu: NDArray[np.int16], weights: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Multiply each axis by its matrix, slice by slice so that memory stays small."""
    by_slice, by_row, by_column = weights
    plane = np.empty((hu.shape[0], len(by_row), len(by_column)), np.float32)
    columns = np.ascontiguousarray(by_column.T)
    for i in range(hu.shape[0]):
        plane[i] = by_row @ (hu[i].astype(np.float32) @ columns)
    out = by_slice @ plane.reshape(hu.shape[0], -1)
    return out.reshape(len(by_slice), *plane.shape[1:])
