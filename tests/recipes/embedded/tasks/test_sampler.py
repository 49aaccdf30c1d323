"""Patches: targets stay on the image, and the frame agrees with the one used for scoring."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, save_case
from corcal.recipes.embedded.networks.network import ARTERY_OFFSET, Segmenter, region_probabilities
from corcal.recipes.embedded.tasks.hearts import (
    HeartInMemory,
    HeartOnDisk,
    HeartStore,
    heart_in_memory,
)
from corcal.recipes.embedded.tasks.sampler import Augmentation, sample_patches
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask
from corcal.segment.frame import heart_frame

SHAPE = (80, 90, 100)
STILL = Augmentation(turn_degrees=0.0, scale=(1.0, 1.0), frame_shift_mm=0.0)


def case(courses: dict[int, list[np.ndarray]] | None = None) -> Case:
    hu = np.full(SHAPE, 40, np.int16)
    codes = np.zeros(SHAPE, np.uint8)
    hu[30:50, 40:50, 40:60] = 600
    codes[30:50, 40:50, 40:60] = 5
    heart = np.ones(SHAPE, bool)
    packed = targets.encode(codes, {targets.HEART: heart})
    grid = Grid.axial(SHAPE, (0.8, 0.73, 0.73), (-30.0, 12.0, 100.0))
    centre = grid.to_lps((np.array([SHAPE]) - 1) / 2)[0]
    return Case(
        "made", "real", hu, packed, grid, tuple(centre), 600.0, (1.0, 0.5, 0.5), courses or {}, ()
    )


@pytest.mark.parametrize("seed", range(6))
def test_labels_follow_the_image_through_every_turn(seed: int) -> None:
    batch = sample_patches(
        [HeartOnDisk(case())], (32, 32, 64), np.random.default_rng(seed), Augmentation()
    )
    calcium = (batch["packed"][0] & targets.CODE_MASK).numpy() == 5
    image = batch["hu"][0, 0].numpy()
    if calcium.sum() > 500:
        assert image[calcium].mean() > 400
    if (~calcium).sum() > 500:
        assert image[~calcium].mean() < 200


def test_inserted_calcium_is_labelled_where_it_is_bright() -> None:
    line = case().grid.to_lps(
        np.stack([np.full(60, 60.0), np.full(60, 70.0), np.arange(20.0, 80)], 1)
    )
    heart = HeartOnDisk(case({1: [line]}), insert=1.0)
    batch = sample_patches([heart], (64, 64, 64), np.random.default_rng(4), Augmentation())
    found = (batch["packed"][0] & targets.CODE_MASK).numpy() == 4
    assert found.sum() > 20
    image = batch["hu"][0, 0].numpy()
    assert image[found].mean() > image[~found].mean() + 50


def test_a_heart_in_memory_gives_the_patches_of_one_on_disk() -> None:
    made = case()
    here = heart_in_memory(made, "cpu")
    assert (here.hu.dtype, here.packed.dtype) == (torch.int16, torch.int16)
    for seed in range(4):
        disk, memory = (
            sample_patches([h, h], (32, 32, 64), np.random.default_rng(seed), Augmentation())
            for h in (HeartOnDisk(made), here)
        )
        for name in ("hu", "frame", "packed"):
            assert torch.equal(disk[name], memory[name])


def test_a_store_keeps_hearts_in_memory_as_far_as_it_goes(tmp_path: Path) -> None:
    made = case()
    for name in ("a", "b"):
        save_case(replace(made, name=name), tmp_path)
    store = HeartStore("cpu", memory_gb=6.0e6 / 1e9)  # a heart of 80 x 90 x 100 takes 2.9 MB
    first, second = store.heart(tmp_path / "a"), store.heart(tmp_path / "b")
    assert isinstance(first, HeartInMemory)
    assert isinstance(second, HeartInMemory)
    assert store.heart(tmp_path / "a") is first
    small = HeartStore("cpu", memory_gb=3.0e6 / 1e9)
    kept, left = small.heart(tmp_path / "a"), small.heart(tmp_path / "b")
    assert isinstance(kept, HeartInMemory)
    assert isinstance(left, HeartOnDisk)
    assert left.insert == 0.0


def test_the_frame_of_a_patch_is_that_of_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    # Centred on the heart and unturned, a patch sees exactly the frame that scoring computes.
    made = case()
    shape = (32, 32, 32)
    middle = (np.array(SHAPE) - 1) / 2
    monkeypatch.setattr("corcal.recipes.embedded.tasks.sampler.patch_centre", lambda *_: middle)

    rng = np.random.default_rng(0)
    monkeypatch.setattr("corcal.recipes.embedded.tasks.sampler.rotation", lambda *_: np.eye(3))
    frame = sample_patches([HeartOnDisk(made)], shape, rng, STILL)["frame"][0].numpy()
    affine = made.grid.affine.copy()
    first = made.grid.to_lps((middle - (np.array(shape) - 1) / 2 + 0.5)[None])[0]
    affine[:3, :3] *= 2
    affine[:3, 3] = first
    expected = heart_frame(Grid((16, 16, 16), affine), np.array(made.heart_centre_mm), 600.0)
    # Size alone is jittered: compare up to one factor.
    factor = float((frame * expected).sum() / (expected**2).sum())
    assert 0.8 < factor < 1.25
    assert np.allclose(frame, factor * expected, atol=1e-4)


def test_the_segmenter_answers_on_the_grid_it_is_given() -> None:
    network = Segmenter().eval()
    with torch.no_grad():
        logits = network(torch.zeros(1, 1, 32, 64, 32), torch.zeros(1, 3, 16, 32, 16))
    assert logits.shape == (1, len(targets.DETECTED) + 3, 32, 64, 32)


def test_the_likeliest_artery_gets_what_is_detected() -> None:
    logits = torch.randn(1, len(targets.DETECTED) + 3, 4, 4, 4)
    regions = region_probabilities(logits)
    assert regions.shape == (1, 6, 4, 4, 4)
    for first, detected in ((0, logits[:, 0] - ARTERY_OFFSET), (3, logits[:, 1])):
        three = regions[:, first : first + 3]
        assert torch.equal(three.argmax(1), logits[:, -3:].argmax(1))
        assert torch.allclose(three.amax(1), torch.sigmoid(detected))
        assert (three.sort(1).values[:, :2] < 0.5).all()


class Drawn:
    """A heart that counts how often it is cut."""

    def __init__(self, name: str, kind: str, courses: dict[int, list[np.ndarray]]) -> None:
        self.case = replace(case(courses), name=name, kind=kind)
        self.count = 0

    def cut(self, box: Box, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        self.count += 1
        return HeartOnDisk(self.case, insert=0.0).cut(box, rng)


def test_scans_with_deposits_do_not_crowd_out_the_others() -> None:
    line = {1: [np.zeros((2, 3))]}
    traced = [Drawn(n, "real", line) for n in ("A", *(f"A+{i:04d}" for i in range(20)))]
    others = [Drawn("B", "real", {}), Drawn("phantom-00000", "phantom", {})]
    task = SegmenterTask([*traced, *others], patch=(32, 32, 32), real_share=0.5)
    for seed in range(50):
        task.batch(np.random.default_rng(seed), 8)
    # Half are real; three of four of these are the traced scan, seven of ten with deposits.
    shares = [h.count / 400 for h in (*others, traced[0])]
    np.testing.assert_allclose(shares, [0.125, 0.5, 0.375 * 0.3], atol=0.06)
    assert sum(h.count for h in traced[1:]) / 400 == pytest.approx(0.375 * 0.7, abs=0.08)
    assert min(h.count for h in traced[1:]) > 0
