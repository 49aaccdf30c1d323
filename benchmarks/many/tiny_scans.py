"""Thousands of tiny scans, each with calcium of its own, and the models that fit them all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from corcal.core.artery import Artery
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.phantom import PhantomCase, make_case
from corcal.settings import Settings
from corcal.storage import nifti_bytes, replace_file
from corcal.testing import TINY, TrueArteries, TrueHeart

#: Half as fine as the tiny phantom of the tests: 32 voxels of 4.4 mm along each axis.
_MM = 4.4
_OPTIONS = replace(
    TINY, spacing_mm=(_MM, _MM, _MM), shape=(32, 32, 32), thickness_mm=_MM, burden="many"
)
#: A phantom whose calcium is seen in two arteries.
_SEED = 5
#: Working voxels as large as those of the phantom: what takes the time is then the cohort.
SETTINGS = Settings.from_dict(
    {"preparation": {"spacing_mm": [_MM, _MM, _MM], "padding_voxels": [1, 1, 1]}}, "benchmarks"
)


@dataclass(frozen=True)
class TinyModels:
    """The truth of the one phantom that every tiny scan is made from."""

    seed: int = _SEED

    @cached_property
    def _case(self) -> PhantomCase:
        return make_case(self.seed, options=_OPTIONS)

    def locator(self) -> HeartLocator:
        """Return what knows the heart."""
        return TrueHeart(self._case)

    def segmenter(self, members: int = 0) -> ArterySegmenter:
        """Return what knows the arteries."""
        del members
        return TrueArteries(self._case)


def write_tiny_scans(folder: Path, count: int) -> None:
    """Write so many scans of 32 x 32 x 32 voxels as NIfTI; those that are there stay.

    In each the calcium of each artery has a density of its own, and a tenth of the arteries with
    calcium have none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    case = make_case(_SEED, options=_OPTIONS)
    calcium = [case.labels == artery.calcium_code for artery in Artery]
    for number in range(count):
        path = folder / f"{number:05d}.nii.gz"
        if path.exists():
            continue
        rng = np.random.default_rng(number)
        hu = case.scan.hu.copy()
        for voxels in calcium:
            factor = rng.uniform(0.8, 4.0) if rng.random() < 0.9 else 0.0
            hu[voxels] = np.rint(40 + (hu[voxels] - 40.0) * factor)
        # What no density tells apart, the air in a corner does; -1024 is the lowest that is read.
        digits = np.unravel_index(number, (20, 20, 20, 20))
        hu[0, 0, :4] = -1000 - np.array(digits)
        replace_file(path, nifti_bytes(hu, case.grid.affine))
