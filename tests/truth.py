"""The truth of a phantom in place of the models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS
from corcal.core.grid import Grid
from corcal.phantom.case import PhantomCase
from corcal.space.resample import nearest


@dataclass(frozen=True)
class TrueHeart:
    """Locates the heart of a phantom, whatever scan it is shown."""

    case: PhantomCase
    name: str = "true heart 1"
    sha256: str = "a1"

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        return self.case.auxiliary["heart"] > 0, self.case.grid


@dataclass(frozen=True)
class TrueArteries:
    """Segments the arteries of a phantom, whatever crop it is shown."""

    case: PhantomCase
    name: str = "true arteries 2"
    sha256: str = "b2"

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        codes = nearest(self.case.labels, self.case.grid, grid)
        regions = np.zeros((len(REGIONS), *codes.shape), np.float32)
        for region, (_, united, _) in zip(regions, REGIONS, strict=True):
            for code in united:
                region[codes == code] = 1.0
        return regions
