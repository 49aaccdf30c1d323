"""The segmenter in the wheel, with a small network in place of the trained one."""

import json
from pathlib import Path

import numpy as np
import pytest

from corcal.core.box import Box
from corcal.core.errors import ModelRefused, SettingsRefused
from corcal.core.grid import Grid
from corcal.segment.embedded import MODELS, EmbeddedSegmenter
from corcal.testing.small_networks import write_small_segmenter

GRID = Grid.axial((35, 40, 33), (0.8, 0.73, 0.73), (12.0, -40.0, 7.0))
HEART = Box((4, 6, 5), (30, 36, 29))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small_segmenter(tmp_path)
    return tmp_path


def crop() -> tuple[np.ndarray, np.ndarray]:
    hu = np.random.default_rng(0).normal(0, 100, GRID.shape).astype(np.float32)
    heart = np.zeros(GRID.shape, dtype=bool)
    heart[HEART.slices] = True
    return hu, heart


def test_the_network_gets_the_crop_and_answers_on_its_voxels(folder: Path) -> None:
    hu, heart = crop()
    found = EmbeddedSegmenter(folder).probabilities(hu, heart, GRID)
    assert found.dtype == np.float32
    assert found.shape == (6, *GRID.shape)
    for channel in found[3:]:
        np.testing.assert_allclose(channel, hu, atol=1e-5)


def test_the_network_gets_the_frame_of_the_heart(folder: Path) -> None:
    hu, heart = crop()
    found = EmbeddedSegmenter(folder).probabilities(hu, heart, GRID)[:3]
    centre = GRID.to_lps(np.argwhere(heart).mean(0)[None])
    side_mm = (heart.sum() * GRID.voxel_mm3) ** (1 / 3)
    # A block of 2 x 2 x 2 has the place of its middle, wherever the crop was padded to.
    index = (np.argwhere(np.ones(GRID.shape)) // 2).astype(np.float64) * 2 + 0.5
    expected = (GRID.to_lps(index) - centre) / side_mm
    np.testing.assert_allclose(found.reshape(3, -1).T, expected, atol=1e-5)


def test_views_and_read_only_arrays_are_taken_and_left_alone(folder: Path) -> None:
    segmenter, (hu, heart) = EmbeddedSegmenter(folder), crop()
    expected = segmenter.probabilities(hu, heart, GRID)
    for same in (np.asfortranarray(hu), np.flip(np.flip(hu, 0).copy(), 0)):
        same.flags.writeable = heart.flags.writeable = False
        np.testing.assert_array_equal(segmenter.probabilities(same, heart, GRID), expected)
    np.testing.assert_array_equal(hu, crop()[0])


def test_the_model_is_named(folder: Path) -> None:
    segmenter = EmbeddedSegmenter(folder)
    assert segmenter.name == "small arteries 1"
    assert len(segmenter.sha256) == 64


def test_the_answer_of_several_members_is_their_mean(tmp_path: Path) -> None:
    write_small_segmenter(tmp_path, members=3)
    segmenter, (hu, heart) = EmbeddedSegmenter(tmp_path), crop()
    found = segmenter.probabilities(hu, heart, GRID)
    assert segmenter.name == "small arteries 1 (3 of 3 members)"
    assert found.dtype == np.float32
    one = EmbeddedSegmenter(tmp_path, members=1).probabilities(hu, heart, GRID)
    # 1, 2 and 3 times the HU; the frame is that of each.
    for channel in found[3:]:
        np.testing.assert_allclose(channel, 2.0 * hu, rtol=1e-6)
    np.testing.assert_allclose(found[:3], one[:3], rtol=1e-6)
    np.testing.assert_array_equal(one[3], hu)
    # The memory that was given back after each network is claimed again.
    np.testing.assert_array_equal(segmenter.probabilities(hu, heart, GRID), found)


def test_the_first_members_are_run_and_all_are_checked(tmp_path: Path) -> None:
    write_small_segmenter(tmp_path, members=3)
    every, two = EmbeddedSegmenter(tmp_path), EmbeddedSegmenter(tmp_path, members=2)
    hu, heart = crop()
    np.testing.assert_allclose(two.probabilities(hu, heart, GRID)[4], 1.5 * hu, rtol=1e-6)
    assert two.name == "small arteries 1 (2 of 3 members)"
    assert two.sha256 == every.sha256
    (tmp_path / "arteries-3.bin").write_bytes(b"other")
    with pytest.raises(ModelRefused, match=r"arteries-3.bin has SHA-256"):
        EmbeddedSegmenter(tmp_path, members=2)


def test_more_members_than_there_are_are_refused(tmp_path: Path) -> None:
    write_small_segmenter(tmp_path, members=2)
    with pytest.raises(
        SettingsRefused,
        match=r"segmentation.members is 3, but the artery segmenter has 2: give 1 to 2, or 0",
    ):
        EmbeddedSegmenter(tmp_path, members=3)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("arteries", "arteries-3"), "their numbers must follow each other"),
        (("arteries", "arteries-2.xml"), "does not name the hash of arteries-2.bin"),
    ],
)
def test_a_manifest_that_names_half_of_a_member_is_refused(
    tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    write_small_segmenter(tmp_path, members=3)
    path = tmp_path / "arteries.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = {
        file: sha256
        for file, sha256 in manifest["files"].items()
        if file in names or file.rpartition(".")[0] in names
    }
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelRefused, match=said):
        EmbeddedSegmenter(tmp_path)


def test_a_folder_without_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"arteries.json is missing"):
        EmbeddedSegmenter(tmp_path)


@pytest.mark.skipif(not (MODELS / "arteries.json").exists(), reason="the model is not trained yet")
def test_the_trained_model_returns_probabilities_and_repeats_itself() -> None:
    segmenter, (hu, heart) = EmbeddedSegmenter(), crop()
    hu.flags.writeable = False
    first, second, third = (
        segmenter.probabilities(same, heart, GRID) for same in (hu, hu, np.asfortranarray(hu))
    )
    assert first.min() >= 0.0
    assert first.max() <= 1.0
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, third)
