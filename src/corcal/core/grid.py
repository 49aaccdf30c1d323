"""The place of the voxels of an array in the patient."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box, Index
from corcal.core.errors import GridMismatch

MM3_PER_ML = 1000.0


@dataclass(frozen=True, eq=False, repr=False)
class Grid:
    """A regular grid of voxel centres.

    Attributes:
        shape: voxels along (slice, row, column).
        affine: float64 (4, 4), voxel index (slice, row, column, 1) to patient
            coordinates in mm, LPS: x to the Left, y to the Posterior, z to the head.
        frame_of_reference: DICOM Frame of Reference UID, or "" when unknown.

    Raises:
        ValueError: the affine is singular or not finite, or the shape is not three whole numbers
            above 0.
    """

    shape: Index
    affine: NDArray[np.float64]
    frame_of_reference: str = ""

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise ValueError("a grid needs a finite 4 x 4 affine")
        if abs(np.linalg.det(affine[:3, :3])) < 1e-9:
            raise ValueError("the affine of a grid must not be singular")
        if not isinstance(self.shape, tuple) or not _is_shape(self.shape):
            raise ValueError(f"the shape of a grid is three whole numbers, not {self.shape!r}")
        if min(self.shape) < 1:
            raise ValueError(f"a grid of shape {self.shape} holds no voxels")
        affine.flags.writeable = False
        object.__setattr__(self, "affine", affine)

    def __repr__(self) -> str:
        sides = " x ".join(str(n) for n in self.shape)
        spacing = " x ".join(f"{s:.3g}" for s in self.spacing_mm)
        return f"<Grid: {sides} voxels of {spacing} mm>"

    @classmethod
    def axial(
        cls,
        shape: Index,
        spacing_mm: tuple[float, float, float],
        origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> Grid:
        """Return an axial grid: slices to the head, rows to the back, columns to the left.

        Args:
            shape: (slice, row, column).
            spacing_mm: (slice, row, column).
            origin_mm: LPS position of voxel (0, 0, 0).
        """
        affine = np.eye(4)
        affine[:3, :3] = 0.0
        affine[2, 0], affine[1, 1], affine[0, 2] = spacing_mm
        affine[:3, 3] = origin_mm
        return cls(shape, affine)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between voxel centres along (slice, row, column)."""
        s = np.linalg.norm(self.affine[:3, :3], axis=0)
        return (float(s[0]), float(s[1]), float(s[2]))

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel."""
        return float(abs(np.linalg.det(self.affine[:3, :3])))

    @property
    def directions(self) -> NDArray[np.float64]:
        """Unit vectors (3, 3): column i is the LPS direction of index axis i."""
        unit: NDArray[np.float64] = self.affine[:3, :3] / np.array(self.spacing_mm)
        return unit

    def to_lps(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return LPS mm (n, 3) of voxel indices (n, 3) in (slice, row, column) order."""
        points: NDArray[np.float64] = index @ self.affine[:3, :3].T + self.affine[:3, 3]
        return points

    def to_index(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return fractional voxel indices (n, 3) of LPS points (n, 3) in mm."""
        inverse = np.linalg.inv(self.affine)
        index: NDArray[np.float64] = points_mm @ inverse[:3, :3].T + inverse[:3, 3]
        return index

    def cut(self, box: Box) -> Grid:
        """Return the grid of the voxels in a box; the affine moves with the cut.

        Raises:
            ValueError: the box reaches outside this grid.
        """
        if min(box.start) < 0 or any(b > n for b, n in zip(box.stop, self.shape, strict=True)):
            raise ValueError(f"box {box.start} to {box.stop} leaves the grid {self.shape}")
        return self.extend_to(box)

    def extend_to(self, box: Box) -> Grid:
        """Return the grid of a box that may reach beyond this grid."""
        affine = self.affine.copy()
        affine[:3, 3] = self.to_lps(np.array([box.start], dtype=np.float64))[0]
        return Grid(box.shape, affine, self.frame_of_reference)

    def with_spacing(self, spacing_mm: tuple[float, float, float]) -> Grid:
        """Return a grid over the same field of view with another spacing.

        The outer faces of the first voxels coincide; the shape is the nearest
        whole number of voxels, as nnU-Net computes it.
        """
        old = np.array(self.spacing_mm)
        new = np.array(spacing_mm, dtype=np.float64)
        shape = np.maximum(1, np.round(np.array(self.shape) * old / new)).astype(int)
        # The true step divides the field of view evenly, so that both outer faces meet.
        step = np.array(self.shape) / shape
        affine = self.affine.copy()
        affine[:3, :3] = self.affine[:3, :3] * step
        affine[:3, 3] = self.to_lps(((step - 1) / 2)[None])[0]
        return Grid((int(shape[0]), int(shape[1]), int(shape[2])), affine, self.frame_of_reference)

    def matches(self, other: Grid, tolerance_mm: float = 0.01) -> bool:
        """Tell whether two grids put every voxel within a tolerance of the same place."""
        if self.shape != other.shape:
            return False
        corners = np.array(np.meshgrid(*[[0.0, n - 1.0] for n in self.shape])).reshape(3, -1).T
        apart = np.abs(self.to_lps(corners) - other.to_lps(corners)).max()
        return bool(apart <= tolerance_mm)

    def require_same(self, other: Grid, what: str) -> None:
        """Refuse another grid.

        Raises:
            GridMismatch: shape, position or frame of reference differ.
        """
        named = self.frame_of_reference and other.frame_of_reference
        if named and self.frame_of_reference != other.frame_of_reference:
            raise GridMismatch(f"{what}: another frame of reference, so another patient or study")
        if not self.matches(other):
            raise GridMismatch(
                f"{what}: {_describe(other)} is not the scan's {_describe(self)}. Do the two "
                "belong together? If so, save it on the scan's own voxels"
            )


def _is_shape(shape: tuple[object, ...]) -> bool:
    return len(shape) == 3 and all(isinstance(n, Integral) for n in shape)


def _describe(grid: Grid) -> str:
    spacing = " x ".join(f"{s:.3f}" for s in grid.spacing_mm)
    ends = grid.to_lps(np.array([[0.0, 0.0, 0.0], [n - 1.0 for n in grid.shape]]))
    first, last = (", ".join(f"{v:.1f}" for v in end) for end in ends)
    return f"grid {grid.shape} at {spacing} mm from ({first}) to ({last})"
