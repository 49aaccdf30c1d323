"""From six region probabilities to six labels, as the paper paints them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import REGIONS, Artery


def paint(probabilities: NDArray[np.float32], threshold: float) -> NDArray[np.uint8]:
    """Return label codes 0 to 6; each region paints over those before it.

    Args:
        probabilities: float32 (6, slice, row, column), in the order of `REGIONS`.
        threshold: a voxel belongs to a region above this probability.

    Raises:
        ValueError: another number of channels.
    """
    if len(probabilities) != len(REGIONS):
        raise ValueError(f"{len(REGIONS)} regions are painted, not {len(probabilities)}")
    codes = np.zeros(probabilities.shape[1:], np.uint8)
    for channel, region in zip(probabilities, REGIONS, strict=True):
        codes[channel > threshold] = region.code
    return codes


def add_candidates(
    codes: NDArray[np.uint8], probabilities: NDArray[np.float32], least: float
) -> None:
    """Paint, in place, what may be calcium though the network is not convinced.

    Each such voxel goes to the artery whose calcium it most probably is.

    Args:
        codes: uint8 (slice, row, column), as `paint` gives them.
        probabilities: float32 (6, slice, row, column), in the order of `REGIONS`.
        least: a voxel is a candidate above this probability.
    """
    calcium = probabilities[len(Artery) :]
    first = min(a.calcium_code for a in Artery)
    where = (calcium.max(0) > least) & (codes < first)
    codes[where] = first + calcium[:, where].argmax(0).astype(np.uint8)
