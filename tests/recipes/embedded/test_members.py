"""Further members: trained without half of the real scans twice, and the mean of the two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

import torch

from corcal.core.grid import Grid
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, save_case
from corcal.recipes.embedded.cases.scans import RealScans, Trust
from corcal.recipes.embedded.members import halves
from corcal.recipes.embedded.networks.from_openvino import read_segmenter
from corcal.recipes.embedded.recipe import Recipe, train_default
from corcal.segment import EmbeddedSegmenter
from corcal.storage import read_json

SCANS = RealScans(None, {name: Trust(complete=("RCA",)) for name in ("A", "B", "C")})
SMALL = Recipe(
    phantoms=1, acquired=0, base_steps=1, steps=1, heart_steps=0, members=2, member_steps=1,
    fold_steps=1, locator_steps=0, lesion_phantoms=0, batch=1, threads=1,
)  # fmt: skip


def test_each_scan_is_left_out_by_one_of_two_folds() -> None:
    assert halves(["A", "B", "C"]) == (("A", "C"), ("B",))
    assert halves(["A"]) == (("A",), ())


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


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::torch.jit.TracerWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)
def test_a_second_member_is_the_mean_of_its_folds(tmp_path: Path) -> None:
    fill(tmp_path / "bank")
    lines: list[str] = []
    models = train_default(SCANS, tmp_path, SMALL, on_progress=lines.append)
    assert EmbeddedSegmenter(models).name.endswith("(2 of 2 members)")
    folds = [tmp_path / "member-2" / f"fold-{k}" / "models" for k in (1, 2)]
    facts = [read_json(fold / "arteries.json")["trained_on"] for fold in folds]
    assert [f["held_out"] for f in facts] == [["A", "C"], ["B"]]
    assert [f["real"] for f in facts] == [["B"], ["A", "C"]]
    assert facts[0]["recipe"]["seed"] == 2
    one, two = (some_weights(read_segmenter(fold)) for fold in folds)
    assert not torch.equal(one, two)
    member = some_weights(read_segmenter(models, 2))
    torch.testing.assert_close(member, (one + two) / 2, rtol=2e-3, atol=1e-4)
    assert not torch.equal(member, some_weights(read_segmenter(models)))

    # A second call finds everything trained, and what has seen no real scan is shared with a run
    # that leaves one out.
    kept = {p: mean_of(p) for p in tmp_path.rglob("checkpoint.pt")}
    assert len(kept) == 5
    before = (models / "arteries-2.bin").read_bytes()
    train_default(SCANS, tmp_path, SMALL, on_progress=lines.append)
    assert (models / "arteries-2.bin").read_bytes() == before
    less = replace(SMALL, leave_out=("B",))
    alone = train_default(SCANS, tmp_path, less, on_progress=lines.append)
    assert alone == tmp_path / "without" / "B" / "models"
    fold = read_json(alone.parent / "member-2" / "fold-1" / "models" / "arteries.json")
    assert fold["trained_on"]["held_out"] == ["B", "A"]
    assert fold["trained_on"]["real"] == ["C"]
    assert all(torch.equal(mean_of(p), weights) for p, weights in kept.items())
    assert sorted(p.parent.name for p in alone.parent.rglob("checkpoint.pt")) == [
        "fold-1", "fold-2", "segmenter",
    ]  # fmt: skip
