"""A phantom on disk says what the phantom is."""

from __future__ import annotations

import errno
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from corcal.core.artery import Artery
from corcal.core.errors import OutputRefused, SettingsRefused
from corcal.phantom.case import PhantomCase, PhantomOptions, make_case
from corcal.phantom.files import folder as module
from corcal.phantom.files.as_json import case_truth
from corcal.phantom.files.folder import phantom_folder, write_phantom
from corcal.read import read_labels, read_scan
from corcal.settings import Settings

SETTINGS = Settings()
OPTIONS = replace(PhantomOptions.tiny(), burden="many", contrast=0.0)


@pytest.fixture(scope="module")
def case() -> PhantomCase:
    return make_case(11, options=OPTIONS)


@pytest.fixture(scope="module")
def again() -> PhantomCase:
    return make_case(11, options=OPTIONS)


def write(case: PhantomCase, folder: Path, kind: str = "nifti", force: bool = False) -> None:
    write_phantom(case, folder, kind=kind, version="1.2.3", force=force)


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_the_folder_is_named_after_the_seed() -> None:
    assert phantom_folder(Path("out"), 7) == Path("out/phantom-00007")


def test_nifti_lies_where_the_phantom_lies(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one")
    assert set(files(tmp_path / "one")) == {"ct.nii.gz", "labels.nii.gz", "truth.json"}
    scan = read_scan(tmp_path / "one/ct.nii.gz", settings=SETTINGS)
    np.testing.assert_array_equal(scan.hu, case.hu)
    assert scan.grid.matches(case.grid, tolerance_mm=1e-4)
    labels = read_labels(tmp_path / "one/labels.nii.gz", scan)
    np.testing.assert_array_equal(labels.codes, case.labels)


def test_other_readers_agree_on_the_nifti(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one")
    image = sitk.ReadImage(str(tmp_path / "one/ct.nii.gz"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), case.hu)
    np.testing.assert_allclose(image.GetDirection(), np.eye(3).ravel(), atol=1e-6)
    np.testing.assert_allclose(image.GetOrigin(), case.grid.affine[:3, 3], atol=1e-3)
    np.testing.assert_allclose(image.GetSpacing(), case.grid.spacing_mm[::-1], atol=1e-6)


def test_dicom_reads_back_as_the_phantom(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one", "dicom")
    scan = read_scan(tmp_path / "one/ct", settings=SETTINGS)
    np.testing.assert_array_equal(scan.hu, case.hu)
    assert scan.grid.matches(case.grid, tolerance_mm=1e-3)
    assert scan.notices == ()
    made = scan.acquisition
    assert (made.kvp_kv, made.thickness_mm, made.gated, made.contrast) == (120.0, 2.2, False, None)


def test_dicom_names_contrast(case: PhantomCase, tmp_path: Path) -> None:
    enhanced = replace(case, parameters={**case.parameters, "contrast": True})
    write(enhanced, tmp_path / "one", "dicom")
    assert read_scan(tmp_path / "one/ct", settings=SETTINGS).acquisition.contrast is True


def test_every_dicom_file_says_that_nobody_was_scanned(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one", "dicom")
    found = [pydicom.dcmread(p) for p in sorted((tmp_path / "one/ct").iterdir())]
    assert len({ds.SOPInstanceUID for ds in found}) == len(found) == 64
    for ds in found:
        assert ds.SOPClassUID == pydicom.uid.CTImageStorage
        assert (ds.SyntheticData, ds.QualityControlImage) == ("YES", "YES")
        assert (ds.PatientID, ds.SoftwareVersions) == ("phantom-00011", "corcal 1.2.3")


@pytest.mark.parametrize("kind", ["nifti", "dicom"])
def test_the_same_phantom_is_the_same_bytes(
    case: PhantomCase, again: PhantomCase, kind: str, tmp_path: Path
) -> None:
    write(case, tmp_path / "one", kind)
    write(again, tmp_path / "two", kind)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_other_options_are_another_series(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one", "dicom")
    asked = {**case.parameters, "options": {**case.parameters["options"], "noise": False}}
    write(replace(case, parameters=asked), tmp_path / "two", "dicom")
    one, two = (pydicom.dcmread(tmp_path / name / "ct/0001.dcm") for name in ("one", "two"))
    assert one.SeriesInstanceUID != two.SeriesInstanceUID
    assert one.SOPInstanceUID != two.SOPInstanceUID


def test_truth_agrees_with_the_labels(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one")
    truth: dict[str, Any] = json.loads((tmp_path / "one/truth.json").read_text())
    assert truth == json.loads(json.dumps(case_truth(case, "1.2.3")))
    assert truth["statement"].startswith("Synthetic.")
    assert truth["parameters"]["options"]["burden"] == "many"
    for artery in Artery:
        lesions = [x for x in truth["lesions"] if x["artery"] == artery.value]
        sums = truth["arteries"][artery.value]
        drawn = np.count_nonzero(case.labels == artery.calcium_code) * case.grid.voxel_mm3
        assert sums["visible_mm3"] == pytest.approx(drawn, abs=0.01)
        assert sums["volume_mm3"] == pytest.approx(sum(x["volume_mm3"] for x in lesions), abs=0.01)
        assert sums["mass_mg"] == pytest.approx(sum(x["mass_mg"] for x in lesions), abs=0.01)
        assert sums["lesions"] == len(lesions)
    assert truth["total"]["lesions"] == len(truth["lesions"]) >= 10


def test_an_earlier_phantom_is_refused_without_force(case: PhantomCase, tmp_path: Path) -> None:
    write(case, tmp_path / "one")
    before = files(tmp_path)
    with pytest.raises(OutputRefused, match="exists already"):
        write(case, tmp_path / "one")
    assert files(tmp_path) == before


def test_force_replaces_the_phantom_and_keeps_other_files(
    case: PhantomCase, tmp_path: Path
) -> None:
    write(case, tmp_path / "one")
    (tmp_path / "one/notes.txt").write_text("mine")
    write(case, tmp_path / "one", "dicom", force=True)
    assert {p.name for p in (tmp_path / "one").iterdir()} == {
        "ct", "labels.nii.gz", "truth.json", "notes.txt",
    }  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("force", [False, True])
def test_a_full_disk_leaves_what_was_there(
    case: PhantomCase, force: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if force:
        write(case, tmp_path / "one")
    before = files(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "case_truth", full)
    with pytest.raises(OutputRefused, match="No space left on device"):
        write(case, tmp_path / "one", force=force)
    assert files(tmp_path) == before
    assert len(list(tmp_path.iterdir())) == int(force)


def test_a_move_that_fails_is_undone(
    case: PhantomCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(case, tmp_path / "one")
    before = files(tmp_path)
    move = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.parent.name == "new" and self.name == "truth.json":
            raise OSError(errno.EIO, "Input/output error")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(OutputRefused, match="Input/output error"):
        write(replace(case, hu=case.hu + np.int16(1)), tmp_path / "one", force=True)
    assert files(tmp_path) == before


def test_a_file_in_the_way_is_refused(case: PhantomCase, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a file")
    with pytest.raises(OutputRefused, match="is a file"):
        write(case, tmp_path / "one" / "phantom-00011", force=True)


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"case": 5}, TypeError, "case: a PhantomCase, such as make_case(0), is needed, not int"),
        ({"folder": 5}, TypeError, "folder: a path is needed, not int"),
        ({"kind": 5}, TypeError, "kind: a text, such as 'nifti', is needed, not int"),
        ({"kind": "nrrd"}, SettingsRefused, "kind 'nrrd' is not one of nifti, dicom"),
        ({"version": 1.0}, TypeError, "version: a text, such as '1.0', is needed, not float"),
    ],
)
def test_wrong_arguments_are_refused_by_name(
    case: PhantomCase, tmp_path: Path, changes: dict[str, Any], kind: type[Exception], text: str
) -> None:
    given: dict[str, Any] = {"case": case, "folder": tmp_path / "one", "kind": "nifti"}
    with pytest.raises(kind, match=f"^{re.escape(text)}$"):
        write_phantom(**{**given, "version": "1.2.3", "force": False, **changes})
    assert list(tmp_path.iterdir()) == []
