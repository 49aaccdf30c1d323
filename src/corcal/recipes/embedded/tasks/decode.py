"""Packed targets as tensors: what a voxel holds, how far that is known, whose artery it is."""

from __future__ import annotations

import torch

from corcal.core.artery import Artery
from corcal.recipes.embedded.cases import targets


def decode(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what is there of `DETECTED`, and what of that is known.

    Both are float32 (batch, channel, slice, row, column).

    Where any artery's course is not known, a voxel without a label teaches nothing of arteries.

    Args:
        packed: int32 (batch, slice, row, column) as `targets.encode` packs it.
    """
    code = packed & targets.CODE_MASK
    unknown_vessel = sum(targets.UNKNOWN_VESSEL.values())
    rows = (
        (code > 0, ((packed & unknown_vessel) == 0) | (code > 0)),
        (code >= min(a.calcium_code for a in Artery), (packed & targets.UNKNOWN_CALCIUM) == 0),
        ((packed & targets.HEART) != 0, (packed & targets.UNKNOWN_HEART) == 0),
        ((packed & targets.AORTA) != 0, (packed & targets.UNKNOWN_AORTA) == 0),
        ((packed & targets.OTHER) != 0, (packed & targets.UNKNOWN_OTHER) == 0),
    )
    answers = torch.stack([t for t, _ in rows], 1).float()
    return answers, torch.stack([w for _, w in rows], 1).float()


def territories(packed: torch.Tensor) -> torch.Tensor:
    """Return whose artery a labelled voxel is: int64 0 RCA, 1 LAD, 2 LCX, -100 unlabelled.

    Args:
        packed: int32 (batch, slice, row, column) as `targets.encode` packs it.
    """
    code = packed & targets.CODE_MASK
    return torch.where(code > 0, (code - 1) % 3, torch.full_like(code, -100)).long()
