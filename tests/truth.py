"""The truth of a phantom in place of the models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS
from corcal.core.grid import Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.phantom import PhantomCase, PhantomOptions, make_case
from corcal.pipeline import score_scan
from corcal.space.resample import nearest


@dataclass(frozen=True)
class TrueHeart:
    """Locates the heart of a phantom, whatever scan it is shown."""

    case: PhantomCase
    name: str = "true heart 1"
    sha256: str = "a1"
    device: str = "cpu"

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        return self.case.auxiliary["heart"] > 0, self.case.grid


@dataclass(frozen=True)
class TrueArteries:
    """Segments the arteries of a phantom, whatever crop it is shown."""

    case: PhantomCase
    name: str = "true arteries 2"
    sha256: str = "b2"
    device: str = "cpu"
    preparation: Preparation | None = None
    lesion_model: LesionModel | None = None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        codes = nearest(self.case.labels, self.case.grid, grid)
        regions = np.zeros((len(REGIONS), *codes.shape), np.float32)
        for region, (_, united, _) in zip(regions, REGIONS, strict=True):
            for code in united:
                region[codes == code] = 1.0
        return regions


#: Nothing but anatomy, calcium and the blur of a scanner.
QUIET = PhantomOptions(
    spacing_mm=(2.0, 1.5, 1.5),
    burden="some",
    contrast=0.0,
    motion=0.0,
    mimics=0.0,
    thickness_mm=2.0,
    noise=False,
)


@cache
def quiet_case(seed: int) -> PhantomCase:
    """Return a phantom with calcium in two arteries: not RCA in 4, not LAD in 5, not LCX in 3."""
    return make_case(seed, options=QUIET)


def score(case: PhantomCase, scan: Scan | None = None, **given: Any) -> Reading:
    """Return the reading of a phantom's scan, or of another scan of it, with its truth."""
    truth = {"locator": TrueHeart(case), "segmenter": TrueArteries(case)}
    return score_scan(scan or case.scan, **{**truth, **given})
