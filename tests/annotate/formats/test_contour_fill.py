"""The pixels that contours enclose."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.annotate.formats.contour_fill import Points, fill_contours, lattice_inside

SHAPE = (9, 11)


def square(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def whole(contours: list[Points], *, union: bool = False) -> NDArray[np.bool_]:
    inside = fill_contours(contours, SHAPE, union=union)
    mask = np.zeros(SHAPE, dtype=np.bool_)
    mask[inside.at] = inside.mask
    return mask


@st.composite
def polygons(draw: st.DrawFn) -> Points:
    """Draw a closed line that may cross itself and leave the image."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # No corner and no edge meets a pixel's centre: what then is inside is a matter of convention.
    return rng.uniform(-3.0, 13.0, (draw(st.integers(3, 12)), 2))


@given(polygons())
def test_a_pixel_is_inside_if_a_ray_from_its_centre_crosses_an_odd_number_of_edges(
    polygon: Points,
) -> None:
    inside = lattice_inside([polygon], (0.0, 0.0), SHAPE, 1.0)
    for row, column in np.ndindex(SHAPE):
        a, b = polygon, np.roll(polygon, -1, axis=0)
        # A ray upwards: the code looks along rows.
        over = (a[:, 0] <= column) != (b[:, 0] <= column)
        with np.errstate(divide="ignore", invalid="ignore"):
            y = a[:, 1] + (column - a[:, 0]) * (b - a)[:, 1] / (b - a)[:, 0]
        assert inside[row, column] == (np.count_nonzero(over & (y < row)) % 2 == 1)


@given(polygons(), st.integers(0, 11))
def test_where_a_contour_begins_and_which_way_it_runs_changes_nothing(
    polygon: Points, start: int
) -> None:
    once = lattice_inside([polygon], (0.0, 0.0), SHAPE, 1.0)
    again = lattice_inside([np.roll(polygon, start, axis=0)[::-1]], (0.0, 0.0), SHAPE, 1.0)
    np.testing.assert_array_equal(once, again)


def test_neighbours_with_a_common_edge_share_no_pixel_and_leave_none_out() -> None:
    # The edge runs through pixel centres.
    left, right = square(1, 1, 4, 5), square(4, 1, 8, 5)
    both = whole([left]).astype(int) + whole([right])
    np.testing.assert_array_equal(both, whole([square(1, 1, 8, 5)]))
    assert both.sum() == 7 * 4


def test_a_contour_within_another_is_a_hole_unless_they_are_to_add_up() -> None:
    ring = [square(0.5, 0.5, 7.5, 6.5), square(2.5, 2.5, 4.5, 4.5)]
    assert whole(ring).sum() == 7 * 6 - 2 * 2
    assert whole(ring, union=True).sum() == 7 * 6
    assert not fill_contours(ring, SHAPE).crossing


def test_contours_that_overlap_in_part_are_noted() -> None:
    inside = fill_contours([square(0.5, 0.5, 4.5, 4.5), square(2.5, 2.5, 7.5, 6.5)], SHAPE)
    assert inside.crossing
    assert inside.mask.sum() == 16 + 20 - 2 * 4


def test_a_contour_that_was_drawn_twice_counts_once() -> None:
    one = square(0.5, 0.5, 4.5, 4.5)
    inside = fill_contours([one, np.roll(one, 1, axis=0), one], SHAPE)
    assert (inside.mask.sum(), inside.repeated) == (16, 2)


def test_a_contour_too_small_for_a_pixels_centre_keeps_its_pixel() -> None:
    inside = fill_contours([square(3.1, 2.1, 3.4, 2.4), square(0.5, 0.5, 1.5, 1.5)], SHAPE)
    mask = whole([square(3.1, 2.1, 3.4, 2.4), square(0.5, 0.5, 1.5, 1.5)])
    assert inside.tiny == 1
    assert np.argwhere(mask).tolist() == [[1, 1], [2, 3]]


def test_what_lies_beyond_the_image_is_nobodys() -> None:
    assert whole([square(-5, -5, 20, 20)]).all()
    assert not whole([square(20, 20, 30, 30)]).any()
