"""The frame of the heart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.grid import Grid
from corcal.segment.frame import heart_frame
from tests.grids import grids, shapes

offsets = st.tuples(*[st.floats(-100.0, 100.0)] * 3)


@given(grid=grids(shapes(5)), centre=offsets, heart_ml=st.floats(200.0, 2000.0))
def test_each_voxel_knows_how_far_the_centre_is(
    grid: Grid, centre: tuple[float, float, float], heart_ml: float
) -> None:
    frame = heart_frame(grid, np.array(centre), heart_ml)
    assert frame.dtype == np.float32
    assert frame.shape == (3, *grid.shape)
    index = np.argwhere(np.ones(grid.shape))
    expected = (grid.to_lps(index.astype(float)) - centre) / (1000.0 * heart_ml) ** (1 / 3)
    np.testing.assert_allclose(frame.reshape(3, -1).T, expected, atol=1e-5)


def test_left_back_and_head_are_positive() -> None:
    # A heart of one litre is as large as a cube of 100 mm.
    grid = Grid.axial((2, 2, 2), (50.0, 20.0, 10.0))
    frame = heart_frame(grid, np.zeros(3), 1000.0)
    np.testing.assert_allclose(frame[:, 0, 0, 0], [0, 0, 0])
    np.testing.assert_allclose(frame[:, 1, 1, 1], [0.1, 0.2, 0.5])


@given(grid=grids(shapes(4)), heart_ml=st.floats(200.0, 2000.0))
def test_hearts_of_all_sizes_look_alike(grid: Grid, heart_ml: float) -> None:
    small = heart_frame(grid, np.zeros(3), heart_ml)
    doubled = Grid(grid.shape, grid.affine * np.array([[2.0], [2.0], [2.0], [1.0]]))
    np.testing.assert_allclose(heart_frame(doubled, np.zeros(3), 8 * heart_ml), small, atol=1e-5)
