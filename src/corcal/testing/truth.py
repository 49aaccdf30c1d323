"""The truth of a phantom in place of the models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS
from corcal.core.grid import Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation
from corcal.core.reading import Reading
from corcal.phantom import PhantomCase
from corcal.pipeline import score_scan
from corcal.settings import Settings
from corcal.space import nearest


@dataclass(frozen=True)
class TrueHeart:
    """A heart locator that gives the heart of a phantom, whatever scan it gets.

    Attributes:
        case: the phantom.
        name: for the report.
        sha256: for the report.
        device: for the report.
    """

    case: PhantomCase
    name: str = "true heart 1"
    sha256: str = "a1"
    device: str = "cpu"

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the pericardial sac, bool (slice, row, column), and the phantom's grid."""
        return self.case.auxiliary["heart"] > 0, self.case.grid


@dataclass(frozen=True)
class TrueArteries:
    """An artery segmenter that gives the arteries of a phantom, whatever crop it gets.

    Attributes:
        case: the phantom.
        name: for the report.
        sha256: for the report.
        device: for the report.
        preparation: see `corcal.core.steps.ArterySegmenter`.
        trained_heart: see `corcal.core.steps.ArterySegmenter`.
        lesion_model: see `corcal.core.steps.ArterySegmenter`.
    """

    case: PhantomCase
    name: str = "true arteries 2"
    sha256: str = "b2"
    device: str = "cpu"
    preparation: Preparation | None = None
    trained_heart: str | None = None
    lesion_model: LesionModel | None = None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return 1 in the six regions and 0 elsewhere, float32 (6, slice, row, column)."""
        codes = nearest(self.case.labels, self.case.grid, grid)
        regions = np.zeros((len(REGIONS), *codes.shape), np.float32)
        for channel, region in zip(regions, REGIONS, strict=True):
            for code in region.codes:
                channel[codes == code] = 1.0
        return regions


@dataclass(frozen=True)
class TrueModels:
    """Both, where `corcal.score` takes `models`.

    Attributes:
        case: the phantom.
    """

    case: PhantomCase

    def locator(self) -> TrueHeart:
        """Return what gives the heart."""
        return TrueHeart(self.case)

    def segmenter(self, members: int = 0) -> TrueArteries:
        """Return what gives the arteries."""
        del members
        return TrueArteries(self.case)


def score_phantom(case: PhantomCase, settings: Settings | None = None) -> Reading:
    """Return the reading of a phantom's scan by its own truth: no model is needed.

    Args:
        case: the phantom.
        settings: every number of the method; the defaults when None.

    Raises:
        InputRefused: as `corcal.pipeline.score_scan`.
    """
    return score_scan(
        case.scan, settings=settings, locator=TrueHeart(case), segmenter=TrueArteries(case)
    )
