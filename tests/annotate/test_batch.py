"""Annotated scans in, from files to a folder each."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from corcal.annotate import batch as intake
from corcal.annotate.batch import DrawnScan, annotate_all, annotate_scan, read_entries
from corcal.annotate.classes import parse_map
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import (
    AnnotationRefused,
    GridMismatch,
    OutputRefused,
    ScanNotAdmitted,
    TableRefused,
    UnreadableScan,
)
from corcal.core.grid import Grid
from corcal.phantom import ConOptions
from corcal.phantom.files.as_con import ORPHAN
from corcal.phantom.files.as_nifti import write_nifti
from corcal.read import read_labels, read_scan
from corcal.testing import tiny_phantom
from tests.annotate.drawings import GRID, chest, con_of, heart, reading_options

FILES = ["annotation.json", "labels.nii.gz", "qc.png"]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    write_nifti(tmp_path / "ct.nii.gz", chest(heart()).hu, GRID)
    return tmp_path / "ct.nii.gz"


def annotated(entry: DrawnScan, out: Path, **given: object) -> dict[str, object]:
    return annotate_scan(entry, out, options=reading_options(**given))[0]


def labels_in(folder: Path, scan: Path) -> np.ndarray:
    return read_labels(folder / "labels.nii.gz", read_scan(scan)).codes


def test_contours_become_labels_on_the_scans_own_voxels(tmp_path: Path, scan: Path) -> None:
    entry = DrawnScan(scan, con_of(tmp_path, heart()))
    record = annotated(entry, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == FILES
    np.testing.assert_array_equal(labels_in(tmp_path / "out", scan), heart())
    assert record == json.loads((tmp_path / "out/annotation.json").read_text())
    image, labels = (sitk.ReadImage(str(p)) for p in (scan, tmp_path / "out/labels.nii.gz"))
    assert labels.GetSize() == image.GetSize()
    assert labels.GetOrigin() == pytest.approx(image.GetOrigin())


def test_the_record_tells_what_was_decided_and_names_nobody(tmp_path: Path, scan: Path) -> None:
    codes = heart()
    codes[10, 50:52, 30:32] = ORPHAN
    write_nifti(scan, chest(codes).hu, GRID)
    entry = DrawnScan(scan, con_of(tmp_path, codes, options=ConOptions(reversed_slices=True)))
    record = annotated(entry, tmp_path / "out")
    assert record["schema"] == "corcal-annotation/1"
    drawing, labels = record["drawing"], record["labels"]
    assert isinstance(drawing, dict)
    assert isinstance(labels, dict)
    assert drawing["kind"] == "con"
    voxel_mm3 = 2.5 * 0.7 * 0.7
    calcium = np.count_nonzero(codes > 3)
    assert drawing["classes"]["calcium"] == {
        "voxels": calcium,
        "volume_mm3": pytest.approx(calcium * voxel_mm3, abs=0.001),
    }
    assert labels["RCA-calcium"]["voxels"] == np.count_nonzero(codes == 4)
    assert labels["LCX"] == {
        "code": 3,
        "voxels": np.count_nonzero(codes == 3),
        "volume_mm3": pytest.approx(np.count_nonzero(codes == 3) * voxel_mm3, abs=0.001),
    }
    assert isinstance(record["orphans"], list)
    (orphan,) = record["orphans"]
    assert (orphan["voxels"], orphan["slice"], orphan["given_to"]) == (4, 11, None)
    assert orphan["peak_hu"] > 200
    assert isinstance(record["decisions"], list)
    assert next((d["what"], d["chosen"]) for d in record["decisions"]) == ("slices", "down")
    text = json.dumps(record)
    assert "Phant" not in text
    assert ".con" not in text
    assert str(tmp_path) not in text


def test_a_label_map_in_another_axis_order_is_taken(tmp_path: Path, scan: Path) -> None:
    write_nifti(tmp_path / "drawn.nii.gz", heart(), GRID)
    turned = sitk.DICOMOrient(sitk.ReadImage(str(tmp_path / "drawn.nii.gz")), "PIR")
    sitk.WriteImage(turned, str(tmp_path / "drawn.nrrd"))
    entry = DrawnScan(scan, tmp_path / "drawn.nrrd")
    record, _ = annotate_scan(entry, tmp_path / "out", options=AnnotateOptions())
    np.testing.assert_array_equal(labels_in(tmp_path / "out", scan), heart())
    assert record["drawing"]["kind"] == "volume"
    assert len(record["drawing"]["sha256"]) == 64


def test_four_classes_in_a_label_map_become_six(tmp_path: Path, scan: Path) -> None:
    four = np.where(heart() > 3, 40, heart() * 10).astype(np.uint8)
    write_nifti(tmp_path / "drawn.nii.gz", four, GRID)
    classes = parse_map(["10=RCA,20=LAD,30=LCX,40=calcium"])
    entry = DrawnScan(scan, tmp_path / "drawn.nii.gz")
    annotate_scan(entry, tmp_path / "out", options=AnnotateOptions(classes=classes))
    np.testing.assert_array_equal(labels_in(tmp_path / "out", scan), heart())


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path, scan: Path) -> None:
    other = Grid.axial(GRID.shape, (2.0, 0.7, 0.7))
    write_nifti(tmp_path / "drawn.nii.gz", heart(), other)
    with pytest.raises(GridMismatch):
        annotated(DrawnScan(scan, tmp_path / "drawn.nii.gz"), tmp_path / "out")
    with pytest.raises(UnreadableScan):
        annotated(DrawnScan(scan, tmp_path / "none.nii.gz"), tmp_path / "out")
    permuted = reading_options(classes=parse_map(["6=LAD,7=RCA,8=LCX,9=calcium"]))
    with pytest.raises(AnnotationRefused, match="classes are mixed up"):
        annotate_scan(
            DrawnScan(scan, con_of(tmp_path, heart())), tmp_path / "out", options=permuted
        )
    assert not (tmp_path / "out").exists()


def test_an_earlier_annotation_is_only_replaced_by_force(tmp_path: Path, scan: Path) -> None:
    entry = DrawnScan(scan, con_of(tmp_path, heart()))
    annotated(entry, tmp_path / "out")
    with pytest.raises(OutputRefused):
        annotated(entry, tmp_path / "out")
    annotate_scan(entry, tmp_path / "out", options=reading_options(), force=True)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def cases(tmp_path: Path, scan: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a table of four cases: the second is refused, the third meets a defect."""
    good = con_of(tmp_path, heart())
    (tmp_path / "bad.con").write_text("Patient_name=Doe")
    (tmp_path / "cases.csv").write_text(
        "scan, annotation, patient, contrast\n"
        f"ct.nii.gz,{good.name},P1,no\nct.nii.gz,bad.con,P2,\nct.nii.gz,boom.con,P3,\n"
        f"{scan},{good},,\n",
        encoding="utf-8",
    )
    real = intake.annotate_scan

    def fails(entry: DrawnScan, *given: object, **named: object) -> object:
        if entry.drawing.name == "boom.con":
            raise ZeroDivisionError("Doe^Jane")
        return real(entry, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "annotate_scan", fails)
    return tmp_path / "cases.csv"


def test_a_failing_case_does_not_lose_the_others(tmp_path: Path, scan: Path, cases: Path) -> None:
    entries = read_entries(cases)
    outcomes = list(annotate_all(entries, tmp_path / "out", options=reading_options()))
    assert [o.record is not None for o in outcomes] == [True, False, False, True]
    assert [o.defect for o in outcomes] == [False, False, True, False]
    assert rows(tmp_path / "out/manifest.csv") == [
        {
            "patient": patient,
            "scan": str(scan),
            "labels": f"{name}/labels.nii.gz",
            "contrast": contrast,
        }
        for patient, name, contrast in (("P1", "case-0001", "no"), ("case-0004", "case-0004", ""))
    ]
    summary = rows(tmp_path / "out/summary.csv")
    assert [r["result"] for r in summary] == ["done", "failed", "failed", "done"]
    assert summary[1]["error"].startswith("bad.con: holds no [XYCONTOUR] section")
    assert summary[2]["error"] == "unexpected ZeroDivisionError"
    found = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert found == ["case-0001", "case-0004", "contact.png", "manifest.csv", "summary.csv"]


def test_a_run_that_is_stopped_keeps_what_was_done(tmp_path: Path, scan: Path) -> None:
    entry = DrawnScan(scan, con_of(tmp_path, heart()), contrast="yes")
    run = annotate_all([entry, entry], tmp_path / "out", options=reading_options())
    assert next(run).contrast == "yes"
    run.close()  # type: ignore[attr-defined]
    assert [r["contrast"] for r in rows(tmp_path / "out/manifest.csv")] == ["yes"]
    with pytest.raises(OutputRefused):
        next(annotate_all([entry], tmp_path / "out", options=reading_options()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scan,labels\na,b\n", "no column annotation; it has scan, labels"),
        ("", "holds no rows"),
        ("scan,annotation,age\na,b,c\n", "unknown column age; known are scan, annotation"),
        ("scan,annotation\n", "holds no rows"),
        ("scan,annotation\na\n", "line 2: 1 cells under 2 columns"),
        ("scan,annotation\na,b\na,b,c\n", "line 3: 3 cells under 2 columns"),
        ("scan,annotation\na,b\na,\n", "line 3: has no annotation"),
        (
            "scan,annotation,contrast\na,b,maybe\n",
            "line 2: contrast 'maybe'; write yes, no",
        ),
        ("scan,annotation\na,M\xfc\n", "line 2: cannot be read as UTF-8"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "cases.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(TableRefused, match=words):
        read_entries(tmp_path / "cases.csv")


def test_an_absent_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="there is no such file"):
        read_entries(tmp_path / "cases.csv")


def test_a_scan_whose_values_were_cut_off_is_refused_before_its_drawing_is_read(
    tmp_path: Path,
) -> None:
    codes = heart()
    clipped = np.minimum(chest(codes).hu, 40)
    write_nifti(tmp_path / "ct.nii.gz", clipped, GRID)
    entry = DrawnScan(tmp_path / "ct.nii.gz", tmp_path / "absent.con")
    with pytest.raises(ScanNotAdmitted, match=r"Values were cut off at 40 HU, which \d+ voxels"):
        annotated(entry, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_slices_of_two_scans_are_refused_in_a_batch_with_their_numbers(tmp_path: Path) -> None:
    hu = np.concatenate([tiny_phantom(4).scan.hu[:30], tiny_phantom(5).scan.hu[30:]])
    grid = Grid.axial(hu.shape, (2.2, 2.2, 2.2))
    write_nifti(tmp_path / "ct.nii.gz", hu, grid)
    write_nifti(tmp_path / "drawn.nii.gz", (hu > 300).astype(np.uint8), grid)
    entries = [DrawnScan(tmp_path / "ct.nii.gz", tmp_path / "drawn.nii.gz")]
    (outcome,) = annotate_all(entries, tmp_path / "out", options=reading_options())
    assert outcome.record is None
    assert "Slices 30 and 31 of 64 (the first at the feet) do not belong together" in outcome.error


def test_a_doubt_about_the_scan_is_noted_with_the_drawing(tmp_path: Path) -> None:
    codes = np.insert(heart(), 7, heart()[6], axis=0)
    hu = np.insert(chest(heart()).hu, 7, chest(heart()).hu[6], axis=0)
    grid = Grid.axial(hu.shape, GRID.spacing_mm, (-20.0, -20.0, 100.0))
    write_nifti(tmp_path / "ct.nii.gz", hu, grid)
    write_nifti(tmp_path / "drawn.nii.gz", codes, grid)
    entry = DrawnScan(tmp_path / "ct.nii.gz", tmp_path / "drawn.nii.gz")
    record = annotate_scan(entry, tmp_path / "out", options=AnnotateOptions())[0]
    (text,) = (n["text"] for n in record["notices"] if n["code"] == "repeated-slices")
    assert text.startswith("1 of 15 slices holds exactly the image of the slice before (slice 8 as")
