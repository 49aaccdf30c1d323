"""Overlap of two masks, voxel by voxel, with every empty case defined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import MM3_PER_ML, Grid
from corcal.evaluate.overlap.surface import SurfaceDistance, surface_distance


@dataclass(frozen=True)
class Overlap:
    """Two masks of one thing compared.

    Both empty: agreement, but nothing to overlap, so Dice and Jaccard are undefined rather
    than 0 or 1. One empty: Dice and Jaccard are 0, the surface distance is undefined.

    Attributes:
        predicted_ml: volume of the prediction.
        reference_ml: volume of the reference.
        shared_ml: volume of what lies in both.
        surface: how far apart the surfaces lie; None where either is empty.
    """

    predicted_ml: float
    reference_ml: float
    shared_ml: float
    surface: SurfaceDistance | None

    @property
    def dice(self) -> float | None:
        """Shared volume over the mean of both (Dice, Ecology 1945, 26, 297); None if undefined."""
        return _dice(self.shared_ml, self.predicted_ml + self.reference_ml)

    @property
    def jaccard(self) -> float | None:
        """Shared volume over the volume of either: volume overlap; None if undefined."""
        either = self.predicted_ml + self.reference_ml - self.shared_ml
        return self.shared_ml / either if either else None

    @property
    def mean_surface_mm(self) -> float | None:
        """Average symmetric surface distance; None if undefined."""
        return self.surface.mean_mm if self.surface else None

    @property
    def hd95_mm(self) -> float | None:
        """95th percentile Hausdorff distance; None if undefined."""
        return self.surface.hd95_mm if self.surface else None

    @property
    def difference_ml(self) -> float:
        """Predicted minus reference volume."""
        return self.predicted_ml - self.reference_ml

    @property
    def presence(self) -> str:
        """Sides that have it: "both", "prediction", "reference" or "neither"."""
        if self.predicted_ml and self.reference_ml:
            return "both"
        if self.predicted_ml:
            return "prediction"
        return "reference" if self.reference_ml else "neither"


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Return Dice of two masks of one shape; None where both are empty."""
    both = int(np.count_nonzero(first) + np.count_nonzero(second))
    return _dice(int(np.count_nonzero(first & second)), both)


def _dice(shared: float, total: float) -> float | None:
    return 2 * shared / total if total else None


def overlap_of(predicted: NDArray[np.bool_], reference: NDArray[np.bool_], grid: Grid) -> Overlap:
    """Return how far two masks on one grid cover each other.

    Args:
        predicted: bool (slice, row, column).
        reference: bool (slice, row, column).
        grid: where the voxels lie.
    """
    voxel_ml = grid.voxel_mm3 / MM3_PER_ML
    return Overlap(
        np.count_nonzero(predicted) * voxel_ml,
        np.count_nonzero(reference) * voxel_ml,
        np.count_nonzero(predicted & reference) * voxel_ml,
        surface_distance(predicted, reference, grid),
    )
