"""Held-out parts of a training: the right scans, of the right dataset, in tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import DatasetRefused
from corcal.locate.embedded import EmbeddedLocator
from corcal.storage import write_nifti
from corcal.studies.held_out.parts import cross_validate, rows_of, score_test_set
from corcal.studies.held_out.score_cases import Scorer
from corcal.train import TrainingFolder, make_dataset, read_manifest
from tests.train.cohort import scan_of, small_settings, write_cohort

SETTINGS = small_settings()


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingFolder, Path]:
    """A dataset of six scans and its manifest; not to be changed."""
    folder = tmp_path_factory.mktemp("held_out")
    manifest = write_cohort(folder / "in")
    work = TrainingFolder(folder / "work")
    make_dataset(manifest, work, SETTINGS)
    return work, manifest


def put_labels(manifest: Path, part: list[str], home: Path) -> None:
    """Write the labels that a perfect model would have found in some cases."""
    for row in read_manifest(manifest):
        if row.case in part:
            _, codes, _, grid = scan_of(row.number - 1)
            (home / row.case).mkdir(parents=True)
            write_nifti(home / row.case / "labels.nii.gz", codes, grid.affine)


def scorer() -> Scorer:
    return Scorer(EmbeddedLocator(), "cpu", SETTINGS, lambda _: None)


def test_the_parts_together_are_all_scans(training: tuple[TrainingFolder, Path]) -> None:
    work, manifest = training
    parts = [[row.case for row in rows_of(work, manifest, part)] for part in ("test", "0", "1")]
    assert sorted(case for part in parts for case in part) == [f"case_{n:04d}" for n in range(1, 7)]
    with pytest.raises(DatasetRefused, match="no scan of its split is in part '2'"):
        rows_of(work, manifest, "2")


def test_the_test_set_is_scored_and_tabulated(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    cases = [row.case for row in rows_of(work, manifest, "test")]
    put_labels(manifest, cases, tmp_path)
    table = score_test_set(work, manifest, tmp_path / "model.corcal", tmp_path, scorer())
    assert [row[:2] for row in table.rows] == [("model", a) for a in ("RCA", "LAD", "LCX")]
    assert [row[-2:] for row in table.rows] == [("1.00", "1.00")] * 3
    assert (tmp_path / "test.md").exists()
    assert (tmp_path / "results.csv").read_text() == (tmp_path / "reference.csv").read_text()


def test_each_fold_and_all_of_them(training: tuple[TrainingFolder, Path], tmp_path: Path) -> None:
    work, manifest = training
    for fold in ("0", "1"):
        cases = [row.case for row in rows_of(work, manifest, fold)]
        put_labels(manifest, cases, tmp_path / f"fold_{fold}")
        # As after an export; labels that are there need no model.
        (tmp_path / f"fold_{fold}.corcal").mkdir()
    table = cross_validate(work, manifest, tmp_path, scorer())
    assert [row[0] for row in table.rows] == [
        name for name in ("fold 0", "fold 1", "all folds") for _ in range(3)
    ]
    assert np.sum([int(row[2]) for row in table.rows[:6:3]]) == int(table.rows[-1][2]) == 5


def test_another_manifest_is_refused(training: tuple[TrainingFolder, Path], tmp_path: Path) -> None:
    work, manifest = training
    shutil.copytree(manifest.parent, tmp_path / "in")
    (row, *_) = rows_of(work, manifest, "test")
    _, codes, _, grid = scan_of(row.number - 1)
    codes[codes == 5] = 2
    write_nifti(tmp_path / "in" / row.labels.name, codes, grid.affine)
    with pytest.raises(DatasetRefused, match=f"{row.case} has other labels than the dataset"):
        rows_of(work, tmp_path / "in" / manifest.name, "test")
