"""The phantom's own Agatston score, on cases that can be counted by hand."""

import numpy as np
import pytest

from corcal.core.grid import Grid
from corcal.phantom.calcium.agatston import agatston


def scored(
    spots: dict[tuple[int, int, int], float],
    *,
    spacing_mm: tuple[float, float, float] = (3.0, 1.0, 1.0),
    slices: int = 6,
) -> float:
    hu = np.full((slices, 12, 12), 40.0, np.float32)
    for where, value in spots.items():
        hu[where] = value
    mask = np.zeros(hu.shape, bool)
    mask[tuple(np.array(list(spots)).T)] = True
    grid = Grid.axial(hu.shape, spacing_mm)
    return agatston(hu, mask, grid, thickness_mm=spacing_mm[0])


def square(value: float, k: int = 2) -> dict[tuple[int, int, int], float]:
    return {(k, y, x): value for y in (4, 5) for x in (4, 5)}


@pytest.mark.parametrize(
    ("peak", "score"),
    [(129, 0), (130, 4), (199.9, 4), (200, 8), (299.9, 8), (300, 12), (399.9, 12), (400, 16)],
)
def test_weights(peak: float, score: float) -> None:
    assert scored(square(peak)) == pytest.approx(score)


def test_less_than_a_square_millimetre_does_not_score() -> None:
    fine = (3.0, 0.7, 0.7)
    two = {(2, 4, 4): 450.0, (2, 4, 5): 450.0}
    assert scored(two, spacing_mm=fine) == 0.0
    three = {**two, (2, 4, 6): 450.0}
    assert scored(three, spacing_mm=fine) == pytest.approx(5.88)


@pytest.mark.parametrize(("step_mm", "score"), [(3.0, 32.0), (5.0, 160 / 3)])
def test_slices_count_with_their_distance(step_mm: float, score: float) -> None:
    both = {**square(450.0, 2), **square(450.0, 3)}
    assert scored(both, spacing_mm=(step_mm, 1.0, 1.0)) == pytest.approx(score)


def test_each_slice_has_its_own_peak() -> None:
    assert scored({**square(450.0, 2), **square(150.0, 3)}) == pytest.approx(20.0)


def test_diagonal_pixels_are_one_piece() -> None:
    assert scored({(2, 4, 4): 450.0, (2, 5, 5): 150.0}) == pytest.approx(8.0)


def test_voxels_below_the_threshold_do_not_score() -> None:
    assert scored({**square(450.0), (2, 4, 6): 40.0, (2, 5, 6): 40.0}) == pytest.approx(16.0)


def test_thin_slices_are_averaged_to_slabs() -> None:
    # Slices 0 to 2 of 1 mm make one slab: (450 + 450 + 40) / 3 = 313 HU, weight 3.
    thin = {**square(450.0, 0), **square(450.0, 1)}
    assert scored(thin, spacing_mm=(1.0, 1.0, 1.0)) == pytest.approx(12.0)
    # One slice alone gives 177 HU; the last slab is as deep as slices are left.
    assert scored(square(450.0, 0), spacing_mm=(1.0, 1.0, 1.0)) == pytest.approx(4.0)
    assert scored(square(450.0, 6), spacing_mm=(1.0, 1.0, 1.0), slices=7) == pytest.approx(16 / 3)


def test_nothing_scores_nothing() -> None:
    hu = np.zeros((2, 3, 3), np.float32)
    assert agatston(hu, hu > 0, Grid.axial(hu.shape, (3.0, 1.0, 1.0)), thickness_mm=3.0) == 0.0
