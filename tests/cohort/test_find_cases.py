"""Cases from folders, files, patterns, tables and DICOM trees."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from corcal.cohort import Case, find_cases
from corcal.cohort.cases.fingerprint import input_hash
from corcal.cohort.cases.tree import scans_in
from corcal.core.errors import SettingsRefused, TableRefused, UnreadableScan


def _write_header(path: Path, study: str) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    file.StudyInstanceUID = study
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save_as(path, enforce_file_format=True)


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_a_tree_of_files_is_a_case_each(tmp_path: Path) -> None:
    _touch(tmp_path / "b" / "2.nii.gz", tmp_path / "a.zip", tmp_path / "b" / "notes.txt")
    _touch(tmp_path / ".hidden" / "3.nii", tmp_path / "__MACOSX" / "4.nii")
    assert scans_in(tmp_path) == (tmp_path / "a.zip", tmp_path / "b" / "2.nii.gz")


def test_folders_of_dicom_are_a_case_each(tmp_path: Path) -> None:
    for name in ("p1/ct", "p2/ct"):
        _write_header(tmp_path / name / "1", study=f"1.{len(name)}.{name[1]}")
    _touch(tmp_path / "p1" / "ct" / "mask.nii.gz")
    assert scans_in(tmp_path) == (tmp_path / "p1/ct", tmp_path / "p2/ct")


def test_series_of_one_study_side_by_side_are_one_case(tmp_path: Path) -> None:
    for series in ("s1", "s2"):
        _write_header(tmp_path / "p1" / series / "1.dcm", study="1.2")
    _write_header(tmp_path / "p2" / "s1" / "1.dcm", study="1.3")
    _write_header(tmp_path / "p2" / "s2" / "1.dcm", study="1.4")
    expected = (tmp_path / "p1", tmp_path / "p2" / "s1", tmp_path / "p2" / "s2")
    assert scans_in(tmp_path) == expected


def test_dicom_above_dicom_is_read_by_a_file(tmp_path: Path) -> None:
    _write_header(tmp_path / "1.dcm", study="1.2")
    _write_header(tmp_path / "below" / "1.dcm", study="1.3")
    _write_header(tmp_path / "DICOMDIR", study="1.4")
    assert scans_in(tmp_path) == (tmp_path / "1.dcm", tmp_path / "below")


def test_a_dicomdir_alone_is_no_scan(tmp_path: Path) -> None:
    _write_header(tmp_path / "DICOMDIR", study="1.4")
    _write_header(tmp_path / "below" / "1.dcm", study="1.3")
    assert scans_in(tmp_path) == (tmp_path / "below",)


def test_the_results_of_a_cohort_are_no_scans(tmp_path: Path) -> None:
    _touch(tmp_path / "a.nii", tmp_path / "out" / "journal.jsonl", tmp_path / "out" / "l.nii.gz")
    assert scans_in(tmp_path) == (tmp_path / "a.nii",)


def test_a_folder_of_nothing_is_a_case_to_be_refused(tmp_path: Path) -> None:
    assert scans_in(tmp_path) == (tmp_path,)


def test_what_may_not_be_read_is_a_case_to_be_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _touch(tmp_path / "a.nii", tmp_path / "locked" / "b.nii", tmp_path / "notes" / "c.txt")
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "1").symlink_to(tmp_path / "nowhere")
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert scans_in(tmp_path) == (tmp_path / "a.nii", tmp_path / "gone", tmp_path / "locked")


def test_names_stay_when_cases_come_or_the_root_moves(tmp_path: Path) -> None:
    _touch(tmp_path / "one" / "DOE" / "a.nii")
    _touch(tmp_path / "two" / "DOE" / "a.nii", tmp_path / "two" / "A" / "b.nii")
    [first] = find_cases([tmp_path / "one"])
    names = [case.name for case in find_cases([tmp_path / "two"])]
    assert first.name in names
    assert len(set(names)) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)


def test_names_show_the_path_when_asked(tmp_path: Path) -> None:
    _touch(tmp_path / "DOE" / "a.nii")
    [case] = find_cases([tmp_path], names="path")
    assert case.name == "DOE_a.nii"
    with pytest.raises(SettingsRefused, match="patient"):
        find_cases([tmp_path], names="patient")


def test_patterns_and_files(tmp_path: Path) -> None:
    _touch(tmp_path / "a.nii", tmp_path / "b.nii", tmp_path / "c.zip")
    by_pattern = find_cases([str(tmp_path / "*.nii")])
    assert [case.path.name for case in by_pattern] == ["a.nii", "b.nii"]
    # The shell may have written them out, and one may be named twice.
    assert find_cases([tmp_path / "a.nii", tmp_path / "b.nii", tmp_path / "a.nii"]) == by_pattern


def test_two_paths_of_one_name_are_refused(tmp_path: Path) -> None:
    _touch(tmp_path / "A" / "1.nii", tmp_path / "B" / "1.nii")
    with pytest.raises(TableRefused, match="folder that holds both"):
        find_cases([tmp_path / "A", tmp_path / "B"])


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScan, match="no such file"):
        find_cases([tmp_path / "none"])
    with pytest.raises(UnreadableScan, match="no scan is named"):
        find_cases([])


def test_a_table(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("scan,case,series\nx/1.zip,P1,\n/far/2,P2,1.2.3\n", encoding="utf-8")
    assert find_cases([table]) == (
        Case("P1", tmp_path / "x" / "1.zip"),
        Case("P2", Path("/far/2"), "1.2.3"),
    )


def test_a_table_without_names_gets_hashes_that_know_the_series(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("scan,series\nx,1.2\nx,1.3\n", encoding="utf-8")
    first, second = find_cases([table])
    assert first.name != second.name


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("case\nP1", "no column scan"),
        ("scan,case\n1.zip,P1\n2.zip,p1", "line 3: case 'p1' stands already in line 2"),
        ("scan,case\n1.zip,a/b", "line 2: case 'a/b' cannot name a folder"),
        ("scan,case\n1.zip,..", "line 2"),
        ("scan,case\n1.zip," + "a" * 101, "at most 100"),
        ("scan,case\n1.zip,", "has no case"),
    ],
)
def test_a_table_that_cannot_be(tmp_path: Path, rows: str, message: str) -> None:
    table = tmp_path / "list.csv"
    table.write_text(rows + "\n", encoding="utf-8")
    with pytest.raises(TableRefused, match=message):
        find_cases([table])


def test_the_input_hash_sees_names_sizes_times_and_the_series(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    _touch(folder / "1", folder / "2")
    case = Case("a", folder)
    first = input_hash(case)
    assert input_hash(case) == first
    assert input_hash(Case("a", folder, "1.2")) != first
    _touch(folder / "3")
    second = input_hash(case)
    assert second != first
    (folder / "3").write_bytes(b"xy")
    assert input_hash(case) not in (first, second)


def test_the_input_hash_of_a_file_is_its_own_or_its_folders(tmp_path: Path) -> None:
    _touch(tmp_path / "a.nii", tmp_path / "b.mhd", tmp_path / "1.dcm")
    alone, header, one = (Case("a", tmp_path / n) for n in ("a.nii", "b.mhd", "1.dcm"))
    before = [input_hash(case) for case in (alone, header, one)]
    _touch(tmp_path / "b.raw")
    after = [input_hash(case) for case in (alone, header, one)]
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[2] != before[2]
