"""The algebra of boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corcal.core.box import Box, Index
from tests.grids import shapes

steps = st.tuples(*[st.integers(-5, 5)] * 3)
margins = st.tuples(*[st.integers(0, 4)] * 3)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Draw a box that may begin before the first voxel."""
    return Box.whole(draw(shapes(5))).shift(draw(steps))


def voxels(box: Box) -> set[Index]:
    return {
        (a, b, c)
        for a in range(box.start[0], box.stop[0])
        for b in range(box.start[1], box.stop[1])
        for c in range(box.start[2], box.stop[2])
    }


@pytest.mark.parametrize(("start", "stop"), [((0, 0, 3), (1, 1, 3)), ((2, 0, 0), (1, 4, 4))])
def test_a_box_without_voxels_is_refused(start: Index, stop: Index) -> None:
    with pytest.raises(ValueError, match="has an empty side"):
        Box(start, stop)


@given(shape=shapes(9))
def test_whole_is_the_array(shape: Index) -> None:
    assert Box.whole(shape).shape == shape
    assert np.zeros(shape)[Box.whole(shape).slices].shape == shape


@given(mask=arrays(np.bool_, shapes(6)))
def test_around_is_the_smallest_box_that_holds_the_mask(mask: np.ndarray) -> None:
    if not mask.any():
        with pytest.raises(ValueError, match="an empty mask has no box"):
            Box.around(mask)
        return
    inside = mask[Box.around(mask).slices]
    assert inside.sum() == mask.sum()
    for axis in range(3):
        faces = np.moveaxis(inside, axis, 0)
        assert faces[0].any()
        assert faces[-1].any()


@given(one=boxes(), other=boxes())
def test_intersect_holds_the_voxels_of_both(one: Box, other: Box) -> None:
    shared = voxels(one) & voxels(other)
    if not shared:
        with pytest.raises(ValueError, match="has an empty side"):
            one.intersect(other)
        return
    assert voxels(one.intersect(other)) == shared
    assert one.intersect(other) == other.intersect(one)


@given(box=boxes(), margin=margins)
def test_padding_grows_both_ends(box: Box, margin: Index) -> None:
    padded = box.pad(margin)
    assert padded.shape == tuple(n + 2 * m for n, m in zip(box.shape, margin, strict=True))
    assert padded.intersect(box) == box
    less = (-margin[0], -margin[1], -margin[2])
    assert padded.pad(less) == box


def test_padding_away_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="has an empty side"):
        Box.whole((4, 4, 2)).pad((0, 0, -1))


@given(box=boxes(), by=steps)
def test_shifting_moves_every_voxel(box: Box, by: Index) -> None:
    moved = {(a + by[0], b + by[1], c + by[2]) for a, b, c in voxels(box)}
    assert voxels(box.shift(by)) == moved


def test_a_box_that_begins_outside_cannot_index() -> None:
    # A negative start would count from the far end of the array, in silence.
    with pytest.raises(ValueError, match="begins outside the array"):
        _ = Box((-1, 0, 0), (2, 2, 2)).slices


def test_a_box_takes_the_whole_numbers_of_numpy() -> None:
    box = Box.of(np.array([0.0, 1.0, 2.0]), np.array([3, 4, 5], np.int16))
    assert box == Box((0, 1, 2), (3, 4, 5))
    assert all(type(n) is int for n in (*box.start, *box.stop))
    with pytest.raises(ValueError, match="not enough values"):
        Box.of((1, 2), (3, 4, 5))


def test_boxes_that_share_a_face_do_not_meet() -> None:
    box = Box((0, 0, 0), (2, 2, 2))
    assert box.meets(Box((1, 1, 1), (5, 5, 5)))
    assert not box.meets(Box((2, 0, 0), (3, 2, 2)))
    assert not box.meets(Box((7, 7, 7), (9, 9, 9)))
