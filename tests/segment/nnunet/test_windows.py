"""The sliding window by itself: where windows lie, what they weigh, and that nothing is missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.core.box import Box
from corcal.segment.nnunet.windows import count_windows, gaussian, mean_over_mirrors, slide, windows

sides = st.tuples(*[st.integers(1, 60)] * 3)
patches = st.tuples(*[st.integers(4, 24)] * 3)


class Pointwise:
    """A network that sees each voxel alone: twice the value, and minus the value."""

    def __init__(self) -> None:
        self.shapes: set[tuple[int, ...]] = set()

    def logits(self, window: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.add(window.shape)
        return np.stack([2 * window, -window])

    def half(self, array: NDArray[np.float16]) -> NDArray[np.float16]:
        return array

    def to_numpy(self, array: NDArray[np.float16]) -> NDArray[np.float16]:
        return array


@given(sides, patches)
def test_windows_cover_an_image_with_half_overlap(
    shape: tuple[int, int, int], patch: tuple[int, int, int]
) -> None:
    a, b, c = (max(n, p) for n, p in zip(shape, patch, strict=True))
    padded = (a, b, c)
    found = windows(padded, patch)
    assert len(found) == count_windows(shape, patch)
    assert all(w.shape == patch and w.intersect(Box.whole(padded)) == w for w in found)
    for axis in range(3):
        starts = sorted({w.start[axis] for w in found})
        assert starts[0] == 0
        assert starts[-1] == padded[axis] - patch[axis]
        assert max(np.diff(starts), default=0) <= np.ceil(patch[axis] / 2)


@pytest.mark.parametrize("shape", [(8, 10, 12), (3, 10, 40), (25, 17, 5), (9, 9, 9)])
def test_a_network_of_single_voxels_gives_back_the_image(shape: tuple[int, int, int]) -> None:
    image = np.random.default_rng(0).normal(0, 2, shape).astype(np.float32)
    network, calls = Pointwise(), []
    found = slide(image, (8, 10, 12), network, regions=2, after_window=lambda: calls.append(1))
    assert network.shapes == {(8, 10, 12)}
    assert len(calls) == count_windows(shape, (8, 10, 12))
    assert found.shape == (2, *shape)
    assert found.dtype == np.float16
    # Far from the edges; at the corners half precision is as coarse as nnU-Net's own.
    middle = (slice(None), *(slice(n // 3, n - n // 3) for n in shape))
    expected = np.stack([2 * image, -image])
    np.testing.assert_allclose(found[middle], expected[middle], rtol=0.01, atol=0.02)


def test_the_weights_are_a_bell_that_is_nowhere_zero() -> None:
    weights = gaussian((16, 24, 32))
    assert weights.dtype == np.float16
    assert weights.max() == weights[8, 12, 16] == 10
    assert weights.min() > 0
    # One eighth of the side from the centre lies one deviation away.
    assert weights[10, 12, 16] == pytest.approx(10 * np.exp(-0.5), rel=2e-3)
    assert weights[8, 12, 20] == pytest.approx(10 * np.exp(-0.5), rel=2e-3)


@pytest.mark.parametrize(("axes", "count"), [((), 1), ((1,), 2), ((0, 2), 4), ((0, 1, 2), 8)])
def test_mirror_images_are_averaged_over_all_combinations(
    axes: tuple[int, ...], count: int
) -> None:
    ramp = np.arange(4 * 5 * 6, dtype=np.float32).reshape(1, 1, 4, 5, 6)
    window = np.random.default_rng(1).random((1, 1, 4, 5, 6)).astype(np.float32)
    calls = []

    def run(given: NDArray[np.float32]) -> NDArray[np.float32]:
        calls.append(given)
        return given * ramp

    found = mean_over_mirrors(run, np.flip, window, axes)
    assert len(calls) == count
    # A network that weighs places: its mean over mirror images weighs by the mean of the ramps.
    mean = ramp.astype(np.float64)
    for axis in axes:
        mean = (mean + np.flip(mean, axis + 2)) / 2
    np.testing.assert_allclose(found, window * mean, rtol=1e-5)
