"""Disk and time of a training before it begins."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from corcal.cli.main import main
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.settings import Settings
from corcal.storage import read_csv, read_json, replace_file
from corcal.train.dataset.expected_crops import ExpectedCrops, expected_crops
from corcal.train.estimate import Need, estimate_manifest, estimate_training, network_of
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import small_settings

PAPER = Settings.paper()


@pytest.fixture
def fresh(work: TrainingFolder) -> TrainingFolder:
    """A dataset of one's own on which nobody has trained."""
    for folder in (work.preprocessed, work.folder / "results"):
        shutil.rmtree(folder, ignore_errors=True)
    return work


def test_the_papers_network_has_as_many_weights_as_nnunets() -> None:
    network = network_of(PAPER.training, PAPER.preparation.spacing_mm)
    assert network.weights == 30_789_214
    assert network.multiplications == 522_798_295_040


def test_twice_the_patch_in_each_direction_is_eight_times_the_work() -> None:
    stages = replace(PAPER.training, stages=3)
    small, large = (
        network_of(replace(stages, patch_voxels=(n, n, n)), (1.0, 1.0, 1.0)) for n in (32, 64)
    )
    assert large.weights == small.weights
    assert large.multiplications == 8 * small.multiplications


def test_what_the_papers_plan_takes_on_a_dataset(fresh: TrainingFolder) -> None:
    small = fresh.settings()
    replace_file(fresh.settings_file, replace(small, training=PAPER.training).to_toml().encode())
    need = estimate_training(fresh)
    assert need.steps == 62_500
    assert 5.9 < need.h100_hours < 7.0
    trained = [r.text("case") for r in read_csv(fresh.split_file).rows if r.text("part") != "test"]
    voxels = sum(math.prod(read_json(fresh.geometry_file(c))["crop_shape"]) for c in trained)
    assert need.disk_bytes == 5 * voxels + 5 * 4 * 8 * 30_789_214


def test_scans_that_are_preprocessed_take_no_more(fresh: TrainingFolder) -> None:
    before = estimate_training(fresh).disk_bytes
    case = next(r.text("case") for r in read_csv(fresh.split_file).rows if r.text("part") == "0")
    replace_file(fresh.cases / f"{case}.b2nd", b"there")
    voxels = math.prod(read_json(fresh.geometry_file(case))["crop_shape"])
    assert before - estimate_training(fresh).disk_bytes == 5 * voxels


def test_it_says_where_the_disk_may_not_do(
    fresh: TrainingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert "1 MB are free, which may not be enough; each fold" in estimate_training(fresh).text
    assert Need(7_400_000_000, 8_000_000_000, 62_500, 6.0, 1500.0).text == (
        "by arithmetic: up to 7.4 GB of disk, of which 8.0 GB are free; each fold 62,500 steps, "
        "about 6.0 hours of an H100 or 62 days of one CPU core"
    )


def test_before_the_dataset_is_made(manifest: Path, made: TrainingFolder) -> None:
    settings = made.settings()
    crops = expected_crops(manifest, settings)
    # Scans of 48 voxels of 2 mm are smaller than a large heart.
    assert crops == ExpectedCrops(5, 1, 5 * 48**3, 48**3)
    need = estimate_manifest(crops, settings, made.folder / "not" / "there")
    weights = network_of(settings.training, settings.preparation.spacing_mm).weights
    assert need.disk_bytes == 5 * 11 * 48**3 + 2 * 4 * 8 * weights
    assert need.steps == estimate_training(made).steps == 4
    assert need.disk_bytes > estimate_training(made).disk_bytes


def test_a_large_heart_in_a_chest(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chest = Grid.axial((400, 512, 512), (1.0, 0.7, 0.7))
    monkeypatch.setattr(
        "corcal.train.dataset.expected_crops.read_label_map",
        lambda _: ArteryLabels(np.broadcast_to(np.uint8(0), chest.shape), chest),
    )
    training = replace(PAPER.training, folds=2)
    with_crop = replace(PAPER, training=training)
    crop = replace(PAPER.preparation, crop_to_heart=False)
    whole = replace(with_crop, preparation=crop)
    # 145 slices without padding; 174 and 213 voxels with 10 on each side.
    assert expected_crops(manifest, with_crop).trained_voxels == 5 * 145 * 194 * 233
    assert expected_crops(manifest, whole).trained_voxels == 5 * 500 * 491 * 491


def test_the_command_says_it_and_writes_nothing(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "small.toml"
    file.write_text(small_settings().to_toml())
    given = ["--work", str(tmp_path / "work"), "--settings", str(file)]
    assert main(["train", "estimate", str(manifest), *given]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "5 scans to train on, 1 kept for tests, 2 folds"
    assert said[1].startswith("by arithmetic: up to 7 MB of disk, of which ")
    assert list(tmp_path.iterdir()) == [file]
