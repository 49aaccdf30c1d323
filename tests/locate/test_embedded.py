"""The heart locator in the wheel, with a small network in place of the trained one."""

from pathlib import Path

import numpy as np
import pytest

from corcal.core.box import Box
from corcal.core.errors import ModelRefused
from corcal.core.grid import Grid
from corcal.locate.embedded import MODELS, EmbeddedLocator
from corcal.testing.small_networks import write_small_locator

GRID = Grid.axial((30, 80, 90), (5.0, 2.0, 2.0), (-90.0, -80.0, 40.0))
#: 50 x 60 x 60 mm of soft tissue in air.
HEART = Box((10, 20, 30), (20, 50, 60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small_locator(tmp_path)
    return tmp_path


def scan_hu() -> np.ndarray:
    hu = np.full(GRID.shape, -1000, np.int16)
    hu[HEART.slices] = 60
    return hu


def test_the_heart_is_found_where_it_lies(folder: Path) -> None:
    mask, grid = EmbeddedLocator(folder).locate(scan_hu(), GRID)
    assert mask.dtype == np.bool_
    assert mask.shape == grid.shape
    np.testing.assert_allclose(grid.spacing_mm, (4.0, 4.0, 4.0), rtol=0.02)
    assert mask.sum() * grid.voxel_mm3 == pytest.approx(50 * 60 * 60, rel=0.2)
    centre = grid.to_lps(np.argwhere(mask).mean(0)[None])
    expected = GRID.to_lps(np.array([[14.5, 34.5, 44.5]]))
    np.testing.assert_allclose(centre, expected, atol=2.0)


def test_an_empty_chest_has_no_heart(folder: Path) -> None:
    mask, _ = EmbeddedLocator(folder).locate(np.full(GRID.shape, -1000, np.int16), GRID)
    assert not mask.any()


def test_views_and_read_only_arrays_are_taken_and_left_alone(folder: Path) -> None:
    locator, hu = EmbeddedLocator(folder), scan_hu()
    expected, _ = locator.locate(hu, GRID)
    wide = np.zeros((30, 80, 180), np.int16)
    wide[:, :, ::2] = hu
    for same in (wide[:, :, ::2], np.asfortranarray(hu), np.flip(np.flip(hu, 1).copy(), 1)):
        same.flags.writeable = False
        np.testing.assert_array_equal(locator.locate(same, GRID)[0], expected)
    np.testing.assert_array_equal(hu, scan_hu())


def test_the_model_is_named(folder: Path) -> None:
    locator = EmbeddedLocator(folder)
    assert locator.name == "small heart 1"
    assert len(locator.sha256) == 64


def test_a_folder_without_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"heart.json is missing"):
        EmbeddedLocator(tmp_path)


@pytest.mark.skipif(not (MODELS / "heart.json").exists(), reason="the model is not trained yet")
def test_the_trained_model_takes_views_and_repeats_itself() -> None:
    locator = EmbeddedLocator()
    hu = scan_hu()
    hu.flags.writeable = False
    first, second, third = (
        locator.locate(same, GRID)[0] for same in (hu, hu, np.asfortranarray(hu))
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, third)
