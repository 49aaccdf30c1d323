"""Files that belong together by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import InputRefused, TableRefused, UnreadableScan
from corcal.evaluate.cases import (
    heart_of,
    label_files,
    require_partners,
    result_folders,
    scan_files,
    stem,
)
from tests.evaluate.conftest import NAMES


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_results_are_found_in_folders_and_by_themselves(cases: Path) -> None:
    every = result_folders([cases / "results"])
    assert set(every) == set(NAMES)
    one = cases / "results" / NAMES[1]
    assert result_folders([one]) == {NAMES[1]: one}


def test_a_result_twice_is_refused(cases: Path) -> None:
    with pytest.raises(TableRefused, match="is named"):
        result_folders([cases / "results", cases / "results" / NAMES[1]])


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(UnreadableScan, match=r"holds no result|is no folder"):
            result_folders([path])


def test_label_maps_are_files_or_results(tmp_path: Path) -> None:
    touch(tmp_path, "a.nii.gz", "b.x.mha", "c/labels.nii.gz", "c/ct.nii.gz", "notes.txt", ".d.nii")
    assert {k: v.name for k, v in label_files(tmp_path).items()} == {
        "a": "a.nii.gz", "b.x": "b.x.mha", "c": "labels.nii.gz",
    }  # fmt: skip
    touch(tmp_path, "a.nrrd")
    with pytest.raises(TableRefused, match=r"another case is named a already"):
        label_files(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableScan, match="no label map"):
        label_files(tmp_path / "empty")


def test_scans_have_the_names_of_their_cases(tmp_path: Path) -> None:
    touch(tmp_path, "a.nii.gz", "b.zip", "c/0001.dcm", "d/ct.nii.gz", "d/labels.nii.gz", "e.nii")
    found = scan_files(tmp_path, ["a", "b", "c", "d"])
    assert {k: v.relative_to(tmp_path).as_posix() for k, v in found.items()} == {
        "a": "a.nii.gz", "b": "b.zip", "c": "c", "d": "d/ct.nii.gz",
    }  # fmt: skip
    with pytest.raises(UnreadableScan, match="no scan named f, g"):
        scan_files(tmp_path, ["a", "f", "g"])


def test_what_has_no_partner_is_said() -> None:
    require_partners(["a"], ["a", "b"], "a prediction")
    with pytest.raises(
        TableRefused, match="6 of 7 cases without a prediction: b, c, d, e, f and 1"
    ):
        require_partners(list("abcdefg"), ["a"], "a prediction")


def test_the_heart_is_that_of_the_report(cases: Path, tmp_path: Path) -> None:
    box = heart_of(cases / "results" / NAMES[0] / "report.json")
    assert box is not None
    assert (box.start, box.stop) == ((1, 8, 4), (12, 40, 60))
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(InputRefused, match="is no report"):
        heart_of(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.b.nii.gz", "a.b"), ("a.NII", "a"), ("a.zip", "a"), ("a", "a"), ("a.txt", "a.txt")],
)
def test_names_lose_their_ending(name: str, expected: str) -> None:
    assert stem(Path(name)) == expected
