"""Cohorts on disk: complete, as drawn, the same again, and gone on with after a stop."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.annotate.batch import read_entries
from corcal.core.artery import Artery
from corcal.core.errors import OutputRefused
from corcal.evaluate.tables_in import read_results
from corcal.phantom.case import PhantomOptions
from corcal.phantom.cohort import cohort_folder
from corcal.phantom.cohort.cohort_folder import Cohort, write_cohort
from corcal.phantom.cohort.cohort_tables import STRATA
from corcal.phantom.cohort.patient_phantom import TOLERANCE, VOXELS
from corcal.phantom.cohort.patients import draw_patients
from corcal.phantom.cohort.population import People, Population
from corcal.train.dataset.manifest import read_manifest

#: No search for phenotypes, and calcium that the coarse voxels of tiny phantoms can show.
EASY = Population(
    LCX=replace(Population().LCX, mild=(0.06, 0.01), moderate=(0.12, 0.01)),
    least_mm3=40.0,
    people=People(groups={"none": 1.0}, train=0.5, contrast_train=0.0),
)
TINY = replace(PhantomOptions.tiny(), mimics=0.0)
COHORT = Cohort(EASY, count=4, seed=3, options=TINY, dicom=True, version="1.2.3")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cohorts") / "one"
    assert write_cohort(out, COHORT) == {"made": 4, "kept": 0}
    return out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_every_patient_has_every_file(written: Path) -> None:
    cases = sorted((written / "cases").iterdir())
    assert [c.name for c in cases] == [f"patient-000{i}" for i in (1, 2, 3, 4)]
    for case in cases:
        assert {p.name for p in case.iterdir()} == {
            "ct.nii.gz", "labels.nii.gz", "contours.con", "dicom", "truth.json",
        }  # fmt: skip
        assert len(list((case / "dicom").iterdir())) == 64
    assert {p.name for p in written.iterdir() if p.is_file()} == {
        "cohort.toml", "population.toml", "manifest.csv", "train.csv", "test.csv", "contours.csv",
        "patients.csv", "truth.csv", "reader-1.csv", "reader-2.csv",
    }  # fmt: skip
    assert Population.from_toml(written / "population.toml") == EASY


def test_the_manifest_lists_the_scans_and_is_split_by_patient(written: Path) -> None:
    whole = rows(written / "manifest.csv")
    assert list(whole[0]) == ["patient", "scan", "labels", "contrast"]
    for row in whole:
        assert (written / row["scan"]).is_file()
        assert (written / row["labels"]).is_file()
    parts = [{r["patient"] for r in rows(written / f"{p}.csv")} for p in ("train", "test")]
    assert [len(p) for p in parts] == [2, 2]
    assert parts[0] | parts[1] == {r["patient"] for r in whole}
    splits = {r["patient"]: r["split"] for r in rows(written / "patients.csv")}
    assert {name for name, split in splits.items() if split == "train"} == parts[0]


def test_visible_calcium_is_what_was_drawn(written: Path) -> None:
    voxel_mm3 = 2.2**3
    patients = draw_patients(EASY, 4, 3)
    seen = {(r["patient"], r["artery"]): r for r in rows(written / "truth.csv")}
    assert any(any(p.calcium_mm3) for p in patients)
    for patient in patients:
        for artery, wanted in zip(Artery, patient.calcium_mm3, strict=True):
            row = seen[patient.name, artery.value]
            volume = float(row["volume_mm3"])
            assert row["present"] == str(int(volume > 0))
            assert (volume > 0) == (wanted > 0)
            assert abs(volume - wanted) <= (TOLERANCE + 0.1) * wanted + VOXELS * voxel_mm3


def test_tables_agree_with_the_labels_and_carry_the_strata(written: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    truth = rows(written / "truth.csv")
    assert list(truth[0])[:6] == ["patient", "artery", "present", "volume_mm3", "agatston", "grade"]
    assert set(STRATA) <= set(truth[0])
    for row in truth:
        labels = nibabel.load(written / "cases" / row["patient"] / "labels.nii.gz")
        voxel = float(np.prod(labels.header.get_zooms()))
        count = int((np.asarray(labels.dataobj) == Artery(row["artery"]).calcium_code).sum())
        assert count * voxel == pytest.approx(float(row["volume_mm3"]), abs=0.01)
    for reader in (1, 2):
        graded = rows(written / f"reader-{reader}.csv")
        assert [r["patient"] for r in graded] == [r["patient"] for r in truth]
        assert {r["grade"] for r in graded} <= {"none", "mild", "moderate", "severe"}
        assert all((r["grade"] != "none") == (r["present"] == "1") for r in graded)


def test_training_annotation_and_evaluation_take_the_tables(written: Path) -> None:
    names = [p.name for p in draw_patients(EASY, 4, 3)]
    assert [row.patient for row in read_manifest(written / "manifest.csv")] == names
    drawn = read_entries(written / "contours.csv")
    assert [(e.patient, e.contrast) for e in drawn] == [(name, "no") for name in names]
    assert all(e.scan.is_file() and e.drawing.is_file() for e in drawn)
    truth = read_results(written / "truth.csv", groups=("sex", "ph"))
    assert truth.patients == tuple(names)
    assert truth.knows("present")
    assert truth.knows("agatston")
    for reader in (1, 2):
        assert read_results(written / f"reader-{reader}.csv").knows("grade")


def test_nothing_names_anybody(written: Path) -> None:
    pydicom = pytest.importorskip("pydicom")
    file = next((written / "cases/patient-0002/dicom").iterdir())
    header = pydicom.dcmread(file, stop_before_pixels=True)
    assert header.PatientID == "patient-0002"
    assert header.SyntheticData == "YES"


def test_a_stopped_run_goes_on_and_gives_the_same(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    shutil.copytree(written, out)
    before = digests(out)
    # Killed in the middle: one case absent, one without its end, one left half way, no tables.
    shutil.rmtree(out / "cases/patient-0001")
    (out / "cases/patient-0004/truth.json").unlink()
    (out / "cases/.corcal-123456.partial/new").mkdir(parents=True)
    (out / "truth.csv").unlink()
    calls: list[tuple[int, int]] = []
    made = write_cohort(out, COHORT, on_progress=lambda done, of: calls.append((done, of)))
    assert made == {"made": 2, "kept": 2}
    assert calls == [(1, 2), (2, 2)]
    assert digests(out) == before


def test_a_whole_cohort_is_not_made_again(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_folder, "phantom_of", None)
    before = digests(written)
    assert write_cohort(written, COHORT) == {"made": 0, "kept": 4}
    assert digests(written) == before


def test_fewer_patients_are_the_first_ones(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "fewer"
    shutil.copytree(written, out)
    assert write_cohort(out, replace(COHORT, count=2)) == {"made": 0, "kept": 2}
    assert [r["patient"] for r in rows(out / "manifest.csv")] == ["patient-0001", "patient-0002"]
    assert rows(out / "truth.csv") == rows(written / "truth.csv")[:6]


@pytest.mark.parametrize(
    "other",
    [
        replace(COHORT, seed=4),
        replace(COHORT, dicom=False),
        replace(COHORT, version="1.2.4"),
        replace(COHORT, population=replace(EASY, alike=0.5)),
        replace(COHORT, options=replace(TINY, noise=False)),
    ],
)
def test_another_cohort_is_not_mixed_in(written: Path, other: Cohort) -> None:
    before = digests(written)
    with pytest.raises(OutputRefused, match="holds another cohort"):
        write_cohort(written, other)
    assert digests(written) == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("mine")
    with pytest.raises(OutputRefused, match="exists and holds no cohort"):
        write_cohort(tmp_path, COHORT)
    with pytest.raises(OutputRefused, match="exists and holds no cohort"):
        write_cohort(tmp_path / "x.txt", COHORT)
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]


@pytest.mark.slow
def test_two_processes_make_what_one_makes(written: Path, tmp_path: Path) -> None:
    assert write_cohort(tmp_path / "two", COHORT, jobs=2) == {"made": 4, "kept": 0}
    assert digests(tmp_path / "two") == digests(written)


@pytest.mark.slow
def test_a_killed_run_leaves_whole_cases_only(written: Path, tmp_path: Path) -> None:
    import subprocess
    import sys
    import time

    out = tmp_path / "killed"
    program = (
        "from pathlib import Path; from tests.phantom.cohort.test_cohort_folder import COHORT;"
        "from corcal.phantom.cohort.cohort_folder import write_cohort;"
        f"write_cohort(Path({str(out)!r}), COHORT)"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[3])
    while run.poll() is None and not (out / "cases/patient-0002").exists():
        time.sleep(0.02)
    run.kill()
    run.wait()
    for case in (out / "cases").glob("patient-*"):
        assert json.loads((case / "truth.json").read_text())["schema"] == "corcal-phantom/1"
    write_cohort(out, COHORT)
    assert digests(out) == digests(written)
