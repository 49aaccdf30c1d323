"""How closely a run of a bundle must agree with nnU-Net's own predictor.

Windows are added up in half precision on both sides. By torch both get the same numbers in the same
order, so every label is the same. By OpenVINO a logit differs in its last digits, and now and then
a sum is rounded to the other of two neighbouring half-precision numbers.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from corcal.core.box import Index
from corcal.label.paint import paint

#: Between neighbouring half-precision numbers near zero; no weight of a window is smaller.
LEAST_STEP = float(np.finfo(np.float16).smallest_subnormal)
#: A sum rounded the other way changes a probability by 2.2e-4 at most, because half precision has
#: eleven binary digits; where ten windows meet, hardly two are.
ROUNDING = 2e-3
#: Of a probability near one half, in single precision: two sigmoid functions differ by as much.
LAST_DIGIT = 2.0**-22


def assert_same(
    found: NDArray[np.float32], labels: NDArray[np.integer], expected: NDArray[np.float32]
) -> None:
    """Assert that two runs by torch are the same in every voxel.

    Args:
        found: float32 (6, slice, row, column), corcal's probabilities.
        labels: (slice, row, column), nnU-Net's.
        expected: as `found`, nnU-Net's.
    """
    np.testing.assert_allclose(found, expected, rtol=0, atol=LAST_DIGIT)
    tied = (np.abs(expected - 0.5) <= LAST_DIGIT).any(0)
    np.testing.assert_array_equal(paint(found, 0.5)[~tied], labels[~tied])


def assert_near(
    found: NDArray[np.float32],
    labels: NDArray[np.integer],
    expected: NDArray[np.float32],
    patch: Index,
) -> None:
    """Assert that a run by OpenVINO is nnU-Net's in every voxel, up to the rounding of its sums.

    Args:
        found: float32 (6, slice, row, column), corcal's probabilities.
        labels: (slice, row, column), nnU-Net's.
        expected: as `found`, nnU-Net's.
        patch: voxels of a window.
    """
    allowed = tolerance(found.shape[1:], patch)
    beyond = np.abs(found - expected) > allowed
    assert not beyond.any(), f"{np.count_nonzero(beyond)} probabilities of {beyond.size}"
    # Where a probability is that close to one half, either label is right.
    tied = (np.abs(expected - 0.5) <= allowed).any(0)
    np.testing.assert_array_equal(paint(found, 0.5)[~tied], labels[~tied])


def tolerance(shape: tuple[int, ...], patch: Index) -> NDArray[np.float64]:
    """Return by how much a probability may differ: float64 (slice, row, column).

    Each window's part of a sum may be rounded by one step the other way. Near the corners of a crop
    the weights are as small as a step, so that the sum of weighted logits, divided by the sum of
    weights, has few values to choose from. A quarter of a logit's change is the most by which its
    probability changes.

    Args:
        shape: of the crop, which may be smaller than a window.
        patch: voxels of a window.
    """
    from nnunetv2.inference.sliding_window_prediction import (
        compute_gaussian,
        compute_steps_for_sliding_window,
    )

    whole = tuple(max(n, p) for n, p in zip(shape, patch, strict=True))
    weights = compute_gaussian(patch, 1 / 8, 10, device=torch.device("cpu")).double().numpy()
    total, windows = np.zeros(whole), np.zeros(whole)
    steps = compute_steps_for_sliding_window(whole, patch, 0.5)
    for start in np.array(np.meshgrid(*steps)).reshape(3, -1).T:
        place = tuple(slice(a, a + p) for a, p in zip(start, patch, strict=True))
        total[place] += weights
        windows[place] += 1
    cut = tuple(slice((w - n) // 2, (w - n) // 2 + n) for w, n in zip(whole, shape, strict=True))
    return (ROUNDING + windows * LEAST_STEP / total / 4)[cut]
