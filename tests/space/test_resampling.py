"""Resampling against SciPy and ITK, which know nothing of its matrices."""

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from corcal.core.box import Box, Index
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid
from corcal.space.resampling import block_mean, nearest, resample
from tests.grids import as_itk, boxes_in, grids, shapes

spacings = st.tuples(*[st.floats(0.6, 4.0)] * 3)
seeds = st.integers(0, 9999)


def noise(shape: Index, seed: int) -> np.ndarray:
    """Return the hardest image to interpolate: no voxel knows its neighbour."""
    return np.random.default_rng(seed).integers(-1024, 3072, shape).astype(np.int16)


def positions(target: Grid, grid: Grid) -> np.ndarray:
    """Return where the target's voxels lie in the grid: index (3, slice, row, column)."""
    index = np.argwhere(np.ones(target.shape)).astype(float)
    return grid.to_index(target.to_lps(index)).T.reshape(3, *target.shape)


@settings(max_examples=40)
@given(grid=grids(shapes(20)), spacing_mm=spacings, seed=seeds)
def test_cubic_is_that_of_scipy(
    grid: Grid, spacing_mm: tuple[float, float, float], seed: int
) -> None:
    hu, target = noise(grid.shape, seed), grid.with_spacing(spacing_mm)
    expected = ndimage.map_coordinates(
        hu.astype(float), positions(target, grid), order=3, mode="nearest"
    )

    found = resample(hu, grid, target)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=0.01)


@settings(max_examples=20)
@given(data=st.data(), seed=seeds)
def test_the_box_of_a_resampled_scan_is_that_part_of_the_whole(
    data: st.DataObject, seed: int
) -> None:
    # Long enough that a small box looks at a part of the scan only.
    grid = Grid.axial((90, 4, 70), (1.0, 1.0, 0.7), (3.0, -80.0, 12.0))
    hu, target = noise(grid.shape, seed), grid.with_spacing((0.8, 0.9, 1.1))
    box = data.draw(boxes_in(target.shape))
    np.testing.assert_allclose(
        resample(hu, grid, target, box=box), resample(hu, grid, target)[box.slices], atol=0.01
    )


@pytest.mark.parametrize(
    "box",
    [
        Box((-9, -2, -1), (3, 7, 5)),  # over the lower faces
        Box((4, 5, 6), (30, 60, 15)),  # over the upper ones
        Box((-70, 2, 2), (-60, 5, 5)),  # wholly outside
        Box((2, 90, 2), (5, 99, 5)),
    ],
)
def test_beyond_the_scan_the_nearest_voxel_is_repeated(box: Box) -> None:
    grid = Grid.axial((9, 8, 7), (2.0, 1.0, 1.5))
    hu, target = noise(grid.shape, 3), grid.with_spacing((1.7, 0.9, 0.8))
    where = positions(target.extend_to(box), grid)
    expected = ndimage.map_coordinates(hu.astype(float), where, order=3, mode="nearest")
    np.testing.assert_allclose(resample(hu, grid, target, box=box), expected, atol=0.01)


@settings(max_examples=10)
@given(grid=grids(st.just((30, 31, 32))), seed=seeds)
def test_cubic_is_that_of_itk_inside_the_scan(grid: Grid, seed: int) -> None:
    # ITK mirrors at the faces, SciPy repeats: a spline forgets that within some ten voxels.
    hu = noise(grid.shape, seed)
    steps = grid.spacing_mm
    target = grid.cut(Box((12, 12, 12), (19, 20, 21)))
    target = target.with_spacing((0.8 * steps[0], 1.3 * steps[1], 0.6 * steps[2]))
    expected = sitk.GetArrayFromImage(
        sitk.Resample(
            as_itk(hu.astype(np.float64), grid),
            as_itk(np.zeros(target.shape), target),
            sitk.Transform(),
            sitk.sitkBSpline,
        )
    )
    np.testing.assert_allclose(resample(hu, grid, target), expected, atol=0.05)


def test_on_its_own_grid_a_scan_stays_as_it_is() -> None:
    grid = Grid.axial((5, 6, 7), (2.0, 1.0, 1.0))
    hu = noise(grid.shape, 1)
    for found in (resample(hu, grid, grid), block_mean(hu, grid, grid)):
        np.testing.assert_allclose(found, hu, atol=0.01)
    codes = (hu % 7).astype(np.uint8)
    np.testing.assert_array_equal(nearest(codes, grid, grid), codes)


@settings(max_examples=40)
@given(grid=grids(shapes(20)), spacing_mm=st.tuples(*[st.floats(0.5, 9.0)] * 3), seed=seeds)
@example(Grid.axial((9, 9, 9), (5.0, 0.7, 0.7)), (4.0, 4.0, 4.0), 0)
def test_block_mean_keeps_the_mean(
    grid: Grid, spacing_mm: tuple[float, float, float], seed: int
) -> None:
    hu = noise(grid.shape, seed)
    coarse = block_mean(hu, grid, grid.with_spacing(spacing_mm))
    assert coarse.dtype == np.float32
    assert float(coarse.mean(dtype=float)) == pytest.approx(float(hu.mean()), abs=0.01)


def integrated(hu: np.ndarray, grid: Grid, target: Grid) -> np.ndarray:
    """Return means over intervals by differences of the integral, one axis after the other."""
    out = hu.astype(float)
    for axis in range(3):
        size = grid.shape[axis]
        centre = grid.to_index(target.affine[:3, 3][None])[0, axis]
        step = target.spacing_mm[axis] / grid.spacing_mm[axis]
        faces = centre + step * (np.arange(target.shape[axis] + 1) - 0.5)
        faces = np.clip(faces, -0.5, size - 0.5)
        lines = np.moveaxis(out, axis, -1)
        sums = np.concatenate([np.zeros((*lines.shape[:-1], 1)), lines.cumsum(-1)], -1)
        low = np.clip(np.floor(faces + 0.5).astype(int), 0, size - 1)
        integral = sums[..., low] + lines[..., low] * (faces + 0.5 - low)
        out = np.moveaxis(np.diff(integral) / np.diff(faces), -1, axis)
    return out


@settings(max_examples=40)
@given(grid=grids(shapes(15)), spacing_mm=spacings, seed=seeds)
def test_block_mean_is_the_mean_of_what_a_voxel_covers(
    grid: Grid, spacing_mm: tuple[float, float, float], seed: int
) -> None:
    hu, target = noise(grid.shape, seed), grid.with_spacing(spacing_mm)
    np.testing.assert_allclose(
        block_mean(hu, grid, target), integrated(hu, grid, target), atol=0.01
    )


def test_block_mean_over_the_face_takes_what_lies_inside_and_repeats_the_edge_beyond() -> None:
    grid = Grid.axial((1, 1, 4), (1.0, 1.0, 1.0))
    hu = np.array([[[0, 100, 200, 300]]], np.int16)
    target = Grid.axial((1, 1, 6), (1.0, 1.0, 1.5), (-3.0, 0.0, 0.0))
    # The scan spans -0.5 to 3.5, the faces lie at -3.75, -2.25, -0.75, 0.75, 2.25, 3.75, 5.25.
    expected = [0.0, 0.0, 0.25 / 1.25 * 100, (0.75 * 100 + 0.75 * 200) / 1.5]
    expected += [(0.25 * 200 + 1.0 * 300) / 1.25, 300.0]
    np.testing.assert_allclose(block_mean(hu, grid, target)[0, 0], expected, atol=0.01)


@settings(max_examples=40)
@given(grid=grids(shapes(12)), spacing_mm=spacings, by=st.tuples(*[st.integers(-3, 3)] * 3))
def test_nearest_is_that_of_itk(
    grid: Grid, spacing_mm: tuple[float, float, float], by: Index
) -> None:
    codes = (noise(grid.shape, 5) % 7).astype(np.uint8)
    target = grid.with_spacing(spacing_mm)
    target = target.extend_to(Box.whole(target.shape).shift(by))
    expected = sitk.GetArrayFromImage(
        sitk.Resample(
            as_itk(codes, grid),
            as_itk(np.zeros(target.shape, np.uint8), target),
            sitk.Transform(),
            sitk.sitkNearestNeighbor,
        )
    )
    # Halfway between two voxels either is nearest.
    where = positions(target, grid)
    clear = (np.abs(where - np.floor(where) - 0.5) > 1e-4).all(0)
    found = nearest(codes, grid, target)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[clear], expected[clear])


@given(grid=grids(st.just((4, 6, 8))), first=st.tuples(*[st.integers(0, 1)] * 3))
def test_halfway_between_two_voxels_the_later_is_nearest(grid: Grid, first: Index) -> None:
    codes = np.arange(192, dtype=np.uint8).reshape(grid.shape)
    a, b, c = (2 * s for s in grid.spacing_mm)
    target = grid.with_spacing((a, b, c))  # each voxel lies in the middle of eight
    box = Box(first, target.shape)
    found = nearest(codes, grid, target.cut(box))
    np.testing.assert_array_equal(found, codes[1::2, 1::2, 1::2][box.slices])


def test_nearest_is_background_outside_the_label_map() -> None:
    grid = Grid.axial((2, 2, 2), (1.0, 1.0, 1.0))
    codes = np.full(grid.shape, 6, np.uint8)
    found = nearest(codes, grid, grid.extend_to(Box((-1, 0, 0), (3, 2, 2))))
    assert found[:, 0, 0].tolist() == [0, 6, 6, 0]
    assert not nearest(codes, grid, grid.extend_to(Box((7, 0, 0), (9, 2, 2)))).any()


@settings(max_examples=40)
@given(grid=grids(shapes(9)), spacing_mm=spacings)
def test_labels_survive_a_finer_grid_and_back(
    grid: Grid, spacing_mm: tuple[float, float, float]
) -> None:
    codes = (noise(grid.shape, 5) % 7).astype(np.uint8)
    a, b, c = (min(s, t) for s, t in zip(spacing_mm, grid.spacing_mm, strict=True))
    finer = grid.with_spacing((a / 2, b / 2, c / 2))
    np.testing.assert_array_equal(nearest(nearest(codes, grid, finer), finer, grid), codes)


def test_grids_of_other_directions_are_refused() -> None:
    grid = Grid.axial((3, 3, 3), (1.0, 1.0, 1.0))
    other = Grid(grid.shape, np.diag([1.0, 1.0, 1.0, 1.0]))
    hu = noise(grid.shape, 0)
    for done in (
        lambda: resample(hu, grid, other),
        lambda: block_mean(hu, grid, other),
        lambda: nearest(hu.astype(np.uint8), grid, other),
    ):
        with pytest.raises(GridMismatch, match="keeps the directions of a grid"):
            done()
