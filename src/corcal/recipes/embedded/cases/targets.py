"""The targets of a training voxel in the bits of a uint16: labels, and the trust in them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from corcal.core.artery import Artery

#: What the embedded segmenter detects in every voxel. The last three are there to teach it what
#: is not coronary calcium.
DETECTED = ("artery", "calcification", "heart", "aorta", "other_calcification")

CODE_MASK = 0b111  # bits 0 to 2: label code 0 to 6
HEART, AORTA, OTHER = 1 << 3, 1 << 4, 1 << 5
#: The artery's course is not known here: its whole region is not trained.
UNKNOWN_VESSEL = {artery: 1 << (6 + i) for i, artery in enumerate(Artery)}
UNKNOWN_CALCIUM, UNKNOWN_HEART, UNKNOWN_AORTA, UNKNOWN_OTHER = 1 << 9, 1 << 10, 1 << 11, 1 << 12


def encode(codes: NDArray[np.uint8], flags: dict[int, NDArray[np.bool_]]) -> NDArray[np.uint16]:
    """Return packed targets.

    Args:
        codes: uint8 label codes 0 to 6.
        flags: for each flag bit, where it is set.
    """
    packed = codes.astype(np.uint16)
    for bit, where in flags.items():
        packed[where] |= np.uint16(bit)
    return packed


def decode(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return targets and weights of `DETECTED`, float32 (batch, channel, slice, row, column).

    Where any artery's course is not known, a voxel without a label teaches nothing of arteries.

    Args:
        packed: int32 (batch, slice, row, column) as `encode` packs it.
    """
    code = packed & CODE_MASK
    unknown_vessel = sum(UNKNOWN_VESSEL.values())
    rows = (
        (code > 0, ((packed & unknown_vessel) == 0) | (code > 0)),
        (code >= min(a.calcium_code for a in Artery), (packed & UNKNOWN_CALCIUM) == 0),
        ((packed & HEART) != 0, (packed & UNKNOWN_HEART) == 0),
        ((packed & AORTA) != 0, (packed & UNKNOWN_AORTA) == 0),
        ((packed & OTHER) != 0, (packed & UNKNOWN_OTHER) == 0),
    )
    targets = torch.stack([t for t, _ in rows], 1).float()
    return targets, torch.stack([w for _, w in rows], 1).float()


def territories(packed: torch.Tensor) -> torch.Tensor:
    """Return whose artery a labelled voxel is: int64 0 RCA, 1 LAD, 2 LCX, -100 unlabelled.

    Args:
        packed: int32 (batch, slice, row, column) as `encode` packs it.
    """
    code = packed & CODE_MASK
    return torch.where(code > 0, (code - 1) % 3, torch.full_like(code, -100)).long()
