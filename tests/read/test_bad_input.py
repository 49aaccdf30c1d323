"""Every bad input ends in an error that says which file, what is wrong and, where it can, why."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MRImageStorage,
    RLELossless,
)

from corcal.core.errors import NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.storage import write_nifti
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import Series, body, save


def test_nothing_there(tmp_path: Path, read: Read) -> None:
    with pytest.raises(UnreadableScan, match="no such file or folder"):
        read(tmp_path / "nowhere")


def test_empty_folder(tmp_path: Path, read: Read) -> None:
    with pytest.raises(UnreadableScan, match="holds no files"):
        read(tmp_path)


def test_a_folder_that_may_not_be_read(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    # To change its mode would not keep an administrator out.
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(UnreadableScan, match=r"cannot be read \(Permission denied\)"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["x.dcm", "x.nii.gz", "x.nii", "x.nrrd", "x.mha", "x.zip", "x"])
def test_zero_byte_files(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(UnreadableScan, match=rf"{name}: the file is empty"):
        read(tmp_path / name)


def test_a_folder_of_zero_byte_files(tmp_path: Path, read: Read) -> None:
    for k in range(3):
        (tmp_path / f"{k}.dcm").touch()
    with pytest.raises(UnreadableScan, match="holds no DICOM file that can be read"):
        read(tmp_path)


def test_a_value_of_no_known_kind_is_no_value(tmp_path: Path, read: Read) -> None:
    for path in Series().write(tmp_path):
        content = path.read_bytes()
        kilovolts = content.replace(b"\x18\x00\x60\x00DS", b"\x18\x00\x60\x00D8")
        assert kilovolts != content
        path.write_bytes(kilovolts)
    found = read(tmp_path)
    np.testing.assert_array_equal(found.hu, body())
    assert found.acquisition.kvp_kv in (None, 120.0)


@pytest.mark.parametrize(
    "change",
    [
        lambda jpeg: jpeg.replace(b"\xff\xc4", b"\x03\xdc", 1),
        lambda jpeg: jpeg.replace(b"\x01\x01\x01\x01\0\0", b"\x01\x01\0\0\x01\0", 1),
        lambda jpeg: jpeg.replace(b"\xff\xc4\x00", b"\xff\xc4\xf0", 1),
    ],
)
def test_a_broken_jpeg_does_not_end_the_process(
    tmp_path: Path, read: Read, change: Callable[[bytes], bytes]
) -> None:
    # The decoder would: it throws what nobody can catch.
    for path in Series(syntax=JPEGLosslessSV1).write(tmp_path):
        content = path.read_bytes()
        if (changed := change(content)) == content:
            changed = content.replace(b"\xff\xc4", b"\x03\xdc", 1)
        path.write_bytes(changed)
    with pytest.raises(UnreadableScan, match="its compressed image is no whole JPEG"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["x.dcm", "notes.txt"])
def test_text_as_dicom(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_text("hello\n" * 100)
    with pytest.raises(UnreadableScan, match=f"{name}: not a DICOM file; corcal reads"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, JPEGLSLossless, JPEG2000Lossless, JPEGLosslessSV1, RLELossless],
)
def test_a_slice_truncated_in_its_pixels(tmp_path: Path, read: Read, syntax: UID) -> None:
    path = Series(syntax=syntax).write(tmp_path)[7]
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(UnreadableScan, match=rf"{path.name}: .*copy the series again"):
        read(tmp_path)


def test_a_slice_truncated_in_its_header_counts_as_missing(tmp_path: Path, read: Read) -> None:
    path = Series().write(tmp_path)[7]
    path.write_bytes(path.read_bytes()[:200])

    scan = read(tmp_path)

    assert scan.source.filled_slices == (7,)
    assert {n.code for n in scan.notices} == {"missing-slices", "unreadable-files"}


def test_a_single_damaged_file(tmp_path: Path, read: Read) -> None:
    path = Series().write(tmp_path)[7]
    path.write_bytes(path.read_bytes()[:180])
    with pytest.raises(UnreadableScan, match=path.name):
        read(path)


def test_a_damaged_compressed_slice(tmp_path: Path, read: Read) -> None:
    path = Series(syntax=JPEGLSLossless).write(tmp_path)[7]
    raw = bytearray(path.read_bytes())
    start = raw.index(b"\xff\xd8\xff")
    raw[start : start + 40] = bytes(40)
    path.write_bytes(raw)
    with pytest.raises(UnreadableScan, match=f"{path.name}: its pixels are truncated or damaged"):
        read(tmp_path)


def test_a_transfer_syntax_that_is_none(tmp_path: Path, read: Read) -> None:
    for path in Series().write(tmp_path):
        data = path.read_bytes()
        assert data.count(b"1.2.840.10008.1.2.1") >= 1
        path.write_bytes(data.replace(b"1.2.840.10008.1.2.1", b"1.2.840.10008.5.1.4", 1))
    with pytest.raises(UnreadableScan):
        read(tmp_path)


def test_an_mr(tmp_path: Path, read: Read) -> None:
    Series(sop_class=MRImageStorage, tags={"Modality": "MR"}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match="modality MR, not CT"):
        read(tmp_path)


@pytest.mark.parametrize("modality", ["PT", "SR", "RTSTRUCT", "US"])
def test_other_modalities(tmp_path: Path, read: Read, modality: str) -> None:
    Series(tags={"Modality": modality}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match=f"modality {modality}, not CT"):
        read(tmp_path)


@pytest.mark.parametrize("word", ["LOCALIZER", "CT_SOM5 TOPOGRAM", "MIP", "SCREEN SAVE"])
def test_a_ct_without_cross_sections(tmp_path: Path, read: Read, word: str) -> None:
    Series(tags={"ImageType": ["ORIGINAL", "PRIMARY", word]}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match="no cross-sections"):
        read(tmp_path)


@pytest.mark.parametrize("colour", ["MONOCHROME1", "RGB", "PALETTE COLOR"])
def test_colours_and_inverted_greys(tmp_path: Path, read: Read, colour: str) -> None:
    Series(tags={"PhotometricInterpretation": colour}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match=f"pixels are {colour}, not MONOCHROME2"):
        read(tmp_path)


def test_other_units(tmp_path: Path, read: Read) -> None:
    Series(tags={"RescaleType": "Z_EFF"}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match="values are in Z_EFF, not Hounsfield units"):
        read(tmp_path)


def test_a_series_without_rescale(tmp_path: Path, read: Read) -> None:
    for path in Series().write(tmp_path):
        ds = pydicom.dcmread(path)
        del ds.RescaleIntercept, ds.RescaleSlope
        save(ds, path)
    with pytest.raises(NoUsableSeries, match="not Hounsfield units"):
        read(tmp_path)


def test_two_patients_in_one_folder(tmp_path: Path, read: Read) -> None:
    first, second = Series(patient="A"), Series(patient="B", hu=body(35))
    first.write(tmp_path)
    second.write(tmp_path)
    with pytest.raises(NoUsableSeries, match=r"2 patients .* --series UID"):
        read(tmp_path)
    np.testing.assert_array_equal(read(tmp_path, first.uid).hu, first.hu)


def test_no_error_names_the_patient(tmp_path: Path, read: Read) -> None:
    Series(patient="SECRET-ID").write(tmp_path)
    Series(patient="SECRET-OTHER").write(tmp_path)
    with pytest.raises(NoUsableSeries) as caught:
        read(tmp_path)
    assert "SECRET" not in str(caught.value)


def test_an_unknown_series(tmp_path: Path, read: Read) -> None:
    Series().write(tmp_path)
    says = rf"^{tmp_path.name}: holds no series 1\.2\.999; `corcal inspect` lists those it holds$"
    with pytest.raises(NoUsableSeries, match=says):
        read(tmp_path, "1.2.999")


def test_a_volume_file_holds_no_series_to_choose_from(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "ct.nii.gz"
    hu = np.linspace(-1000, 1000, 4 * 5 * 6).astype(np.int16).reshape(4, 5, 6)
    write_nifti(path, hu, Grid.axial(hu.shape, (2.0, 1.0, 1.0)).affine)
    says = (
        r"^ct\.nii\.gz: is a volume file, which holds no DICOM series to choose from: leave out "
        r"--series \(series_uid from Python\)$"
    )
    assert read(path).hu.shape == (4, 5, 6)
    with pytest.raises(NoUsableSeries, match=says):
        read(path, "1.2.999")


@pytest.mark.parametrize(("code", "kind"), [(errno.EIO, UnreadableScan), (errno.ENOSPC, OSError)])
def test_a_failing_disk(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch, code: int, kind: type
) -> None:
    Series().write(tmp_path)

    def fails(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("corcal.read.dicom.pixels.read_plain", fails)
    with pytest.raises(kind, match=os.strerror(code)):
        read(tmp_path)
