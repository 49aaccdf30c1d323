"""What a training voxel knows: labels and where they may be trusted, in the bits of a uint16."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from corcal.core.artery import REGIONS, Artery

#: Output channels of the embedded segmenter: the paper's six regions, then auxiliary targets
#: that teach it what is not coronary calcium.
CHANNELS = (*[name for name, _, _ in REGIONS], "heart", "aorta", "other_calcification")

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
    """Return targets and weights, each float32 (batch, channel, slice, row, column).

    Args:
        packed: int32 (batch, slice, row, column) as `encode` packs it.
    """
    code = packed & CODE_MASK
    known_calcium = (packed & UNKNOWN_CALCIUM) == 0
    targets, weights = [], []
    for artery in Artery:
        calcium = code == artery.calcium_code
        targets.append((code == artery.vessel_code) | calcium)
        weights.append(((packed & UNKNOWN_VESSEL[artery]) == 0) | (code > 0))
    for artery in Artery:
        targets.append(code == artery.calcium_code)
        weights.append(known_calcium)
    pairs = ((HEART, UNKNOWN_HEART), (AORTA, UNKNOWN_AORTA), (OTHER, UNKNOWN_OTHER))
    for bit, unknown in pairs:
        targets.append((packed & bit) != 0)
        weights.append((packed & unknown) == 0)
    return torch.stack(targets, 1).float(), torch.stack(weights, 1).float()
