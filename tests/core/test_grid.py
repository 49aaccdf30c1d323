"""Where voxels lie, on grids turned any way."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.box import Box
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid
from tests.grids import boxes_in, grids, shapes

PLAIN = Grid.axial((4, 5, 6), (3.0, 0.8, 0.7), (-10.0, -20.0, 30.0))


def turned(grid: Grid, affine: np.ndarray, frame: str = "") -> Grid:
    return Grid(grid.shape, affine, frame)


@pytest.mark.parametrize(
    "affine",
    [np.eye(3), np.diag([1.0, 1.0, np.nan, 1.0]), np.diag([1.0, np.inf, 1.0, 1.0])],
)
def test_an_affine_must_be_four_by_four_and_finite(affine: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite 4 x 4 affine"):
        Grid((2, 2, 2), affine)


def test_a_singular_affine_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be singular"):
        Grid((2, 2, 2), np.diag([1.0, 1.0, 0.0, 1.0]))


def test_a_grid_without_voxels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 0, 2\) holds no voxels"):
        Grid((2, 0, 2), np.eye(4))


def test_the_affine_is_the_grids_own_and_read_only() -> None:
    given_affine = np.eye(4)
    grid = Grid((2, 2, 2), given_affine)
    given_affine[0, 3] = 99.0
    assert grid.affine[0, 3] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        grid.affine[0, 3] = 1.0


def test_axial_runs_to_the_head_the_back_and_the_left() -> None:
    steps = PLAIN.to_lps(np.eye(3)) - PLAIN.to_lps(np.zeros((1, 3)))
    np.testing.assert_allclose(steps, [[0, 0, 3.0], [0, 0.8, 0], [0.7, 0, 0]], atol=1e-12)
    np.testing.assert_array_equal(PLAIN.to_lps(np.zeros((1, 3))), [[-10.0, -20.0, 30.0]])
    assert PLAIN.spacing_mm == (3.0, 0.8, 0.7)
    assert PLAIN.voxel_mm3 == pytest.approx(3.0 * 0.8 * 0.7)


@given(grid=grids(shapes(9)))
def test_directions_and_spacing_make_the_affine(grid: Grid) -> None:
    unit = grid.directions
    np.testing.assert_allclose(unit.T @ unit, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(unit * np.array(grid.spacing_mm), grid.affine[:3, :3], atol=1e-12)
    assert grid.voxel_mm3 == pytest.approx(np.prod(grid.spacing_mm))


@given(grid=grids(shapes(9)), seed=st.integers(0, 99))
def test_index_to_lps_and_back(grid: Grid, seed: int) -> None:
    index = np.random.default_rng(seed).uniform(-50, 50, (7, 3))
    np.testing.assert_allclose(grid.to_index(grid.to_lps(index)), index, atol=1e-9)


@given(data=st.data(), grid=grids(shapes(9)))
def test_a_cut_leaves_every_voxel_where_it_was(data: st.DataObject, grid: Grid) -> None:
    box = data.draw(boxes_in(grid.shape))
    cut = grid.cut(box)
    index = np.argwhere(np.ones(box.shape)).astype(float)
    assert cut.shape == box.shape
    np.testing.assert_allclose(cut.to_lps(index), grid.to_lps(index + box.start), atol=1e-9)


@pytest.mark.parametrize("box", [Box((-1, 0, 0), (2, 2, 2)), Box((0, 0, 0), (4, 5, 7))])
def test_a_cut_beyond_the_grid_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match=r"leaves the grid \(4, 5, 6\)"):
        PLAIN.cut(box)


def test_moved_may_reach_beyond_the_grid_and_keeps_the_frame() -> None:
    grid = turned(PLAIN, PLAIN.affine, "1.2.3")
    moved = grid.extend_to(Box((-2, 0, 0), (9, 9, 9)))
    assert moved.shape == (11, 9, 9)
    assert moved.frame_of_reference == "1.2.3"
    np.testing.assert_allclose(moved.affine[:3, 3], [-10.0, -20.0, 24.0])


@given(grid=grids(shapes(60)), spacing=st.tuples(*[st.floats(0.4, 6.0)] * 3))
def test_another_spacing_keeps_the_outer_faces(
    grid: Grid, spacing: tuple[float, float, float]
) -> None:
    other = grid.with_spacing(spacing)
    low = np.full((1, 3), -0.5)
    np.testing.assert_allclose(other.to_lps(low), grid.to_lps(low), atol=1e-9)
    high, other_high = np.array(grid.shape) - 0.5, np.array(other.shape) - 0.5
    np.testing.assert_allclose(other.to_lps(other_high), grid.to_lps(high), atol=1e-9)
    np.testing.assert_allclose(other.directions, grid.directions, atol=1e-12)
    wanted = np.array(grid.shape) * grid.spacing_mm / np.array(spacing)
    off = np.abs(other.shape - wanted)
    assert ((off <= 0.5 + 1e-9) | (np.array(other.shape) == 1)).all()


@given(grid=grids(shapes(60)))
def test_its_own_spacing_is_the_same_grid(grid: Grid) -> None:
    assert grid.with_spacing(grid.spacing_mm).matches(grid, tolerance_mm=1e-6)


def test_grids_match_within_a_hundredth_of_a_millimetre_at_every_corner() -> None:
    near, far = PLAIN.affine.copy(), PLAIN.affine.copy()
    near[:3, 3] += 0.009
    far[0, 2] += 0.003  # five columns on, this is more than 0.01 mm
    assert PLAIN.matches(turned(PLAIN, near))
    assert not PLAIN.matches(turned(PLAIN, far))
    assert not PLAIN.matches(Grid((4, 5, 7), PLAIN.affine))


def test_another_frame_of_reference_is_another_patient() -> None:
    mine, theirs = (turned(PLAIN, PLAIN.affine, frame) for frame in ("1.2.3", "1.2.4"))
    with pytest.raises(GridMismatch, match=r"^labels: another frame of reference, so another pat"):
        mine.require_same(theirs, "labels")


def test_an_unknown_frame_of_reference_does_not_stop() -> None:
    named = turned(PLAIN, PLAIN.affine, "1.2.3")
    named.require_same(PLAIN, "labels")
    PLAIN.require_same(named, "labels")


def test_another_grid_is_refused_with_both_grids_and_what_to_do() -> None:
    other = Grid.axial((4, 5, 6), (2.0, 0.8, 0.7))
    with pytest.raises(GridMismatch) as refused:
        PLAIN.require_same(other, "labels")
    assert str(refused.value) == (
        "labels: grid (4, 5, 6) at 2.000 x 0.800 x 0.700 mm from (0.0, 0.0, 0.0) to (3.5, 3.2, "
        "6.0) is not the scan's grid (4, 5, 6) at 3.000 x 0.800 x 0.700 mm from (-10.0, -20.0, "
        "30.0) to (-6.5, -16.8, 39.0). Do the two belong together? If so, save it on the scan's "
        "own voxels"
    )


@pytest.mark.parametrize("shape", [5, None, (1, 2), (3.5, 3, 3), ("a", 3, 3)])
def test_a_grid_has_three_whole_numbers_of_voxels(shape: Any) -> None:
    says = f"^the shape of a grid is three whole numbers, not {re.escape(repr(shape))}$"
    with pytest.raises(ValueError, match=says):
        Grid(shape, np.eye(4))
