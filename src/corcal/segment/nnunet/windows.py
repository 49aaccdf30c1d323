"""nnU-Net's sliding window, number for number, with no need of torch.

Isensee et al., Nature Methods 2021, 18, 203: windows overlap by at least half, each is weighted
by a Gaussian and averaged with its mirror images. What is averaged are logits, in half precision,
as nnU-Net 2.8.1 does: near the corners of a crop the weights are so small that half precision
decides labels, so anything finer would find others there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations, product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box, Index

#: Of the window's side: nnU-Net's step, and the deviation of its Gaussian.
STEP, DEVIATION = 0.5, 0.125
#: The weight at a window's centre; lifts the others into the range of half precision.
PEAK = 10.0

ProgressCallback = Callable[[int, int], None]


class Fold(Protocol):
    """One network; its arrays may be numpy's or torch's."""

    def logits(self, window: NDArray[np.float32]) -> Any:
        """Return the mean logits (regions, *window) over a window and its mirror images.

        Args:
            window: float32 (slice, row, column), normalised.
        """

    def half(self, array: NDArray[np.float16]) -> Any:
        """Return a half precision array where the logits are."""

    def to_numpy(self, array: Any) -> NDArray[np.float16]:
        """Return such an array as one of numpy."""


def slide(
    image: NDArray[np.float32],
    patch: Index,
    fold: Fold,
    *,
    regions: int,
    after_window: Callable[[], None],
) -> NDArray[np.float16]:
    """Return a fold's logits of a whole image: float16 (regions, slice, row, column).

    Args:
        image: float32 (slice, row, column), normalised.
        patch: voxels of a window.
        fold: the network.
        regions: number of its output channels.
        after_window: called after each window.
    """
    padded, inside = _at_least(image, patch)
    weights = fold.half(gaussian(patch))
    total = fold.half(np.zeros((regions, *padded.shape), np.float16))
    share = fold.half(np.zeros(padded.shape, np.float16))
    for window in windows(padded.shape, patch):
        found = fold.logits(np.ascontiguousarray(padded[window.slices]))
        found *= weights
        total[(slice(None), *window.slices)] += found
        share[window.slices] += weights
        after_window()
    total /= share
    return fold.to_numpy(total)[(slice(None), *inside.slices)]


def windows(shape: tuple[int, ...], patch: Index) -> list[Box]:
    """Return the windows that cover an image, in nnU-Net's order.

    Args:
        shape: of the image, no side shorter than the patch's.
        patch: voxels of a window.
    """
    boxes = []
    for start in product(*(_starts(n, p) for n, p in zip(shape, patch, strict=True))):
        a, b, c = start
        boxes.append(Box((a, b, c), (a + patch[0], b + patch[1], c + patch[2])))
    return boxes


def count_windows(shape: tuple[int, ...], patch: Index) -> int:
    """Return how many windows cover an image, which may be smaller than one."""
    sides = (_starts(max(n, p), p) for n, p in zip(shape, patch, strict=True))
    return int(np.prod([len(s) for s in sides]))


def _starts(size: int, side: int) -> list[int]:
    """Return where windows begin along one axis: evenly, no further apart than the step."""
    count = int(np.ceil((size - side) / (side * STEP))) + 1
    step = (size - side) / max(count - 1, 1)
    return [int(np.round(step * i)) for i in range(count)]


def gaussian(patch: Index) -> NDArray[np.float16]:
    """Return the weight of each voxel of a window, nowhere zero."""
    point = np.zeros(patch)
    a, b, c = (n // 2 for n in patch)
    point[a, b, c] = 1.0
    bell = ndimage.gaussian_filter(point, [n * DEVIATION for n in patch], mode="constant")
    # By way of single precision, as torch makes half precision of double: in a large window one
    # weight in ten thousand hangs on it.
    single = (bell / (bell.max() / PEAK)).astype(np.float32)
    weights: NDArray[np.float16] = single.astype(np.float16)
    weights[weights == 0] = weights[weights > 0].min()
    return weights


def _at_least(image: NDArray[np.float32], patch: Index) -> tuple[NDArray[np.float32], Box]:
    """Return the image filled up with zeros to the patch's sides, and where in it it lies."""
    short = [max(p - n, 0) for n, p in zip(image.shape, patch, strict=True)]
    a, b, c = (n // 2 for n in short)
    padded = np.pad(image, [(n // 2, n - n // 2) for n in short])
    rows, columns = image.shape[1:]
    return padded, Box((a, b, c), (a + image.shape[0], b + rows, c + columns))


def mean_over_mirrors(
    run: Callable[[Any], Any], flip: Callable[..., Any], window: Any, axes: Iterable[int]
) -> Any:
    """Return the mean of a network's answers to a window and to all its mirror images.

    Args:
        run: window (1, 1, *patch) to logits (1, regions, *patch), an array of its own.
        flip: numpy's or torch's.
        window: (1, 1, *patch).
        axes: of the window's patch that may be mirrored.
    """
    spatial = [axis + 2 for axis in axes]
    chosen = [c for n in range(len(spatial)) for c in combinations(spatial, n + 1)]
    total = run(window)
    for these in chosen:
        total += flip(run(flip(window, these)), these)
    if chosen:
        total /= len(chosen) + 1
    return total
