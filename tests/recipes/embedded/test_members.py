"""Further members: each goes on from the first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.core.errors import ModelRefused, SettingsRefused
from corcal.core.grid import Grid
from corcal.recipes.embedded.by_steps import train_default
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, save_case
from corcal.recipes.embedded.cases.scans import RealScans, Trust
from corcal.recipes.embedded.networks.from_openvino import read_segmenter
from corcal.recipes.embedded.recipe import Recipe
from corcal.segment import EmbeddedSegmenter
from corcal.storage import read_json
from tests.tracing import IGNORE_TRACING

SCANS = RealScans(None, {name: Trust(complete=("RCA",)) for name in ("A", "B", "C")})
SMALL = Recipe(
    phantoms=1, acquired=0, base_steps=1, steps=1, heart_steps=0, members=2, member_steps=1,
    member_phantoms=0, locator_steps=0, lesion_phantoms=0, batch=1, threads=1,
)  # fmt: skip


def fill(bank: Path) -> None:
    """Write a phantom and three real scans, each of its own brightness."""
    shape = (40, 48, 48)
    packed = np.full(shape, targets.HEART, np.uint16)
    packed[10:20, 10:20, 10:20] = targets.HEART | 5
    grid, blur = Grid.axial(shape, (0.8, 0.73, 0.73)), (1.0, 0.5, 0.5)
    for number, name in enumerate(("phantom-00000", "A", "B", "C")):
        kind = "phantom" if number == 0 else "real"
        hu = np.where(packed == targets.HEART, 40, 400 + 100 * number).astype(np.int16)
        made = Case(name, kind, hu, packed, grid, (17.0, 17.0, 16.0), 600.0, blur, {}, ())
        save_case(made, bank)


def some_weights(network: torch.nn.Module) -> torch.Tensor:
    value: torch.Tensor = network.state_dict()["mix.weight"]
    return value


def mean_of(checkpoint: Path) -> torch.Tensor:
    """Return some of the averaged weights of a checkpoint."""
    value: torch.Tensor = torch.load(checkpoint, weights_only=True)["mean"]["mix.weight"]
    return value


def test_a_folder_without_a_segmenter_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    wrong = replace(SMALL, go_on_from=tmp_path)
    with pytest.raises(ModelRefused, match=r"arteries\.json"):
        train_default(SCANS, tmp_path / "work", wrong, on_progress=print)
    assert not (tmp_path / "work").exists()


def test_a_part_that_nobody_knows_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    wrong = replace(SMALL, ablate=("movement",))
    with pytest.raises(SettingsRefused, match=r"no part 'movement' to ablate; known: \['motion'"):
        train_default(SCANS, tmp_path / "work", wrong, on_progress=print)
    assert not (tmp_path / "work").exists()


@pytest.mark.slow
@IGNORE_TRACING
def test_a_second_member_goes_on_from_the_first_and_stands_before_it(tmp_path: Path) -> None:
    fill(tmp_path / "bank")
    lines: list[str] = []
    models = train_default(SCANS, tmp_path, SMALL, on_progress=lines.append)
    assert EmbeddedSegmenter(models).name.endswith("(2 of 2 members)")
    assert read_json(models / "arteries.json")["trained_on"]["real"] == ["A", "B", "C"]
    last, first = (some_weights(read_segmenter(models, number)) for number in (1, 2))
    torch.testing.assert_close(
        last, mean_of(tmp_path / "member-2" / "checkpoint.pt"), rtol=2e-3, atol=1e-4
    )
    # One step at the low rate of a warm-up away from where it went on from.
    assert 0 < float((last - first).abs().max()) < 1e-3

    # A second call finds everything trained; one that leaves a scan out trains its own.
    before = (models / "arteries.bin").read_bytes()
    train_default(SCANS, tmp_path, SMALL, on_progress=lines.append)
    assert (models / "arteries.bin").read_bytes() == before
    less = replace(SMALL, leave_out=("B",))
    alone = train_default(SCANS, tmp_path, less, on_progress=lines.append)
    assert read_json(alone / "arteries.json")["trained_on"]["real"] == ["A", "C"]
    assert (alone.parent / "member-2" / "checkpoint.pt").exists()


@pytest.mark.slow
@IGNORE_TRACING
def test_without_context_as_much_time_goes_on_patches(tmp_path: Path) -> None:
    fill(tmp_path / "bank")
    lines: list[str] = []
    recipe = replace(
        SMALL, steps=0, heart_steps=9, members=1, ablate=("context",), leave_out=("A",),
        lesion_phantoms=1,
    )  # fmt: skip
    models = train_default(SCANS, tmp_path, recipe, on_progress=lines.append)
    assert any("whole hearts: step 25," in line for line in lines)  # 27 in all
    manifest = read_json(models / "arteries.json")
    assert manifest["trained_on"]["recipe"]["ablate"] == ["context"]
    # One phantom gives the network's own lesion model, or no candidate to fit one on.
    assert "lesion_model" in manifest or "lesion model: no candidate in 1 cases" in lines[-2]
