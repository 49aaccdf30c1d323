"""Streaks come from dense things, and from nothing else."""

import numpy as np
import pytest

from corcal.core.grid import Grid
from corcal.phantom.scanner.streaks import (
    WATER_PER_MM,
    Hardness,
    back_project,
    project,
    sample_hardness,
    streaks,
)

GRID = Grid.axial((3, 120, 150), (1.0, 0.8, 0.8))


def dense() -> np.ndarray:
    hu = np.zeros(GRID.shape, np.float32)
    hu[1, 50:53, 40:43] = 8000.0
    hu[1, 70:73, 110:113] = 8000.0
    return hu


def test_projection_and_back_projection_are_inverse() -> None:
    disc = np.hypot(*np.ogrid[-60:60, -75:75]) < 12
    hu = (disc * 1000.0).astype(np.float32)
    sinogram, half = project(hu, GRID)
    back = back_project(sinogram, half, GRID)
    assert np.median(back[np.hypot(*np.ogrid[-60:60, -75:75]) < 8]) == pytest.approx(1000, rel=0.06)
    assert abs(np.median(back[np.hypot(*np.ogrid[-60:60, -75:75]) > 25])) < 30
    # A diameter through the middle: 24 pixels of 0.8 mm of water's attenuation.
    assert sinogram.max() == pytest.approx(24 * 0.8 * WATER_PER_MM, rel=0.1)


def test_only_slices_with_something_dense_change() -> None:
    out = streaks(np.random.default_rng(1), dense(), GRID, Hardness(-0.1, 0.03, 0.01))
    assert out is not None
    assert not out[0].any()
    assert not out[2].any()
    assert out[1].any()


def test_two_metals_darken_what_lies_between_them() -> None:
    out = streaks(np.random.default_rng(1), dense(), GRID, Hardness(-0.1, 0.0, 0.0))
    assert out is not None
    between = out[1, 60:63, 74:78].mean()
    aside = out[1, 90:100, 20:30].mean()
    assert between < aside - 3


def test_nothing_dense_no_streaks() -> None:
    hu = np.zeros(GRID.shape, np.float32)
    assert streaks(np.random.default_rng(1), hu, GRID, Hardness(-0.1, 0.03, 0.01)) is None


def test_strength_is_drawn_within_its_bounds() -> None:
    drawn = [sample_hardness(np.random.default_rng(i)) for i in range(20)]
    assert all(-0.16 < h.bend < 0 < h.starved < 0.06 and 0 < h.swirl < 0.11 for h in drawn)
