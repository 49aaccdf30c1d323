"""The two steps that a model may take over, and what such a model must offer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid


class HeartLocator(Protocol):
    """Finds the heart in a scan."""

    @property
    def name(self) -> str:
        """Name and version, for the report."""

    @property
    def sha256(self) -> str:
        """Hash of the model's files, "" for one without."""

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the heart as a mask and the grid it is on, which may be coarser.

        Args:
            hu: int16 (slice, row, column).
            grid: the scan's grid; the mask's grid covers the same patient space.

        The mask is empty where no heart is found.
        """


class ArterySegmenter(Protocol):
    """Finds arteries and calcium in a heart crop."""

    @property
    def name(self) -> str:
        """Name and version, for the report."""

    @property
    def sha256(self) -> str:
        """Hash of the model's files, "" for one without."""

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return the probability of each region, float32 (6, slice, row, column).

        Channels follow `corcal.core.artery.REGIONS`.

        Args:
            hu: float32 (slice, row, column), the prepared crop.
            heart: the located heart on the same grid.
            grid: the crop's grid, at the prepared spacing.
        """
