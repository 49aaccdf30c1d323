"""Every bad input ends in an error that says which file, what is wrong and, where it can, why."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MRImageStorage,
    RLELossless,
)

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from tests.read.conftest import Read
from tests.read.dicom_files import Series, body, save


def nifti(values: np.ndarray, path: Path, spacing: float = 1.0) -> Path:
    nib.save(nib.Nifti1Image(values, np.diag([-spacing, -1, 2, 1])), path)
    return path


def test_nothing_there(tmp_path: Path, read: Read) -> None:
    with pytest.raises(UnreadableScan, match="no such file or folder"):
        read(tmp_path / "nowhere")


def test_empty_folder(tmp_path: Path, read: Read) -> None:
    with pytest.raises(UnreadableScan, match="holds no files"):
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


@pytest.mark.parametrize("name", ["x.nii.gz", "x.nii", "x.nrrd", "x.mha", "x.mhd", "x.nhdr"])
def test_text_renamed_to_a_volume(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_text("these are not the voxels you are looking for\n" * 40)
    with pytest.raises(UnreadableScan, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["x.dcm", "notes.txt"])
def test_text_as_dicom(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_text("hello\n" * 100)
    with pytest.raises(UnreadableScan, match=f"{name}: not a DICOM file; corcal reads"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["x.nii.gz", "x.nii", "x.nrrd", "x.mha"])
def test_truncated_volumes(tmp_path: Path, read: Read, name: str) -> None:
    path = tmp_path / name
    sitk.WriteImage(sitk.GetImageFromArray(body()), str(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableScan, match=f"{name}: damaged, truncated"):
        read(path)


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
    Series(tags={"RescaleType": "US"}).write(tmp_path)
    with pytest.raises(NoUsableSeries, match="values are in US, not Hounsfield units"):
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
    with pytest.raises(NoUsableSeries, match=r"no series 1\.2\.999 here"):
        read(tmp_path, "1.2.999")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers(tmp_path: Path, read: Read, value: float) -> None:
    hu = body().transpose(2, 1, 0).astype(np.float32)
    hu[3, 4, 5] = value
    path = nifti(hu, tmp_path / "x.nii.gz")
    with pytest.raises(NoUsableSeries, match=r"x\.nii\.gz: holds voxels that are not numbers"):
        read(path)


@pytest.mark.parametrize("name", ["x.nrrd", "x.mha"])
def test_nan_in_other_formats(tmp_path: Path, read: Read, name: str) -> None:
    hu = body().astype(np.float32)
    hu[3, 4, 5] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(hu), str(tmp_path / name))
    with pytest.raises(NoUsableSeries, match="not numbers"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 255), (0, 4095), (-1, 1), (0, 0), (-3, 3), (-1000, -1000)]
)
def test_values_that_are_no_hounsfield_units(
    tmp_path: Path, read: Read, low: int, high: int
) -> None:
    values = np.linspace(low, high, 20 * 30 * 20).reshape(20, 30, 20).astype(np.float32)
    path = nifti(values, tmp_path / "x.nii.gz")
    with pytest.raises(NoUsableSeries, match="are not Hounsfield units of a chest CT"):
        read(path)


def test_pictures(tmp_path: Path, read: Read) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(body()[0]), str(tmp_path / "x.mha"))
    with pytest.raises(NoUsableSeries, match=r"x\.mha: 40 x 32 voxels are a picture"):
        read(tmp_path / "x.mha")
    with pytest.raises(NoUsableSeries, match="are a picture"):
        read(nifti(body()[:1].transpose(2, 1, 0), tmp_path / "y.nii"))


def test_several_volumes_in_one_file(tmp_path: Path, read: Read) -> None:
    four = np.stack([body().transpose(2, 1, 0)] * 3, axis=-1)
    with pytest.raises(NoUsableSeries, match="holds 3 volumes"):
        read(nifti(four, tmp_path / "x.nii.gz"))


def test_rgb_volumes(tmp_path: Path, read: Read) -> None:
    colours = np.zeros((20, 20, 20, 3), dtype=np.uint8)
    sitk.WriteImage(sitk.GetImageFromArray(colours, isVector=True), str(tmp_path / "x.nrrd"))
    with pytest.raises(NoUsableSeries, match="holds colours or vectors"):
        read(tmp_path / "x.nrrd")


def test_a_nifti_that_does_not_say_how_it_lies(tmp_path: Path, read: Read) -> None:
    path = nifti(body().transpose(2, 1, 0), tmp_path / "x.nii")
    raw = bytearray(path.read_bytes())
    raw[252:256] = struct.pack("<hh", 0, 0)
    path.write_bytes(raw)
    with pytest.raises(GeometryRefused, match="left and right cannot be told apart"):
        read(path)


def test_a_sheared_nifti(tmp_path: Path, read: Read) -> None:
    affine = np.array([[-1, 0, 0.6, 0], [0, -1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]])
    image = nib.Nifti1Image(body().transpose(2, 1, 0), None)
    image.set_sform(affine, code=1)
    nib.save(image, tmp_path / "x.nii")
    with pytest.raises(GeometryRefused, match="not at right angles"):
        read(tmp_path / "x.nii")


def test_several_volume_files_in_one_folder(tmp_path: Path, read: Read) -> None:
    for name in ("a.nii", "b.nii"):
        nifti(body().transpose(2, 1, 0), tmp_path / name)
    with pytest.raises(UnreadableScan, match="holds 2 volume files and no DICOM; name one"):
        read(tmp_path)


def test_a_damaged_zip(tmp_path: Path, read: Read) -> None:
    paths = Series().write(tmp_path / "in")
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableScan, match=r"x\.zip: the zip is damaged"):
        read(packed)
    packed.write_bytes(whole[:3000] + bytes(500) + whole[3500:])
    with pytest.raises(UnreadableScan, match=r"x\.zip: the zip is damaged"):
        read(packed)


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/evil.dcm", "a/../../evil", "..\\evil"])
def test_a_zip_that_leads_out_of_itself(tmp_path: Path, read: Read, name: str) -> None:
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(UnreadableScan, match="leads out of the zip; refused"):
        read(packed)
    assert [p.name for p in tmp_path.iterdir()] == ["x.zip"]


def test_a_zip_bomb(tmp_path: Path, read: Read) -> None:
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.dcm", bytes(200_000_000))
    with pytest.raises(UnreadableScan, match="more than any scan; refused"):
        read(packed)


def test_an_empty_zip(tmp_path: Path, read: Read) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w"):
        pass
    with pytest.raises(UnreadableScan, match=r"x\.zip: holds no files"):
        read(tmp_path / "x.zip")
