"""The artery and calcium segmenter that ships with corcal: one network, or the mean of several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.errors import ModelRefused, SettingsRefused
from corcal.core.grid import MM3_PER_ML, Grid
from corcal.core.lesion_model import FEATURES, LesionModel
from corcal.core.preparation import Preparation
from corcal.runtime import Engine, pad_to_multiple
from corcal.segment.frame import heart_frame

#: Space-to-depth by 2, then four halvings.
MULTIPLE = 32

MODELS = Path(__file__).parent / "models"

_FIRST = "arteries"
_NETWORK_FILE = re.compile(rf"({_FIRST}(-\d+)?)\.(xml|bin)")


def member_name(number: int) -> str:
    """Return the stem of a member's files: arteries, arteries-2, arteries-3, ...

    Args:
        number: of the member, from 1 on.
    """
    return _FIRST if number == 1 else f"{_FIRST}-{number}"


class EmbeddedSegmenter:
    """Finds the six regions in one pass over the whole heart crop.

    Several networks, its members, may lie in the folder under one manifest, `arteries.json`. Each
    is run in turn, and the probabilities are their mean.

    Attributes:
        manifest: what `arteries.json` says.
        members: the networks that are run.
        lesion_model: model of its candidate lesions; None: their mean probability decides.
    """

    #: It takes crops of any padding.
    preparation: Preparation | None = None
    #: It was trained on hearts that were drawn.
    trained_heart: str | None = None
    device = Engine.device

    def __init__(self, folder: Path = MODELS, members: int = 0) -> None:
        """Check the files of all networks, those that are not run as well.

        Args:
            folder: where they are.
            members: only the first so many are run; 0 runs all.

        Raises:
            ModelRefused: a file is absent or changed.
            SettingsRefused: there are not so many members.
        """
        first = Engine(folder, _FIRST)
        names = _member_names(first.manifest["files"], folder)
        if members > len(names):
            raise SettingsRefused(
                f"segmentation.members is {members}, but the artery segmenter has {len(names)}: "
                f"give 1 to {len(names)}, or 0 for all"
            )
        self.manifest = first.manifest
        self._sha256, self._there = first.sha256, len(names)
        self.members = (first, *map(first.sibling, names[1:]))[: members or None]
        facts = self.manifest.get("lesion_model")
        self.lesion_model = None if facts is None else _lesion_model(facts)

    @property
    def name(self) -> str:
        """Name and version, and how many members run where there are several."""
        name, count = self.members[0].name, len(self.members)
        if self._there == 1:
            return name
        return f"{name} ({count} of {self._there} members)"

    @property
    def sha256(self) -> str:
        """One hash over the files of all members, run or not, and over the lesion model."""
        return self._sha256

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return the probability of each region: float32 (6, slice, row, column).

        Args:
            hu: float32 (slice, row, column), the prepared crop.
            heart: the located heart on the same voxels, not empty.
            grid: where they lie, at the prepared spacing.
        """
        padded = pad_to_multiple(hu, MULTIPLE, -1000.0)
        centre = grid.to_lps(_centroid(heart)[None])[0]
        heart_ml = float(heart.sum()) * grid.voxel_mm3 / MM3_PER_ML
        frame = heart_frame(_halve(grid, padded.shape), centre, heart_ml)
        inputs = {"hu": padded[None, None], "frame": frame[None]}
        a, b, c = hu.shape
        if len(self.members) == 1:
            regions: NDArray[np.float32] = self.members[0].run(inputs)[0][:, :a, :b, :c]
            return regions
        mean = np.zeros((6, a, b, c), np.float32)
        for member in self.members:
            mean += member.run(inputs)[0][:, :a, :b, :c]
            # Two networks at work would need twice the memory.
            member.free_memory()
        mean /= np.float32(len(self.members))
        return mean


def _member_names(files: Iterable[str], folder: Path) -> list[str]:
    """Return the stems of all members that a manifest names, in their order.

    Raises:
        ModelRefused: a number is left out.
    """
    found = {match[1] for match in map(_NETWORK_FILE.fullmatch, files) if match}
    names = [member_name(number) for number in range(1, len(found) + 1)]
    if found != set(names):
        raise ModelRefused(
            f"model manifest {folder / f'{_FIRST}.json'} names the networks {sorted(found)}: "
            "their numbers must follow each other; reinstall corcal"
        )
    return names


def _lesion_model(facts: dict[str, Any]) -> LesionModel:
    """Return the lesion model that a manifest describes; a measure it leaves out says nothing."""
    weights = tuple(float(facts["weights"].get(name, 0.0)) for name in FEATURES)
    rca, lad, lcx = (float(facts["missed"][a.value]) for a in Artery)
    return LesionModel(weights, float(facts["bias"]), (rca, lad, lcx))


def _centroid(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean index of the true voxels."""
    centre = np.empty(3)
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        centre[axis] = np.average(np.arange(mask.shape[axis]), weights=mask.sum(axis=others))
    return centre


def _halve(grid: Grid, shape: tuple[int, ...]) -> Grid:
    """Return the grid of 2 x 2 x 2 blocks of a padded crop."""
    affine = grid.affine.copy()
    affine[:3, :3] *= 2.0
    affine[:3, 3] = grid.to_lps(np.full((1, 3), 0.5))[0]
    return Grid((shape[0] // 2, shape[1] // 2, shape[2] // 2), affine)
