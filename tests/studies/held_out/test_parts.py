"""Held-out parts of a training: the right scans, of the right dataset, in tables and in cards."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import DatasetRefused, ModelRefused, OutputRefused
from corcal.evaluate.publish import table_markdown
from corcal.locate.embedded import EmbeddedLocator
from corcal.segment import Bundle, write_manifest
from corcal.storage import write_nifti
from corcal.studies.held_out.parts import Scored, cross_validate, rows_of, score_test_set
from corcal.studies.held_out.score_cases import Scorer
from corcal.testing.small_bundles import FACTS, write_small_bundle
from corcal.train import TrainingFolder, make_dataset, read_manifest, renew_card
from corcal.train.bundle.origin import origin_of
from tests.bundles import zipped
from tests.train.cohort import scan_of, small_settings, write_cohort

SETTINGS = small_settings()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingFolder, Path]:
    """A dataset of six scans and its manifest; not to be changed."""
    folder = tmp_path_factory.mktemp("held_out")
    manifest = write_cohort(folder / "in")
    work = TrainingFolder(folder / "work")
    make_dataset(manifest, work, SETTINGS)
    return work, manifest


@pytest.fixture
def training(prepared: tuple[TrainingFolder, Path], tmp_path: Path) -> tuple[TrainingFolder, Path]:
    """A dataset of one's own, and its manifest."""
    work = TrainingFolder(Path(shutil.copytree(prepared[0].folder, tmp_path / "work")))
    return work, prepared[1]


def put_labels(manifest: Path, part: list[str], home: Path) -> None:
    """Write the labels that a perfect model would have found in some cases."""
    for row in read_manifest(manifest):
        if row.case in part:
            _, codes, _, grid = scan_of(row.number - 1)
            (home / row.case).mkdir(parents=True)
            write_nifti(home / row.case / "labels.nii.gz", codes, grid.affine)


def trained_bundle(work: TrainingFolder, path: Path, folds: tuple[int, ...]) -> Path:
    """Write what an export of this training would write, with weights that mean nothing."""
    facts = replace(FACTS, name=path.stem, folds=folds, origin=origin_of(work))
    write_small_bundle(path, facts)
    return renew_card(Bundle.open(path), work).path


def scorer() -> Scorer:
    return Scorer(EmbeddedLocator(), "cpu", SETTINGS, lambda _: None)


def validated(work: TrainingFolder, manifest: Path, out: Path, model: str | None = None) -> Scored:
    """Cross-validate with folds that find everything."""
    for fold in (0, 1):
        if not (out / f"fold_{fold}.corcal").exists():
            cases = [row.case for row in rows_of(work, manifest, str(fold))]
            put_labels(manifest, cases, out / f"fold_{fold}")
            # As after an export; labels that are there need no model.
            trained_bundle(work, out / f"fold_{fold}.corcal", (fold,))
    return cross_validate(work, manifest, out, scorer(), model=model)


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
    out, model = tmp_path / "out", trained_bundle(work, tmp_path / "ours.corcal", (0, 1))
    before = Bundle.open(model)
    assert "Not tested. `corcal train test WORK MANIFEST" in before.card()
    put_labels(manifest, [row.case for row in rows_of(work, manifest, "test")], out)
    scored = score_test_set(work, manifest, str(model), out, scorer())
    (table,) = scored.tables
    assert [row[:2] for row in table.rows] == [("ours", a) for a in ("RCA", "LAD", "LCX")]
    assert [row[-2:] for row in table.rows] == [("1.00", "1.00")] * 3
    assert (out / "test.md").exists()
    assert (out / "results.csv").read_text() == (out / "reference.csv").read_text()
    after = scored.model
    assert after is not None
    after.verify()
    assert after.card().startswith("# Small\n\nFinds nothing.\n## Accuracy\n")
    assert table_markdown(table).strip() in after.card()
    assert "Not validated. `corcal train validate WORK MANIFEST" in after.card()
    assert after.facts.origin["test"] == "1 scans, see the card"
    assert after.facts.origin["validation"] == "not done"
    weights = "fold_1/weights.safetensors"
    assert (after.facts.folds, after.files[weights]) == ((0, 1), before.files[weights])
    assert after.sha256 != before.sha256
    # Again: nothing is new, so that the model stays as it is.
    again = score_test_set(work, manifest, str(model), out, scorer()).model
    assert again is not None
    assert again.sha256 == after.sha256


def test_a_model_in_a_zip_gets_its_card_too(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    folder = trained_bundle(work, tmp_path / "ours", (0,))
    packed = zipped(folder, inside=True)
    put_labels(manifest, [row.case for row in rows_of(work, manifest, "test")], tmp_path / "out")
    assert score_test_set(work, manifest, str(packed), tmp_path / "out", scorer()).model is not None
    opened = Bundle.open(packed)
    opened.verify()
    assert "| ours | RCA | 1 |" in opened.card()


def test_a_model_of_another_training_is_scored_and_keeps_its_card(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    model = write_small_bundle(tmp_path / "theirs")
    put_labels(manifest, [row.case for row in rows_of(work, manifest, "test")], tmp_path / "out")
    before = Bundle.open(model).sha256
    assert score_test_set(work, manifest, str(model), tmp_path / "out", scorer()).model is None
    assert Bundle.open(model).sha256 == before
    assert not work.accuracy_file("test").exists()


def test_label_maps_of_another_model_are_not_taken_for_its_own(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    out = tmp_path / "out"
    put_labels(manifest, [row.case for row in rows_of(work, manifest, "test")], out)
    score_test_set(work, manifest, str(trained_bundle(work, tmp_path / "a", (0,))), out, scorer())
    other = trained_bundle(work, tmp_path / "b", (0, 1))
    with pytest.raises(OutputRefused, match="holds label maps of another model"):
        score_test_set(work, manifest, str(other), out, scorer())


def test_each_fold_and_all_of_them(training: tuple[TrainingFolder, Path], tmp_path: Path) -> None:
    work, manifest = training
    table, spread = validated(work, manifest, tmp_path / "out").tables
    assert [row[0] for row in table.rows] == [
        name for name in ("fold 0", "fold 1", "all folds") for _ in range(3)
    ]
    assert np.sum([int(row[2]) for row in table.rows[:6:3]]) == int(table.rows[-1][2]) == 5
    assert [row[:2] for row in spread.rows] == [
        (artery, "1.00 ± 0.00 (1.00 to 1.00)") for artery in ("RCA", "LAD", "LCX")
    ]
    assert {p.name for p in (tmp_path / "out").glob("*.md")} == {"validation.md", "spread.md"}


def test_validated_before_or_after_the_export_a_card_has_the_tables(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    early = trained_bundle(work, tmp_path / "early.corcal", (0, 1))
    scored = validated(work, manifest, tmp_path / "out")
    assert scored.model is None
    assert "Not validated" in Bundle.open(early).card()
    late = Bundle.open(trained_bundle(work, tmp_path / "late.corcal", (1,)))
    named = validated(work, manifest, tmp_path / "out", str(early)).model
    assert named is not None
    for bundle in (late, named):
        assert scored.markdown.strip() in bundle.card()
        assert "Not validated" not in bundle.card()
        assert bundle.facts.origin["validation"] == "5 scans, see the card"


def test_a_model_of_other_weights_does_not_get_the_tables(
    training: tuple[TrainingFolder, Path], tmp_path: Path
) -> None:
    work, manifest = training
    validated(work, manifest, tmp_path / "out")
    other = trained_bundle(work, tmp_path / "other.corcal", (0, 1))
    (other / "fold_1" / "weights.safetensors").write_bytes(b"trained again")
    write_manifest(other, Bundle.open(other).facts)
    with pytest.raises(ModelRefused, match="its fold 1 is not the one that is validated"):
        validated(work, manifest, tmp_path / "out", str(other))
    card = renew_card(Bundle.open(other), work).card()
    assert "Not validated" in card
    assert "keeps a table of other weights" in card
    work.accuracy_file("validate").write_text("{")
    with pytest.raises(DatasetRefused, match="delete it and call `corcal train validate` again"):
        renew_card(Bundle.open(other), work)


def test_another_manifest_is_refused(training: tuple[TrainingFolder, Path], tmp_path: Path) -> None:
    work, manifest = training
    shutil.copytree(manifest.parent, tmp_path / "in")
    (row, *_) = rows_of(work, manifest, "test")
    _, codes, _, grid = scan_of(row.number - 1)
    codes[codes == 5] = 2
    write_nifti(tmp_path / "in" / row.labels.name, codes, grid.affine)
    with pytest.raises(DatasetRefused, match=f"{row.case} has other labels than the dataset"):
        rows_of(work, tmp_path / "in" / manifest.name, "test")
