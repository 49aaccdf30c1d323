"""Prepared hearts to cut patches from: on disk, or in the memory of the training device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from corcal.core.box import Box
from corcal.recipes.embedded.cases.bank import Case, load_case
from corcal.recipes.embedded.cases.insertions import insert_calcium

#: Probability that a patch of a real scan with traced arteries gets deposits and look-alikes.
INSERT = 0.7


class Heart(Protocol):
    """A case whose voxels can be cut."""

    @property
    def case(self) -> Case:
        """The facts known of the heart."""

    def cut(self, box: Box, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Return HU and packed targets of a part, float32 (1, 1, slice, row, column)."""


@dataclass(frozen=True, eq=False)
class HeartOnDisk:
    """A heart whose voxels are read when they are needed; deposits are put into each patch.

    Attributes:
        case: with its arrays on disk.
        insert: probability of putting deposits into a part of a real scan with traced arteries.
        alike: put look-alikes into it, too.
        device: where the parts go.
    """

    case: Case
    insert: float = INSERT
    alike: bool = True
    device: str = "cpu"

    def cut(self, box: Box, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Return HU and packed targets of a part, float32 (1, 1, slice, row, column)."""
        case = self.case
        hu = np.asarray(case.hu[box.slices], np.float32)
        packed = np.asarray(case.packed[box.slices])
        if case.kind == "real" and case.courses and rng.random() < self.insert:
            packed = insert_calcium(case, box, hu, packed, rng, self.alike)
        # Copies: what lies on disk must not be written to.
        image = torch.tensor(hu[None, None], device=self.device)
        return image, torch.tensor(packed.astype(np.float32)[None, None], device=self.device)


@dataclass(frozen=True, eq=False)
class HeartInMemory:
    """A heart whose voxels are in the device's memory, as they are.

    Attributes:
        case: what is known of it; its arrays are not read.
        hu: int16 (slice, row, column).
        packed: int16 (slice, row, column): no target needs the highest bit.
    """

    case: Case
    hu: torch.Tensor
    packed: torch.Tensor

    def cut(self, box: Box, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Return HU and packed targets of a part, float32 (1, 1, slice, row, column)."""
        del rng
        return self.hu[box.slices].float()[None, None], self.packed[box.slices].float()[None, None]


def heart_in_memory(case: Case, device: str) -> HeartInMemory:
    """Return a heart with its voxels copied to a device."""
    hu = torch.tensor(np.asarray(case.hu), device=device)
    packed = torch.tensor(np.asarray(case.packed).astype(np.int16), device=device)
    return HeartInMemory(case, hu, packed)


class HeartStore:
    """Hearts of a bank, in the device's memory as far as it goes, the others on disk.

    Deposits are not put into them: workers put real scans with deposits into the bank.
    """

    def __init__(self, device: str, memory_gb: float) -> None:
        """Begin empty.

        Args:
            device: where hearts or their parts go.
            memory_gb: how much of its memory hearts may take.
        """
        self._device, self._left = device, memory_gb * 1e9
        self._hearts: dict[str, Heart] = {}

    @property
    def left_gb(self) -> float:
        """Return how much more of the device's memory hearts may take."""
        return self._left / 1e9

    def heart(self, folder: Path) -> Heart:
        """Return the heart of a case's folder; each is read once."""
        kept = self._hearts.get(folder.name)
        if kept is None:
            kept = self._hearts[folder.name] = self._read(load_case(folder))
        return kept

    def _read(self, case: Case) -> Heart:
        need = 4.0 * float(np.prod(case.grid.shape))  # two arrays of 2 bytes a voxel
        if need > self._left:
            return HeartOnDisk(case, insert=0.0, device=self._device)
        self._left -= need
        return heart_in_memory(case, self._device)
