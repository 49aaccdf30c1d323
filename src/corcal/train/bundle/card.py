"""The model card of a trained model: what it was made from, in words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from corcal import DISCLAIMER, __version__
from corcal.segment import BundleFacts
from corcal.storage import read_csv
from corcal.train.bundle.accuracy import accuracy_text
from corcal.train.events import EpochDone, decode
from corcal.train.training_folder import TrainingFolder


def read_curve(fold: Path) -> tuple[EpochDone, ...]:
    """Return the epochs of a fold in order, as its progress.jsonl tells them.

    An epoch that was done again after a stop counts as it went the last time.
    """
    path = fold / "progress.jsonl"
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    epochs = {e.epoch: e for e in map(decode, lines) if isinstance(e, EpochDone)}
    return tuple(epochs[n] for n in sorted(epochs))


def card_text(facts: BundleFacts, work: TrainingFolder, weights: Mapping[int, str]) -> str:
    """Return the card as Markdown.

    Args:
        facts: of the bundle.
        work: where it was trained.
        weights: SHA-256 of the weights of each fold.
    """
    training = work.settings().training
    parts = _scans(work)
    trained = sum(n for part, n in parts.items() if part != "test")
    lines = [
        f"# {facts.name} {facts.version}",
        "",
        f"Finds RCA, left main + LAD, LCX and the calcium of each. {DISCLAIMER}",
        "",
        "## Training",
        "",
        f"Trained by nnU-Net v2 through corcal {__version__}, after Alnasser et al., Diagnostics "
        "2026, 16, 646.",
        "",
        "| | |",
        "|---|---|",
        f"| scans trained on | {trained} |",
        f"| scans kept for tests | {parts['test']} |",
        f"| folds in this model | {', '.join(map(str, facts.folds))} |",
        f"| spacing | {_by(facts.spacing_mm)} mm |",
        f"| padding of the heart | {_by(facts.padding_voxels)} voxels |",
        f"| patch | {_by(training.patch_voxels)} voxels, {training.batch} at a time |",
        f"| epochs | {training.epochs} of {training.iterations} steps |",
        "",
        "Every other number stands in `bundle.json` under `settings`.",
        "",
        "## Pseudo-Dice of the last epoch",
        "",
        "On random patches of the scans each fold was not trained on: a sign of how training "
        "went, no measure of accuracy.",
        "",
        *_dice_table(facts, work),
        "",
    ]
    return "\n".join(lines) + "\n" + accuracy_text(work, weights)


def _scans(work: TrainingFolder) -> Counter[str]:
    return Counter(row.text("part") for row in read_csv(work.split_file).rows)


def _dice_table(facts: BundleFacts, work: TrainingFolder) -> list[str]:
    curves = {fold: read_curve(work.fold(fold)) for fold in facts.folds}
    last = {fold: curve[-1] for fold, curve in curves.items() if curve}
    names = list(next(iter(last.values())).dice) if last else []
    header = "| region | " + " | ".join(f"fold {fold}" for fold in last) + " |"
    rows = [
        f"| {name} | " + " | ".join(_dice(e.dice.get(name)) for e in last.values()) + " |"
        for name in names
    ]
    return [header, "|---" * (len(last) + 1) + "|", *rows] if last else ["No curve was found."]


def _dice(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _by(values: tuple[float, ...]) -> str:
    return " x ".join(f"{v:g}" for v in values)
