"""The two steps that a model may take over, and what such a model must offer.

The arrays handed over may be read-only and may be views; they are the caller's, to be read only.

A segmenter that can only take crops prepared as those of its training were may also have
`preparation`, a `corcal.settings.Preparation`: it then takes the place of the user's. Either may
have `device`, where its network runs, for the report; "cpu" where it has none.
"""

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
        """Return the heart as a mask and the grid it is on.

        The mask is bool, with no true voxel where no heart is found. Its grid may be coarser or
        finer than the scan's and cover another part of the patient, but has its directions.

        Args:
            hu: int16 (slice, row, column).
            grid: the scan's grid.
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

        Channels follow `corcal.core.artery.REGIONS`; the voxels are those of `hu`.

        Args:
            hu: float32 (slice, row, column), the prepared crop.
            heart: bool, the located heart on the same voxels; never empty.
            grid: the crop's grid, at the prepared spacing.
        """
