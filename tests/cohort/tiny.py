"""Tiny distinct scans, and models that find a heart and arteries in each of them."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS, Artery
from corcal.core.grid import Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.settings import Settings
from corcal.storage import write_nifti

SHAPE = (22, 24, 24)
SPACING_MM = (5.0, 5.0, 5.0)
#: Working voxels as large as those of the scans.
SETTINGS = Settings.from_dict(
    {"preparation": {"spacing_mm": [5.0, 5.0, 5.0], "padding_voxels": [1, 1, 1]}}, "tests"
)
#: In the first voxel: what a worker does instead of scoring; at `HANG` it stops until it is killed.
KILL, HANG, SLOW, CRASH, HOARD, TOO_MUCH = 2000, 2001, 2002, 2003, 2004, 2005
#: So much memory a worker takes that meets `HOARD`.
HOARD_MB = 1500


def write_scan(path: Path, seed: int, *, first_hu: int = 0) -> None:
    """Write a scan as NIfTI: a body of 40 HU with a plaque of its own in each third of its heart.

    Args:
        path: the file.
        seed: of the plaques.
        first_hu: of the first voxel; see `KILL`.
    """
    rng = np.random.default_rng(seed)
    hu = np.full(SHAPE, 40, np.int16)
    hu[:, :2] = -1000
    for column in (7, 11, 15):
        if rng.random() < 0.7:
            at = rng.integers(8, 12), rng.integers(8, 12), column
            hu[at[0] : at[0] + 2, at[1] : at[1] + 2, column] = rng.integers(150, 900)
    hu[0, 0, 0] = first_hu
    path.parent.mkdir(parents=True, exist_ok=True)
    write_nifti(path, hu, Grid.axial(SHAPE, SPACING_MM).affine)


def write_scans(folder: Path, count: int) -> list[Path]:
    """Write so many distinct scans, and return their files."""
    paths = [folder / f"DOE_JANE_{seed:04d}.nii.gz" for seed in range(count)]
    for seed, path in enumerate(paths):
        write_scan(path, seed)
    return paths


def hangs_in_child(process: int) -> bool:
    """Return whether a child of a process has met `HANG`, as Linux tells."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return any(_state(int(child)) == "T" for child in children.split())


def _state(process: int) -> str:
    try:
        words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    # After the name, which stands in brackets and may hold any sign.
    return words.rpartition(")")[2].split()[0]


@dataclass(frozen=True)
class BoxHeart:
    """Takes the middle of a scan for its heart; obeys `KILL` and those beside it."""

    name: str = "box heart 1"
    sha256: str = "c3"
    device: str = "cpu"

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        corner = int(hu.max())
        if corner == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if corner == HANG:
            # It needs no time and gets none: nothing hangs on the speed of the machine.
            os.kill(os.getpid(), signal.SIGSTOP)
        if corner == SLOW:
            time.sleep(1)
        if corner == CRASH:
            # As a decoder does that follows a damaged file out of its memory.
            signal.raise_signal(signal.SIGSEGV)
        if corner == HOARD:
            held = np.ones((HOARD_MB, 1024, 1024), np.uint8)
            time.sleep(60 * held[0, 0, 0])
        if corner == TOO_MUCH:
            np.empty(1 << 60, np.uint8)
        heart = np.zeros(hu.shape, bool)
        heart[4:16, 4:18, 4:18] = True
        return heart, grid


@dataclass(frozen=True)
class BrightArteries:
    """Takes what reaches 130 HU for calcium, of an artery by the third of the crop."""

    name: str = "bright arteries 1"
    sha256: str = "d4"
    device: str = "cpu"
    preparation: Preparation | None = None
    trained_heart: str | None = None
    lesion_model: LesionModel | None = None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        bright = (hu >= 130) & heart
        third = np.zeros(hu.shape, np.int64)
        columns = np.flatnonzero(heart.any(axis=(0, 1)))
        third[..., :] = np.clip(3 * (np.arange(hu.shape[2]) - columns[0]) // len(columns), 0, 2)
        regions = np.zeros((len(REGIONS), *hu.shape), np.float32)
        for i in range(len(Artery)):
            regions[i] = regions[i + 3] = bright & (third == i)
        return regions


@dataclass(frozen=True)
class TinyModels:
    """Makes both; plain values, as a worker needs.

    Attributes:
        version: of the arteries' model: another one invalidates what was scored.
    """

    version: str = "d4"

    def locator(self) -> HeartLocator:
        return BoxHeart()

    def segmenter(self, members: int = 0) -> ArterySegmenter:
        del members
        return BrightArteries(sha256=self.version)
