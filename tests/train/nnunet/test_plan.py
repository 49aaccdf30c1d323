"""The plan: of the paper, of the settings, and of the dataset's own intensities."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.errors import DatasetRefused, SettingsRefused
from corcal.segment.bundle.manifest import BundleFacts
from corcal.segment.bundle.plan import parse_plan
from corcal.settings import Settings
from corcal.train.nnunet.fingerprint import Fingerprint, fingerprint_of
from corcal.train.nnunet.plan import change_training, plans_json, write_plan
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import small_settings

SOME = Fingerprint(
    ((200, 250, 260), (220, 240, 250), (180, 230, 240)),
    {
        "max": 1500.0,
        "mean": 120.0,
        "median": 60.0,
        "min": -200.0,
        "percentile_00_5": -90.0,
        "percentile_99_5": 900.0,
        "std": 190.0,
    },
)


def test_the_papers_plan_field_by_field() -> None:
    plans = plans_json(Settings.paper(), SOME)
    chosen = plans["configurations"]["3d_fullres"]
    network = chosen["architecture"]["arch_kwargs"]
    assert chosen["patch_size"] == [112, 128, 160]
    assert chosen["batch_size"] == 2
    assert chosen["spacing"] == [0.8, 0.73, 0.73]
    assert chosen["normalization_schemes"] == ["CTNormalization"]
    assert network["n_stages"] == 6
    assert network["strides"] == [[1] * 3, *[[2] * 3] * 4, [1, 2, 2]]
    assert network["kernel_sizes"] == [[3, 3, 3]] * 6
    assert network["features_per_stage"] == [32, 64, 128, 256, 320, 320]
    assert network["n_conv_per_stage"] == [2] * 6
    assert network["n_conv_per_stage_decoder"] == [2] * 5
    assert network["norm_op"].endswith("InstanceNorm3d")
    assert network["nonlin"] == "torch.nn.LeakyReLU"
    assert plans["transpose_forward"] == [0, 1, 2]
    assert plans["original_median_shape_after_transp"] == [200, 240, 250]


def test_the_plan_is_one_that_a_bundle_runs() -> None:
    settings = Settings.paper()
    facts = BundleFacts(
        name="n",
        version="1",
        configuration="3d_fullres",
        trainer="t",
        folds=(0,),
        mirroring_axes=(0, 1, 2),
        spacing_mm=settings.preparation.spacing_mm,
        padding_voxels=settings.preparation.padding_voxels,
    )
    plan = parse_plan(plans_json(settings, SOME), facts, "plans.json")
    assert plan.patch == (112, 128, 160)
    assert plan.intensities.upper_hu == 900.0


def test_a_plan_is_written_where_nnunet_looks_for_it(work: TrainingFolder) -> None:
    plans = write_plan(work)
    assert json.loads(work.plans_file.read_text()) == plans
    names = {p.name for p in work.preprocessed.iterdir()}
    assert names == {
        "corcal.json",
        "dataset.json",
        "dataset_fingerprint.json",
        "splits_final.json",
    }
    mean = plans["foreground_intensity_properties_per_channel"]["0"]["mean"]
    assert 100 < mean < 300


def test_a_dataset_with_permuted_keys_is_not_planned(work: TrainingFolder) -> None:
    path = work.raw / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    with pytest.raises(DatasetRefused, match="A program that sorts keys"):
        write_plan(work)
    assert not work.plans_file.exists()


def test_a_folder_without_a_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetRefused, match="corcal train dataset"):
        write_plan(TrainingFolder(tmp_path))


def test_a_patch_that_fits_no_network_changes_nothing(work: TrainingFolder, tmp_path: Path) -> None:
    before = work.settings_file.read_bytes()
    file = tmp_path / "odd.toml"
    file.write_text("[training]\npatch_voxels = [33, 32, 32]\nstages = 3\n")
    with pytest.raises(SettingsRefused, match="33 slices cannot be halved evenly"):
        change_training(work, file)
    assert work.settings_file.read_bytes() == before


def test_the_training_may_change_and_the_dataset_may_not(
    work: TrainingFolder, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[training]\nepochs = 7\npatch_voxels = [16, 32, 32]\n")
    change_training(work, file)
    changed = work.settings()
    assert changed == replace(
        small_settings(), training=replace(changed.training, epochs=7, patch_voxels=(16, 32, 32))
    )
    for text, name in (
        ("[training]\nfolds = 3", "training.folds 3"),
        ("[preparation]\ncrop_to_heart = false", "preparation.crop_to_heart False"),
        ("[training]\nmerge_regions = false", "training.merge_regions False"),
    ):
        file.write_text(text)
        with pytest.raises(SettingsRefused, match=rf"{name}: the dataset .* was made with"):
            change_training(work, file)
    assert work.settings() == changed


@given(st.lists(st.integers(2, 400), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_every_scan_weighs_the_same(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    scans = []
    for size in sizes:
        hu = rng.normal(100, 80, (1, 2, size)).astype(np.float32)
        codes = np.zeros(hu.shape, np.uint8)
        codes[0, 0] = 1
        scans.append((hu, codes))
    found = fingerprint_of(scans).intensities
    drawn = [hu[0, 0].astype(np.float64) for hu, _ in scans]
    assert np.isclose(found["mean"], np.mean([d.mean() for d in drawn]), atol=1e-3)
    spread = np.mean([((d - found["mean"]) ** 2).mean() for d in drawn])
    assert np.isclose(found["std"], np.sqrt(spread), atol=1e-3)
    assert found["min"] == min(d.min() for d in drawn)
    assert found["max"] == max(d.max() for d in drawn)
    assert found["min"] <= found["percentile_00_5"] <= found["median"]
    assert found["median"] <= found["percentile_99_5"] <= found["max"]


def test_a_dataset_without_a_drawn_voxel_has_no_fingerprint() -> None:
    empty = (np.zeros((2, 2, 2), np.float32), np.zeros((2, 2, 2), np.uint8))
    with pytest.raises(DatasetRefused, match="no artery is drawn"):
        fingerprint_of([empty])
