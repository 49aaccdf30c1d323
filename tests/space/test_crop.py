"""A crop and its way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.space.crop import crop, uncrop
from tests.grids import boxes_in, grids, shapes


@given(data=st.data(), grid=grids(shapes(9)))
def test_crop_then_uncrop_is_exact(data: st.DataObject, grid: Grid) -> None:
    values = np.random.default_rng(1).integers(-1000, 1000, grid.shape).astype(np.int16)
    box = data.draw(boxes_in(grid.shape))

    part, part_grid = crop(values, box), grid.cut(box)
    back = uncrop(part, box, grid.shape, fill=-2000)

    inside = np.zeros(grid.shape, dtype=bool)
    inside[box.slices] = True
    np.testing.assert_array_equal(back, np.where(inside, values, -2000))
    assert back.dtype == values.dtype
    # Every voxel of the part lies in the patient where it lay before, and goes back there.
    lps = part_grid.to_lps(np.argwhere(np.ones(box.shape)).astype(float))
    index = np.round(grid.to_index(lps)).astype(int)
    np.testing.assert_array_equal(values[tuple(index.T)], part.ravel())


@given(
    shape=shapes(6),
    start=st.tuples(*[st.integers(-4, 5)] * 3),
    size=shapes(9),
)
def test_what_lies_outside_is_left_out(
    shape: tuple[int, int, int], start: tuple[int, int, int], size: tuple[int, int, int]
) -> None:
    box = Box.whole(size).shift(start)
    part = np.arange(1, np.prod(size) + 1).reshape(size)
    expected = np.zeros(shape, part.dtype)
    for index in np.ndindex(size):
        a, b, c = (i + s for i, s in zip(index, start, strict=True))
        if 0 <= a < shape[0] and 0 <= b < shape[1] and 0 <= c < shape[2]:
            expected[a, b, c] = part[index]
    if not expected.any():
        with pytest.raises(ValueError, match="has an empty side"):
            uncrop(part, box, shape)
        return
    np.testing.assert_array_equal(uncrop(part, box, shape), expected)


def test_a_crop_is_a_copy() -> None:
    values = np.zeros((3, 3, 3), np.int16)
    crop(values, Box.whole((3, 3, 3)))[:] = 7
    assert not values.any()


@pytest.mark.parametrize("box", [Box((-1, 0, 0), (2, 2, 2)), Box((0, 0, 0), (3, 4, 3))])
def test_a_crop_beyond_the_array_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match=r"leaves the array \(3, 3, 3\)"):
        crop(np.zeros((3, 3, 3)), box)


def test_a_part_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 2, 2\) does not fill a box of \(1, 2, 2\)"):
        uncrop(np.zeros((2, 2, 2)), Box.whole((1, 2, 2)), (3, 3, 3))
