"""Lay voxels of another array on a scan, where that needs no resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Index
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid

#: Voxels by which an array may lie beside the scan's and still be the same: headers round.
_SLACK = 0.1


@dataclass(frozen=True, eq=False)
class Alignment:
    """The whole-voxel move, turn or flip that makes the voxels of an array those of a scan.

    Attributes:
        turn: int (3, 3), index of the array to index of the scan.
        offset: int (3,), the scan's index of the array's first voxel.
        target: the scan's grid.
        what: the array, for messages.
    """

    turn: NDArray[np.intp]
    offset: NDArray[np.intp]
    target: Grid
    what: str

    def place(self, index: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
        """Return the scan's voxels, as an index, of voxels (n, 3) of the array.

        Raises:
            GridMismatch: some lie outside the scan.
        """
        placed = index @ self.turn.T + self.offset
        outside = ((placed < 0) | (placed >= np.array(self.target.shape))).any(axis=1)
        if outside.any():
            raise GridMismatch(
                f"{self.what}: {np.count_nonzero(outside)} of its {len(index)} marked voxels lie "
                f"outside the scan of {_shape(self.target.shape)} voxels; it belongs to another "
                "scan, or to a longer one"
            )
        return tuple(placed.T)


def alignment(other: Grid, target: Grid, what: str) -> Alignment:
    """Return how an array's voxels are voxels of a scan: moved, turned or flipped by whole ones.

    Args:
        other: the array's grid.
        target: the scan's grid.
        what: the array, for messages.

    Raises:
        GridMismatch: only resampling would bring it there, or it is of another patient.
    """
    named = other.frame_of_reference and target.frame_of_reference
    if named and other.frame_of_reference != target.frame_of_reference:
        raise GridMismatch(
            f"{what}: has another frame of reference than the scan, so it is of another patient, "
            "study or acquisition"
        )
    into = np.linalg.inv(target.affine) @ other.affine
    turn = np.rint(into[:3, :3])
    corners = np.array(np.meshgrid(*[[0.0, n - 1.0] for n in other.shape])).reshape(3, -1).T
    exact = corners @ into[:3, :3].T + into[:3, 3]
    offset = np.rint(into[:3, 3])
    apart = float(np.abs(exact - (corners @ turn.T + offset)).max())
    permutes = (
        np.array_equal(np.abs(turn) @ np.ones(3), np.ones(3))
        and abs(round(float(np.linalg.det(turn)))) == 1
    )
    if not permutes or apart > _SLACK:
        raise GridMismatch(
            f"{what}: {_grid_text(other)}; the scan: {_grid_text(target)}. Its voxels are not the "
            "scan's voxels, and labels are not resampled unasked: export it on the grid of the scan"
        )
    return Alignment(turn.astype(np.intp), offset.astype(np.intp), target, what)


def _grid_text(grid: Grid) -> str:
    spacing = " x ".join(f"{s:.4g}" for s in grid.spacing_mm)
    first = ", ".join(f"{v:.1f}" for v in grid.affine[:3, 3])
    return f"{_shape(grid.shape)} voxels of {spacing} mm, the first at ({first}) mm LPS"


def _shape(shape: Index) -> str:
    return " x ".join(str(n) for n in shape)
