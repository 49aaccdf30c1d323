"""Limits: near the heart, and believed in as a whole."""

import numpy as np

from corcal.core.grid import Grid
from corcal.label.limits import near_heart, remove_small_parts


def test_the_margin_is_measured_in_mm_on_another_grid() -> None:
    coarse = Grid.axial((20, 20, 20), (4.0, 4.0, 4.0))
    heart = np.zeros(coarse.shape, bool)
    heart[8:12, 8:12, 8:12] = True
    fine = coarse.with_spacing((1.0, 1.0, 1.0))
    near = near_heart(heart, coarse, fine, margin_mm=8.0)
    row = np.flatnonzero(near[40, 40])
    # 16 voxels of heart, and on each side the coarse voxels whose centres are within 8 mm.
    assert (row[0], row[-1] + 1) == (32 - 8, 48 + 8)
    assert near_heart(heart, coarse, fine, margin_mm=0.0).sum() == 16**3


def test_a_heart_at_the_edge_of_its_grid_keeps_its_margin_inside() -> None:
    grid = Grid.axial((10, 10, 10), (4.0, 4.0, 4.0))
    heart = np.zeros(grid.shape, bool)
    heart[:3] = True
    near = near_heart(heart, grid, grid, margin_mm=4.0)
    assert near[:4].all()
    assert not near[4:].any()


def test_specks_of_artery_go_unless_they_hold_calcium() -> None:
    grid = Grid.axial((6, 12, 12), (1.0, 1.0, 1.0))
    codes = np.zeros(grid.shape, np.uint8)
    codes[1, 1, 1:11] = 1
    codes[4, 1, 1:3] = 1
    codes[4, 8, 8] = 2
    codes[4, 8, 9] = 5
    remove_small_parts(codes, grid, min_mm3=5.0, connectivity=26)
    assert (codes[1, 1, 1:11] == 1).all()
    assert not codes[4, 1].any()
    assert codes[4, 8, 8:10].tolist() == [2, 5]
