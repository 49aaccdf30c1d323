"""Variants of the method: each a change of the settings, on one split, in one table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corcal.core.errors import SettingsRefused
from corcal.locate.embedded import EmbeddedLocator
from corcal.segment import Bundle
from corcal.settings import Settings
from corcal.storage import read_csv, read_json, write_nifti
from corcal.studies.ablation.variants import (
    Runner,
    choose_variants,
    run_variants,
    variant_settings,
)
from corcal.testing.small_bundles import FACTS, write_small_bundle
from corcal.train import Machine, TrainingFolder, make_dataset, read_manifest
from corcal.train.bundle.origin import origin_of
from tests.train.cohort import scan_of, small_settings, write_cohort

NAMES = ("full", "no_crop", "no_regions")


def test_a_variant_is_one_change_and_nothing_else() -> None:
    paper = Settings.paper()
    assert variant_settings("full", paper) == paper
    no_crop, no_regions = (variant_settings(name, paper) for name in NAMES[1:])
    assert no_crop != paper
    assert replace(no_crop, preparation=paper.preparation) == paper
    assert replace(no_crop.preparation, crop_to_heart=True) == paper.preparation
    assert no_regions != paper
    assert replace(no_regions.training, merge_regions=True) == paper.training
    assert replace(no_regions, training=paper.training) == paper


def test_variants_are_named() -> None:
    assert choose_variants("") == NAMES
    assert choose_variants("no_crop, full,no_crop") == ("no_crop", "full")
    with pytest.raises(SettingsRefused, match="no variant 'half'"):
        choose_variants("half")


@pytest.fixture
def trained(tmp_path: Path) -> tuple[Path, Path, Settings]:
    """A manifest, and a folder of variants whose models have found everything but the LCX."""
    manifest, out, settings = write_cohort(tmp_path / "in"), tmp_path / "out", small_settings()
    for name in NAMES:
        work = TrainingFolder(out / name)
        split = make_dataset(manifest, work, variant_settings(name, settings)).split
        facts = replace(FACTS, name=name, origin=origin_of(work))
        write_small_bundle(out / f"{name}.corcal", facts)
        for row in read_manifest(manifest):
            if row.case in split.test:
                _, codes, _, grid = scan_of(row.number - 1)
                codes[codes == 6] = 3
                home = out / f"{name}_scored" / row.case
                home.mkdir(parents=True)
                write_nifti(home / "labels.nii.gz", codes, grid.affine)
    return manifest, out, settings


def test_all_are_scored_on_the_same_scans(trained: tuple[Path, Path, Settings]) -> None:
    manifest, out, settings = trained
    runner = Runner(Machine(), (0,), EmbeddedLocator(), lambda _: None, lambda *_: None)
    table = run_variants(manifest, out, settings, names=NAMES, runner=runner)
    assert table == out / "variants.md"
    rows = read_csv(out / "variants.csv").rows
    assert [(r.text("Model"), r.text("Artery"), r.text("Sensitivity")) for r in rows] == [
        (title, artery, found)
        for title in ("full method", "without heart crop", "without region merging")
        for artery, found in (("RCA", "1.00"), ("LAD", "1.00"), ("LCX", "0.00"))
    ]
    splits = [(out / name / "split.csv").read_bytes() for name in NAMES]
    assert splits[0] == splits[1] == splits[2]
    assert len({(out / f"{name}_scored" / "reference.csv").read_bytes() for name in NAMES}) == 1


def test_what_was_taken_out_is_out(trained: tuple[Path, Path, Settings]) -> None:
    _, out, _ = trained
    works = {name: TrainingFolder(out / name) for name in NAMES}
    shapes = {
        name: read_json(work.geometry_file("case_0001"))["crop_shape"]
        for name, work in works.items()
    }
    assert shapes["no_crop"] == [48, 48, 48]
    assert shapes["full"] == shapes["no_regions"]
    assert max(shapes["full"]) < 48
    labels = {
        name: json.loads((work.raw / "dataset.json").read_text())["labels"]
        for name, work in works.items()
    }
    assert labels["full"] == labels["no_crop"]
    assert labels["full"]["whole_RCA"] == [1, 4]
    assert sorted(labels["no_regions"].values()) == [0, 1, 2, 3, 4, 5, 6]


def test_the_card_of_each_has_its_test(trained: tuple[Path, Path, Settings]) -> None:
    manifest, out, settings = trained
    runner = Runner(Machine(), (0,), EmbeddedLocator(), lambda _: None, lambda *_: None)
    run_variants(manifest, out, settings, names=("no_crop",), runner=runner)
    card = Bundle.open(out / "no_crop.corcal").card()
    assert "| without heart crop | LCX | 1 | 1 | 0.00 |" in card
    assert "Not validated" in card


def test_without_a_test_set_there_is_nothing_to_compare(tmp_path: Path) -> None:
    runner = Runner(Machine(), (0,), EmbeddedLocator(), lambda _: None, lambda *_: None)
    none = small_settings(test_share=0.0)
    with pytest.raises(SettingsRefused, match="no scan is kept for the variants' test"):
        run_variants(tmp_path / "m.csv", tmp_path, none, names=("full",), runner=runner)
