"""The targets of a training voxel in the bits of a uint16: labels, and the trust in them."""

from __future__ import annotations

import numpy as np
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
