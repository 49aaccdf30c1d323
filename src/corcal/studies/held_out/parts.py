"""The held-out parts of a training scored: the test set, and each fold's validation scans."""

from __future__ import annotations

import hashlib
from pathlib import Path

from corcal.core.errors import DatasetRefused
from corcal.evaluate.publish import Table, write_table
from corcal.storage import add_files, read_csv, read_json
from corcal.studies.held_out.compare import Compared, summary_table
from corcal.studies.held_out.score_cases import Scorer, score_cases, write_compared
from corcal.train import ManifestRow, ModelName, TrainingFolder, export_bundle, read_manifest


def score_test_set(
    work: TrainingFolder, manifest: Path, model: Path, out: Path, scorer: Scorer
) -> Table:
    """Score the scans that no fold saw, and return each artery, found beside drawn.

    Args:
        work: the training.
        manifest: from which its dataset was made.
        model: a bundle of its folds.
        out: receives label maps, the tables of `score_cases`, and test.csv, .md and .tex.
        scorer: how.

    Raises:
        DatasetRefused: no scan was kept, or the manifest is not that of the dataset.
        InputRefused: a scan or the model cannot be used.
    """
    rows = rows_of(work, manifest, "test")
    compared = score_cases(rows, model, out, scorer)
    table = summary_table("test", "The scans kept for tests", {model.stem: compared})
    add_files(out, write_table(table), force=True)
    return table


def cross_validate(work: TrainingFolder, manifest: Path, out: Path, scorer: Scorer) -> Table:
    """Score each fold's validation scans by that fold alone, and return the folds and all of them.

    Every scan that was trained on is scored by the one network that did not see it.

    Args:
        work: with all folds trained.
        manifest: from which its dataset was made.
        out: receives in fold_0, fold_1 ... label maps and tables, and validation.csv, .md, .tex.
        scorer: how.

    Raises:
        DatasetRefused: the manifest is not that of the dataset.
        TrainingStopped: a fold is not trained to its end.
        InputRefused: a scan cannot be used.
    """
    folds: dict[str, list[Compared]] = {}
    for number in range(work.settings().training.folds):
        home, model = out / f"fold_{number}", out / f"fold_{number}.corcal"
        if not model.exists():
            scorer.on_progress(f"exporting fold {number}")
            export_bundle(work, model, ModelName(f"fold_{number}"), folds=[number])
        rows = rows_of(work, manifest, str(number))
        folds[f"fold {number}"] = score_cases(rows, model, home, scorer)
    every = [one for compared in folds.values() for one in compared]
    write_compared(every, out)
    title = "Each fold on the scans that it did not see"
    table = summary_table("validation", title, folds | {"all folds": every})
    add_files(out, write_table(table), force=True)
    return table


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
