"""Label maps from elsewhere, on the scan's grid or on one that is exactly alignable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.annotate.classes import parse_map
from corcal.annotate.formats.label_map import read_label_map
from corcal.core.errors import GridMismatch, LabelsRefused
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from tests.grids import boxes_in, grids

SHAPE = (4, 6, 5)


def scan_on(grid: Grid) -> Scan:
    return Scan(np.zeros(grid.shape, dtype=np.int16), grid)


def some_codes(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 7, SHAPE)


@given(grids(st.just(SHAPE)), st.integers(0, 10**6), st.data())
def test_any_turn_flip_and_cut_of_the_grid_is_carried_over(
    grid: Grid, seed: int, data: st.DataObject
) -> None:
    codes = some_codes(seed)
    box = data.draw(boxes_in(SHAPE))
    order = data.draw(st.permutations(range(3)))
    flips = data.draw(st.tuples(*[st.sampled_from([1, -1])] * 3))
    affine = grid.cut(box).affine.copy()
    part = codes[box.slices]
    for axis, flip in enumerate(flips):
        if flip < 0:
            affine[:3, 3] += affine[:3, axis] * (part.shape[axis] - 1)
            affine[:3, axis] *= -1
    turned = part[tuple(slice(None, None, f) for f in flips)].transpose(order)
    affine[:3, :3] = affine[:3, order]
    if not turned.any():
        return
    other = Grid((turned.shape[0], turned.shape[1], turned.shape[2]), affine)
    drawn = read_label_map(turned, other, scan_on(grid), classes=None, name="a.nii")
    expected = np.zeros(SHAPE, dtype=np.uint8)
    expected[box.slices] = part
    bits = np.array([0, 1, 2, 4, 16, 32, 64], dtype=np.uint8)
    np.testing.assert_array_equal(drawn.bits, bits[expected])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Grid.axial(SHAPE, (2.0, 0.7, 0.7)), "4 x 6 x 5 voxels of 2 x 0.7 x 0.7 mm"),
        (Grid.axial(SHAPE, (3.0, 0.7, 0.7), (0.35, 0.0, 0.0)), "the first at (0.3, 0.0, 0.0)"),
        (Grid.axial((2, 6, 5), (6.0, 0.7, 0.7)), "labels are not resampled unasked"),
    ],
)
def test_another_grid_is_refused_with_the_values(other: Grid, words: str) -> None:
    scan = scan_on(Grid.axial(SHAPE, (3.0, 0.7, 0.7)))
    codes = np.ones(other.shape, dtype=np.uint8)
    with pytest.raises(GridMismatch) as error:
        read_label_map(codes, other, scan, classes=None, name="a.nii")
    assert str(error.value).startswith("a.nii: ")
    assert words in str(error.value)


def test_a_turned_grid_is_another_grid() -> None:
    grid = Grid.axial(SHAPE, (3.0, 0.7, 0.7))
    affine = grid.affine.copy()
    turn = np.array([[0.998, -0.06, 0], [0.06, 0.998, 0], [0, 0, 1]])
    affine[:3, :3] = turn @ affine[:3, :3]
    with pytest.raises(GridMismatch):
        read_label_map(some_codes(), Grid(SHAPE, affine), scan_on(grid), classes=None, name="a.nii")


def test_a_larger_map_is_taken_unless_it_marks_something_outside() -> None:
    grid = Grid.axial(SHAPE, (3.0, 0.7, 0.7))
    larger = Grid.axial((6, 6, 5), (3.0, 0.7, 0.7), (0.0, 0.0, -3.0))
    codes = np.zeros(larger.shape, dtype=np.uint8)
    codes[1, 2, 3] = 5
    drawn = read_label_map(codes, larger, scan_on(grid), classes=None, name="a.nii")
    assert np.argwhere(drawn.bits).tolist() == [[0, 2, 3]]
    codes[0, 2, 3] = 5
    with pytest.raises(GridMismatch, match="1 of its 2 marked voxels lie outside the scan of 4 x"):
        read_label_map(codes, larger, scan_on(grid), classes=None, name="a.nii")


def test_another_frame_of_reference_is_another_patient() -> None:
    one, other = (Grid(SHAPE, np.eye(4), uid) for uid in ("1.2", "1.3"))
    with pytest.raises(GridMismatch, match="another frame of reference"):
        read_label_map(some_codes(), other, scan_on(one), classes=None, name="a.nii")


def test_codes_mean_what_the_map_says() -> None:
    grid = Grid.axial(SHAPE, (3.0, 0.7, 0.7))
    codes = np.zeros(SHAPE)
    codes[0, 0, :4] = (10, 20, 30, -4)
    classes = parse_map(["10=LCX, 20=calcium", "30=ignore,-4=rca,99=LAD"])
    drawn = read_label_map(codes, grid, scan_on(grid), classes=classes, name="a.nii")
    assert drawn.bits[0, 0].tolist() == [4, 8, 0, 1, 0]
    assert drawn.decisions[0].chosen == "-4=RCA, 10=LCX, 20=calcium, 30=ignore"
    assert [n.text for n in drawn.notices] == ["The map holds no voxel of code 99 (LAD)."]


@pytest.mark.parametrize(
    ("codes", "classes", "words"),
    [
        ([7.0], None, "holds code 7; corcal's codes are 1 to 6"),
        ([1.0, 2.0], "1=RCA", "holds code 2; the map names 1"),
        ([0.5], None, "holds fractions"),
        ([np.nan], None, "holds fractions"),
        ([0.0], None, "is empty"),
    ],
)
def test_maps_that_mean_nothing_are_refused(
    codes: list[float], classes: str | None, words: str
) -> None:
    grid = Grid.axial(SHAPE, (3.0, 0.7, 0.7))
    values = np.zeros(SHAPE)
    values[0, 0, : len(codes)] = codes
    given = parse_map([classes] if classes else [])
    with pytest.raises(LabelsRefused, match=words):
        read_label_map(values, grid, scan_on(grid), classes=given, name="a.nii")
