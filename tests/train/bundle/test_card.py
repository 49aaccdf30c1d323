"""The card of a trained model, and the curve it is made from."""

from __future__ import annotations

from corcal import DISCLAIMER
from corcal.segment.bundle.manifest import BundleFacts
from corcal.train.bundle.card import card_text, read_curve
from corcal.train.events import EpochDone, encode
from corcal.train.training_folder import TrainingFolder

FACTS = BundleFacts(
    name="mine",
    version="2",
    configuration="3d_fullres",
    trainer="t",
    folds=(0, 1),
    mirroring_axes=(),
    spacing_mm=(2.0, 2.0, 2.0),
    padding_voxels=(2, 2, 2),
)


def epoch(number: int, dice: float | None) -> str:
    return encode(EpochDone(number, 2, -0.1, -0.2, {"whole_RCA": dice}))


def test_a_curve_after_a_stop_and_a_cut_line(work: TrainingFolder) -> None:
    folder = work.fold(0)
    folder.mkdir(parents=True)
    assert read_curve(folder) == ()
    lines = [epoch(1, 0.1), epoch(2, 0.2), epoch(2, 0.3), epoch(3, 0.4)[:20]]
    (folder / "progress.jsonl").write_text("".join(lines))
    assert [(e.epoch, e.dice["whole_RCA"]) for e in read_curve(folder)] == [(1, 0.1), (2, 0.3)]


def test_the_card_says_what_the_model_is_made_from(work: TrainingFolder) -> None:
    for fold, dice in ((0, 0.5), (1, None)):
        work.fold(fold).mkdir(parents=True)
        (work.fold(fold) / "progress.jsonl").write_text(epoch(2, dice))
    card = card_text(FACTS, work, {0: "a", 1: "b"})
    assert DISCLAIMER in card
    assert "| scans trained on | 5 |" in card
    assert "| scans kept for tests | 1 |" in card
    assert "| whole_RCA | 0.500 | - |" in card
    assert "no measure of accuracy" in card
    assert "Smith" not in card
