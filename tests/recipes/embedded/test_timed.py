"""Training within a time: from cases to models that load, and on from where it ended."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.errors import SettingsRefused
from corcal.core.grid import Grid
from corcal.locate import EmbeddedLocator
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, save_case
from corcal.recipes.embedded.cases.chest import Chest, load_chest, save_chest
from corcal.recipes.embedded.cases.scans import RealScans, Trust
from corcal.recipes.embedded.checkpoints import SmallWeights
from corcal.recipes.embedded.recipe import Recipe
from corcal.recipes.embedded.timed import train_in_minutes
from corcal.recipes.embedded.timetable import Limits
from corcal.segment import EmbeddedSegmenter
from corcal.storage import read_json, read_json_lines
from tests.tracing import IGNORE_TRACING

SCANS = RealScans(None, {"A": Trust(complete=("RCA",))})
SMALL = Recipe(phantoms=0, chests=0, lesion_phantoms=0, threads=1)


def write_cases(out: Path) -> None:
    """Write two phantoms, a real scan with and without deposits, and two chests."""
    shape = (70, 80, 100)
    hu, packed = np.full(shape, 40, np.int16), np.full(shape, targets.HEART, np.uint16)
    hu[30:40, 30:40, 30:40], packed[30:40, 30:40, 30:40] = 600, targets.HEART | 5
    grid = Grid.axial(shape, (0.8, 0.73, 0.73))
    blur = (1.0, 0.5, 0.5)
    made = Case("", "phantom", hu, packed, grid, (28.0, 29.0, 36.0), 600.0, blur, {}, ())
    for name, kind in (
        ("phantom-00000", "phantom"),
        ("phantom-00001", "phantom"),
        ("A", "real"),
        ("A+0000", "real"),
    ):
        save_case(replace(made, name=name, kind=kind), out / "bank")
    heart = np.zeros((40, 60, 60), bool)
    heart[10:30, 20:40, 20:40] = True
    (out / "chests").mkdir()
    for name in ("phantom-50000", "A"):
        save_chest(Chest(name, "phantom", 40 * heart.astype(np.float32), heart), out / "chests")


def test_a_chest_comes_back_from_its_file(tmp_path: Path) -> None:
    heart = np.zeros((4, 5, 6), bool)
    heart[1:3] = True
    save_chest(Chest("A", "real", np.float32(39.6) * heart.astype(np.float32), heart), tmp_path)
    back = load_chest(tmp_path / "A.npz")
    assert (back.name, back.kind, back.hu.dtype.name) == ("A", "real", "float32")
    np.testing.assert_array_equal(back.hu, 40.0 * heart)
    np.testing.assert_array_equal(back.heart, heart)


def test_a_time_too_short_for_the_first_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"0 training cases after .* give more minutes"):
        train_in_minutes(
            RealScans(None), tmp_path, SMALL, Limits(0.005, workers=0), on_progress=print
        )


@pytest.mark.parametrize("other", [{"ablate": ("motion",)}, {"go_on_from": Path("models")}])
def test_what_a_time_has_no_part_for_is_refused(tmp_path: Path, other: dict[str, Any]) -> None:
    recipe = replace(SMALL, **other)
    with pytest.raises(SettingsRefused, match="no ablate and no go_on_from"):
        train_in_minutes(RealScans(None), tmp_path, recipe, Limits(1.0), on_progress=print)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@IGNORE_TRACING
def test_without_steps_real_scans_are_seen_whole_only(tmp_path: Path) -> None:
    write_cases(tmp_path)
    recipe = replace(SMALL, steps=0, locator_steps=0)
    limits = Limits(0.3, workers=0, export=False)
    weights = train_in_minutes(SCANS, tmp_path, recipe, limits, on_progress=print)
    assert [line["stage"] for line in read_json_lines(weights / "log.jsonl")] == ["base", "hearts"]


@pytest.mark.slow
@IGNORE_TRACING
def test_models_come_out_in_time_and_a_second_call_finishes_them(tmp_path: Path) -> None:
    write_cases(tmp_path)
    weights = tmp_path / "weights"
    limits = Limits(0.5, workers=0, export=False, device_gb=1.0)
    began = time.monotonic()
    assert train_in_minutes(SCANS, tmp_path, SMALL, limits, on_progress=print) == weights
    lines = list(read_json_lines(weights / "log.jsonl"))
    assert [line["stage"] for line in lines] == ["locator", "base", "segmenter", "hearts"]
    assert lines[-1]["seconds"] <= round(time.monotonic() - began, 1)
    kept = {stage: SmallWeights(weights / f"{stage}.pt") for stage in ("base", "hearts")}
    assert all(k.share() == 1.0 for k in kept.values())
    assert sorted(p.name for p in weights.iterdir()) == [
        "base.pt", "hearts.pt", "locator.pt", "log.jsonl", "segmenter.pt",
    ]  # fmt: skip

    before = kept["hearts"].path.read_bytes()
    models = train_in_minutes(
        SCANS, tmp_path, SMALL, replace(limits, export=True), on_progress=print
    )
    assert kept["hearts"].path.read_bytes() == before
    assert EmbeddedLocator(models).probability(np.zeros((16, 32, 32), np.float32)).max() <= 1.0
    card = read_json(models / "arteries.json")
    assert card["trained_on"]["real"] == ["A"]
    assert card["trained_on"]["recipe"]["precision"] == "float32"
    assert card["steps"]["hearts"] == kept["hearts"].steps()
    hu, heart = np.zeros((32, 64, 32), np.float32), np.ones((32, 64, 32), bool)
    grid = Grid.axial(hu.shape, (0.8, 0.73, 0.73))
    regions = EmbeddedSegmenter(models).probabilities(hu, heart, grid)
    assert regions.shape == (6, 32, 64, 32)
    assert ((regions >= 0) & (regions <= 1)).all()
