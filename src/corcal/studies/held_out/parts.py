"""The held-out parts of a training scored: the test set, and each fold's validation scans."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from corcal.core.errors import DatasetRefused, ModelRefused
from corcal.evaluate.publish import Table, table_markdown, write_table
from corcal.segment import Bundle, find_bundle
from corcal.storage import add_files, read_csv, read_json
from corcal.studies.held_out.compare import Compared, spread_table, summary_table
from corcal.studies.held_out.score_cases import Scorer, score_cases, write_compared
from corcal.train import (
    Assessment,
    HeldOut,
    ManifestRow,
    ModelName,
    TrainingFolder,
    export_bundle,
    is_of,
    keep_accuracy,
    read_manifest,
    renew_card,
    weights_sha256,
)


@dataclass(frozen=True)
class Scored:
    """A held-out part that was scored.

    Attributes:
        tables: of each artery, found beside drawn; of a validation also how the folds differ.
        model: whose card has the tables now; None where no model of this training was named.
    """

    tables: tuple[Table, ...]
    model: Bundle | None

    @property
    def markdown(self) -> str:
        """The tables as Markdown."""
        return "\n".join(map(table_markdown, self.tables))


def score_test_set(
    work: TrainingFolder, manifest: Path, model: str, out: Path, scorer: Scorer
) -> Scored:
    """Score the scans that no fold saw: each artery, found beside drawn.

    The table goes into the card of the model, too, if it is of this training.

    Args:
        work: the training.
        manifest: from which its dataset was made.
        model: a bundle of its folds, or the name of an installed one.
        out: receives label maps, the tables of `score_cases`, and test.csv, .md and .tex.
        scorer: how.

    Raises:
        DatasetRefused: no scan was kept, or the manifest is not that of the dataset.
        InputRefused: a scan or the model cannot be used.
    """
    bundle = find_bundle(model)
    rows = rows_of(work, manifest, "test")
    compared = score_cases(rows, bundle, out, scorer)
    title = "The scans kept for tests"
    table = summary_table("test", title, {bundle.facts.name: compared})
    add_files(out, write_table(table), force=True)
    return Scored((table,), keep_test(work, bundle, len(rows), table))


def keep_test(work: TrainingFolder, bundle: Bundle, scans: int, table: Table) -> Bundle | None:
    """Keep the table of a test in the training and in the model's card, and return the model.

    Args:
        work: the training.
        bundle: the model; it is replaced.
        scans: how many were scored.
        table: of each artery.

    Returns:
        None where the model is not of this training; nothing is kept then.
    """
    if not is_of(bundle, work):
        return None
    tested = Assessment(weights_sha256(bundle), scans, table_markdown(table))
    keep_accuracy(work, HeldOut.TEST, tested)
    return renew_card(bundle, work)


def cross_validate(
    work: TrainingFolder, manifest: Path, out: Path, scorer: Scorer, *, model: str | None = None
) -> Scored:
    """Score each fold's validation scans by that fold alone: the folds, and how they differ.

    Every scan that was trained on is scored by the one network that did not see it. The tables
    are kept in the training folder, for the cards of the models that are exported from it.

    Args:
        work: with all folds trained.
        manifest: from which its dataset was made.
        out: receives in fold_0, fold_1 ... label maps and tables; validation.csv, .md, .tex; and
            spread.csv, .md, .tex.
        scorer: how.
        model: a bundle of this training, or the name of an installed one, whose card receives the
            tables.

    Raises:
        DatasetRefused: the manifest is not that of the dataset.
        TrainingStopped: a fold is not trained to its end.
        ModelRefused: the model has other weights than the folds.
        InputRefused: a scan cannot be used.
    """
    alone = _export_folds(work, out, scorer)
    weights = {k: weights_sha256(fold)[k] for k, fold in alone.items()}
    bundle = None if model is None else _require_same(find_bundle(model), weights, work)
    folds: dict[str, list[Compared]] = {}
    for number, fold in alone.items():
        rows = rows_of(work, manifest, str(number))
        folds[f"fold {number}"] = score_cases(rows, fold, out / f"fold_{number}", scorer)
    every = [one for compared in folds.values() for one in compared]
    write_compared(every, out)
    title = "Each fold on the scans that it did not see"
    tables = (
        summary_table("validation", title, folds | {"all folds": every}),
        spread_table("spread", "How much the folds differ", list(folds.values())),
    )
    for table in tables:
        add_files(out, write_table(table), force=True)
    text = "\n".join(map(table_markdown, tables))
    scans = len({one.case for one in every})
    keep_accuracy(work, HeldOut.FOLDS, Assessment(weights, scans, text))
    return Scored(tables, None if bundle is None else renew_card(bundle, work))


def _export_folds(work: TrainingFolder, out: Path, scorer: Scorer) -> dict[int, Bundle]:
    """Return the bundle of each fold alone; one that is there is not made again."""
    exported = {}
    for number in range(work.settings().training.folds):
        path = out / f"fold_{number}.corcal"
        if not path.exists():
            scorer.on_progress(f"exporting fold {number}")
            export_bundle(work, path, ModelName(f"fold_{number}"), folds=[number])
        exported[number] = Bundle.open(path)
    return exported


def _require_same(bundle: Bundle, weights: dict[int, str], work: TrainingFolder) -> Bundle:
    """Return a model, or refuse it before any scan is scored."""
    other = [k for k, sha256 in weights_sha256(bundle).items() if weights.get(k) != sha256]
    if other:
        raise ModelRefused(
            f"{bundle.path}: its fold {other[0]} is not the one that is validated: the model is of "
            f"another training than {work.folder}, or the fold was trained again since. Export the "
            "model again, and name another OUT"
        )
    return bundle


def rows_of(work: TrainingFolder, manifest: Path, part: str) -> list[ManifestRow]:
    """Return the manifest's lines of one part of a split: "test", or a fold's number.

    Raises:
        DatasetRefused: there is none, or the manifest is not that of the dataset.
    """
    split = {row.text("case"): row.text("part") for row in read_csv(work.split_file).rows}
    rows = [row for row in read_manifest(manifest) if split.get(row.case) == part]
    if not rows:
        raise DatasetRefused(f"{work.folder}: no scan of its split is in part {part!r}")
    for row in rows:
        way = read_json(work.geometry_file(row.case), refusal=DatasetRefused)
        if hashlib.sha256(row.labels.read_bytes()).hexdigest() != way["labels_sha256"]:
            raise DatasetRefused(
                f"{manifest}: {row.case} has other labels than the dataset in {work.folder} was "
                "made from; name the manifest of that dataset, unchanged"
            )
    return rows
