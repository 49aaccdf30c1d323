"""Pieces of drawn calcium, and the arteries they touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.space import components


@dataclass(frozen=True, eq=False)
class DrawnLesion:
    """One piece of calcium, connected through faces, edges or corners of voxels.

    Attributes:
        index: (n, 3), its voxels as (slice, row, column).
        touched: the arteries it lies in or beside; none for an orphan.
        owners: uint8 (n,), vessel code of the artery that each voxel belongs to, 0 for an orphan.
    """

    index: NDArray[np.intp]
    touched: tuple[Artery, ...]
    owners: NDArray[np.uint8]


def lesions_of(
    calcium: NDArray[np.bool_], vessels: NDArray[np.uint8], grid: Grid
) -> list[DrawnLesion]:
    """Return the pieces of calcium and whose they are, largest first.

    A voxel inside an artery is that artery's. The other voxels of a piece go to the nearest of
    the arteries that the piece touches: that fill a voxel of it or next to it.

    Args:
        calcium: bool (slice, row, column).
        vessels: uint8, vessel codes 1 to 3 of the arteries with their calcium, 0 elsewhere.
        grid: of both.
    """
    index = np.argwhere(calcium)
    number = components(index, 26)
    order = np.argsort(number, kind="stable")
    pieces = np.split(index[order], np.flatnonzero(np.diff(number[order])) + 1)
    found = [_with_owner(piece, vessels, grid) for piece in pieces if len(piece)]
    return sorted(found, key=lambda lesion: -len(lesion.index))


def nearest_artery(
    index: NDArray[np.intp], vessels: NDArray[np.uint8], grid: Grid
) -> tuple[Artery, float] | None:
    """Return the artery nearest to some voxels and how far it is, mm between voxel centres.

    None where no artery was drawn.
    """
    arteries = np.argwhere(vessels)
    if not len(arteries):
        return None
    tree = cKDTree(_mm(arteries, grid))
    distance, which = (np.atleast_1d(found) for found in tree.query(_mm(index, grid)))
    closest = int(np.argmin(distance))
    code = int(vessels[tuple(arteries[which[closest]])])
    return list(Artery)[code - 1], float(distance[closest])


def _with_owner(index: NDArray[np.intp], vessels: NDArray[np.uint8], grid: Grid) -> DrawnLesion:
    low = np.maximum(index.min(axis=0) - 1, 0)
    high = index.max(axis=0) + 2
    near = vessels[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    mask = np.zeros(near.shape, dtype=np.bool_)
    mask[tuple((index - low).T)] = True
    codes = np.unique(near[binary_dilation(mask, np.ones((3, 3, 3), bool))])
    codes = codes[codes > 0]
    owners = vessels[tuple(index.T)].copy()
    outside = owners == 0
    if len(codes) and outside.any():
        beside = np.argwhere(near)
        _, which = cKDTree(_mm(beside + low, grid)).query(_mm(index[outside], grid))
        owners[outside] = near[tuple(beside[which].T)]
    return DrawnLesion(index, tuple(list(Artery)[int(c) - 1] for c in codes), owners)


def _mm(index: NDArray[np.intp], grid: Grid) -> NDArray[np.float64]:
    return grid.to_lps(index.astype(np.float64))
