"""The manifest: what is read from it, and that every fault is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.train.dataset.manifest import read_manifest


def written(folder: Path, text: str) -> Path:
    for name in ("a.nii", "a-labels.nii", "heart.nii"):
        (folder / name).write_bytes(b"")
    path = folder / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    text = (
        "\ufeffpatient, scan ,labels,contrast,heart,remark\r\n"
        "P1,a.nii,a-labels.nii,Yes,heart.nii,fine\r\n"
        "P2,a.nii,a-labels.nii,,,\r\n"
        f"P2,{tmp_path / 'a.nii'},a-labels.nii,0,,\r\n"
    ).replace(" scan ", "scan")
    first, second, third = read_manifest(written(tmp_path, text))
    assert (first.case, first.patient, first.contrast) == ("case_0001", "P1", True)
    assert first.scan == tmp_path / "a.nii"
    assert first.heart == tmp_path / "heart.nii"
    assert (second.contrast, second.heart) == (None, None)
    assert (third.contrast, third.scan) == (False, tmp_path / "a.nii")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no rows"),
        ("scan,age\na.nii,3\n", "has no column patient, labels; a manifest begins"),
        ("patient,scan\nP,a.nii\n", "has no column labels; a manifest begins with the line"),
        ("patient,scan,labels\n", "holds no rows"),
        ("patient,scan,labels\nP,a.nii,\n", "line 2 has no labels"),
        ("patient,scan,labels\nP,,\n", "line 2 has no scan; line 2 has no labels"),
        ("patient,scan,labels\nP,b.nii,a-labels.nii\n", "line 2 names scan b.nii, which does not"),
        ("patient,scan,labels,contrast\nP,a.nii,a-labels.nii,maybe\n", "contrast 'maybe'; write"),
    ],
)
def test_faults_are_named(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=complaint):
        read_manifest(written(tmp_path, text))


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "image.csv").write_bytes(b"\xff\xd8\xff\x00")
    for name in ("image.csv", "absent.csv"):
        with pytest.raises(TableRefused, match=r"there is no such file|cannot be read as UTF-8"):
            read_manifest(tmp_path / name)


def test_a_manifest_of_a_spreadsheet_is_read_with_its_own_lines(tmp_path: Path) -> None:
    text = "sep=;\nPatient;Scan;Labels\n\nP;a.nii;a-labels.nii\n"
    (only,) = read_manifest(written(tmp_path, text))
    assert (only.case, only.line, only.patient) == ("case_0001", 4, "P")
