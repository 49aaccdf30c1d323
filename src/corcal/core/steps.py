"""The two steps that a model may take over, and what such a model must offer.

The arrays handed over may be read-only and may be views; they are the caller's, to be read only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import MM3_PER_ML, Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation


class Model(Protocol):
    """A model, and all that it says of itself for the report."""

    @property
    def name(self) -> str:
        """Name and version."""

    @property
    def sha256(self) -> str:
        """Hash of the model's files, "" for one without."""

    @property
    def device(self) -> str:
        """Device on which its network runs: "cpu" or "cuda"."""


@dataclass(frozen=True, eq=False)
class LocatedHeart:
    """The heart as a locator found it.

    Attributes:
        mask: bool (slice, row, column), its largest connected part.
        grid: the mask's grid.
    """

    mask: NDArray[np.bool_]
    grid: Grid

    @property
    def volume_ml(self) -> float:
        """Volume of the mask."""
        return float(self.mask.sum()) * self.grid.voxel_mm3 / MM3_PER_ML


@runtime_checkable
class HeartLocator(Model, Protocol):
    """Finds the heart in a scan."""

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the heart as a mask and the grid it is on.

        The mask is bool, with no true voxel where no heart is found. Its grid may be coarser or
        finer than the scan's and cover another part of the patient, but has its directions.

        Args:
            hu: int16 (slice, row, column).
            grid: the scan's grid.
        """


@runtime_checkable
class ArterySegmenter(Model, Protocol):
    """Finds arteries and calcium in a heart crop."""

    @property
    def preparation(self) -> Preparation | None:
        """Preparation of crops that it insists on, over the user's settings; None takes any."""

    @property
    def trained_heart(self) -> str | None:
        """Name and hash of the locator that found the hearts of its training; None: not known."""

    @property
    def lesion_model(self) -> LesionModel | None:
        """Model of its candidate lesions; None: their mean probability decides."""

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


@runtime_checkable
class ModelSource(Protocol):
    """Makes the models of both steps; a cohort sends it to its workers, so it must be picklable."""

    def locator(self) -> HeartLocator:
        """Return what finds the heart."""

    def segmenter(self, members: int = 0) -> ArterySegmenter:
        """Return what finds the arteries.

        Args:
            members: of a segmenter that is several networks the first so many are to run, all
                where it is 0; others have no use for it.
        """
