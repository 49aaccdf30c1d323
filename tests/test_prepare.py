"""The one path to a network: resample, find the heart, crop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.core.box import Box, Index
from corcal.core.errors import HeartNotFound
from corcal.core.grid import Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation
from corcal.core.scan import Scan
from corcal.core.steps import LocatedHeart
from corcal.locate import heart_box, locate_heart
from corcal.prepare import check_trained_heart, preparation_for, prepare
from corcal.settings import Settings
from corcal.space.resampling import nearest, resample
from tests.grids import boxes_in, grids, shapes

steps = st.tuples(*[st.floats(0.6, 5.0)] * 3)


class Found:
    """A locator that finds what it is given."""

    name = "given"
    sha256 = ""
    device = "cpu"

    def __init__(self, mask: NDArray[np.bool_], grid: Grid) -> None:
        self._found = mask, grid

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        return self._found


def heart_in(grid: Grid, box: Box) -> LocatedHeart:
    mask = np.zeros(grid.shape, dtype=bool)
    mask[box.slices] = True
    return LocatedHeart(mask, grid)


def ramp(grid: Grid) -> Scan:
    """Return a scan whose values differ everywhere."""
    hu = np.random.default_rng(2).integers(-1000, 1000, grid.shape).astype(np.int16)
    return Scan(hu, grid)


@given(data=st.data(), grid=grids(shapes(14)), spacing_mm=steps)
def test_the_box_holds_every_voxel_of_the_heart_on_any_grid(
    data: st.DataObject, grid: Grid, spacing_mm: tuple[float, float, float]
) -> None:
    found_on = grid.with_spacing(spacing_mm)
    heart = heart_in(found_on, data.draw(boxes_in(found_on.shape)))

    box = heart_box(heart, grid)

    mask = nearest(heart.mask.astype(np.uint8), heart.grid, grid)
    assert mask[box.slices].sum() == mask.sum()
    # And it reaches less than a voxel further than the heart does.
    tight = Box.around(heart.mask)
    for ends in (1, -1):
        face = np.array([tight.stop if ends > 0 else tight.start]) - 0.5
        other = np.array([box.stop if ends > 0 else box.start]) - 0.5
        beyond = ends * (other - grid.to_index(heart.grid.to_lps(face)))
        assert (beyond < 1.0).all()


@given(data=st.data(), grid=grids(shapes(9)))
def test_on_its_own_grid_the_box_is_the_hearts_own(data: st.DataObject, grid: Grid) -> None:
    box = data.draw(boxes_in(grid.shape))
    assert heart_box(heart_in(grid, box), grid) == box


@given(data=st.data(), grid=grids(shapes(6)), factor=st.sampled_from([2, 3, 5]))
def test_blocks_of_voxels_are_covered_exactly(data: st.DataObject, grid: Grid, factor: int) -> None:
    a, b, c = (s / factor for s in grid.spacing_mm)
    box = data.draw(boxes_in(grid.shape))
    start, stop = np.array(box.start) * factor, np.array(box.stop) * factor
    found = heart_box(heart_in(grid, box), grid.with_spacing((a, b, c)))
    assert (found.start, found.stop) == (tuple(start), tuple(stop))


@given(
    shape=st.tuples(st.integers(5, 40), st.integers(20, 60), st.integers(20, 60)),
    spacing_mm=st.tuples(st.floats(0.5, 5.0), st.floats(0.4, 1.2), st.floats(0.4, 1.2)),
)
@settings(max_examples=25)
def test_the_working_spacing_is_the_papers_to_a_whole_number_of_voxels(
    shape: Index, spacing_mm: tuple[float, float, float]
) -> None:
    grid = Grid.axial(shape, spacing_mm)
    scan = Scan(np.zeros(shape, np.int16), grid)
    prepared = prepare(scan, heart_in(grid, Box.whole(shape)), Preparation())
    np.testing.assert_array_equal(prepared.resampled.shape, prepared.box.stop)
    extent_mm = np.array(shape) * spacing_mm
    voxels = extent_mm / (0.8, 0.73, 0.73)
    assert (np.abs(np.array(prepared.resampled.shape) - voxels) <= 0.5 + 1e-9).all()
    np.testing.assert_allclose(
        np.array(prepared.grid.spacing_mm) * prepared.resampled.shape, extent_mm
    )


@settings(max_examples=15)
@given(data=st.data(), grid=grids(st.just((30, 34, 38))))
def test_the_crop_is_that_part_of_the_resampled_scan(data: st.DataObject, grid: Grid) -> None:
    a, b, c = (s * f for s, f in zip(grid.spacing_mm, (0.9, 1.3, 0.8), strict=True))
    asked = Preparation((a, b, c), (2, 1, 3))
    coarse = grid.with_spacing((4 * a, 4 * b, 4 * c))
    heart = heart_in(coarse, data.draw(boxes_in(coarse.shape)))
    scan = ramp(grid)

    prepared = prepare(scan, heart, asked)

    whole = grid.with_spacing((a, b, c))
    assert prepared.resampled.matches(whole)
    assert prepared.grid.matches(whole.cut(prepared.box))
    assert prepared.hu.dtype == np.float32
    expected = resample(scan.hu, grid, whole)[prepared.box.slices]
    np.testing.assert_allclose(prepared.hu, expected, atol=0.01)
    mask = nearest(heart.mask.astype(np.uint8), coarse, whole).astype(bool)
    np.testing.assert_array_equal(prepared.heart, mask[prepared.box.slices])
    assert prepared.heart.sum() == mask.sum()
    padded = heart_box(heart, whole).pad((2, 1, 3))
    assert prepared.box == padded.intersect(Box.whole(whole.shape))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Settings(), Box((8, 10, 14), (38, 40, 44))),
        (Settings.paper(), Box((18, 10, 14), (28, 40, 44))),
    ],
)
def test_the_paper_pads_in_the_plane_only(asked: Settings, expected: Box) -> None:
    grid = Grid.axial((50, 60, 70), (0.8, 0.73, 0.73))
    heart = heart_in(grid, Box((18, 20, 24), (28, 30, 34)))
    assert prepare(ramp(grid), heart, asked.preparation).box == expected


def test_padding_ends_where_the_scan_ends() -> None:
    grid = Grid.axial((20, 30, 40), (0.8, 0.73, 0.73))
    heart = heart_in(grid, Box((0, 5, 35), (15, 15, 40)))
    assert prepare(ramp(grid), heart, Preparation()).box == Box((0, 0, 25), (20, 25, 40))


def test_the_heart_is_the_largest_part() -> None:
    grid = Grid.axial((6, 6, 6), (10.0, 10.0, 10.0))
    mask = heart_in(grid, Box((1, 1, 1), (3, 4, 3))).mask.copy()
    mask[5, 5, 3:6] = True
    heart = locate_heart(ramp(grid), Found(mask, grid))
    assert heart.grid is grid
    assert heart.volume_ml == pytest.approx(12.0)
    assert Box.around(heart.mask) == Box((1, 1, 1), (3, 4, 3))


def test_no_heart_is_an_error() -> None:
    grid = Grid.axial((6, 6, 6), (10.0, 10.0, 10.0))
    nothing = np.zeros(grid.shape, dtype=bool)
    with pytest.raises(HeartNotFound, match="no heart was found in the field of view"):
        locate_heart(ramp(grid), Found(nothing, grid))


class Untrained:
    """A segmenter that takes any crop."""

    name = "any 1"
    sha256 = ""
    device = "cpu"
    preparation: Preparation | None = None
    trained_heart: str | None = None
    lesion_model: LesionModel | None = None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        raise NotImplementedError


class Trained(Untrained):
    """A segmenter whose training had its own preparation."""

    name = "trained 1"
    preparation = Preparation(padding_voxels=(0, 10, 10))


class Locator(Found):
    """A locator with a name and a hash."""

    name = "hearts 2"
    sha256 = "b" * 64


def test_another_heart_locator_than_in_the_training_is_noted() -> None:
    grid = Grid.axial((6, 6, 6), (10.0, 10.0, 10.0))
    locator = Locator(np.ones(grid.shape, dtype=bool), grid)
    segmenter, crop = Trained(), Preparation()
    assert check_trained_heart(locator, segmenter, crop) == ()
    segmenter.trained_heart = f"hearts 2 {'b' * 64}"
    assert check_trained_heart(locator, segmenter, crop) == ()
    segmenter.trained_heart = f"hearts 1 {'a' * 64}"
    (notice,) = check_trained_heart(locator, segmenter, crop)
    assert notice.code == "other-heart-locator"
    assert notice.text == (
        "trained 1 was trained on hearts found by hearts 1 aaaaaaaaaaaa; this one was found by "
        "hearts 2 bbbbbbbbbbbb. The crop may differ from those of the training, and the result "
        "with it: choose the heart locator of the training (--heart, or heart from Python)"
    )
    assert check_trained_heart(locator, segmenter, Preparation(crop_to_heart=False)) == ()


@pytest.mark.parametrize("asked", [Preparation(), Settings.paper().preparation])
def test_a_crop_is_prepared_as_those_of_the_training_were(asked: Preparation) -> None:
    assert preparation_for(Trained(), asked) == (Trained.preparation, ())


def test_what_a_user_set_and_does_not_get_is_noted() -> None:
    asked = Preparation(spacing_mm=(1.0, 1.0, 1.0), padding_voxels=(0, 10, 10))
    given, (notice,) = preparation_for(Trained(), asked)
    assert given == Trained.preparation
    assert notice.code == "preparation-of-model"
    assert notice.text == (
        "the settings ask for spacing_mm (1.0, 1.0, 1.0); trained 1 was trained with, and was "
        "given, spacing_mm (0.8, 0.73, 0.73)"
    )


def test_a_segmenter_that_takes_any_crop_gets_what_was_asked_for() -> None:
    asked = Preparation(padding_voxels=(1, 2, 3))
    assert preparation_for(Untrained(), asked) == (asked, ())
