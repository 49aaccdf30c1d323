"""Volume files that are damaged, are no CT, or do not say where their voxels lie."""

from __future__ import annotations

import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import body


def nifti(values: np.ndarray, path: Path, spacing: float = 1.0) -> Path:
    nib.save(nib.Nifti1Image(values, np.diag([-spacing, -1, 2, 1])), path)
    return path


@pytest.mark.parametrize("name", ["x.nii.gz", "x.nii", "x.nrrd", "x.mha", "x.mhd", "x.nhdr"])
def test_text_renamed_to_a_volume(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_text("these are not the voxels you are looking for\n" * 40)
    with pytest.raises(UnreadableScan, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["x.nii.gz", "x.nii", "x.nrrd", "x.mha"])
def test_truncated_volumes(tmp_path: Path, read: Read, name: str) -> None:
    path = tmp_path / name
    sitk.WriteImage(sitk.GetImageFromArray(body()), str(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableScan, match=f"{name}: damaged, truncated"):
        read(path)


def test_a_nifti_that_lies_nowhere(tmp_path: Path, read: Read) -> None:
    path = nifti(body().transpose(2, 1, 0), tmp_path / "x.nii")
    content = bytearray(path.read_bytes())
    content[268:272] = content[292:296] = struct.pack("<f", np.nan)
    path.write_bytes(content)
    with pytest.raises(GeometryRefused, match=r"x\.nii: (does not say where|its qform is damaged)"):
        read(path)


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


def test_stored_values_and_pictures_get_different_reasons(tmp_path: Path, read: Read) -> None:
    stored = np.linspace(0, 4095, 20 * 30 * 20).reshape(20, 30, 20).astype(np.uint16)
    says = (
        r"x\.nii\.gz: values from 0 to 4095 are not .* \(air is about -1000\); they may be stored "
        r"values, 1024 above, to which the rescale intercept was not applied: convert the scan"
    )
    with pytest.raises(NoUsableSeries, match=says):
        read(nifti(stored, tmp_path / "x.nii.gz"))
    picture = np.minimum(stored, 255).astype(np.uint8)
    with pytest.raises(NoUsableSeries, match="an MR, a windowed picture or a rescaled copy cannot"):
        read(nifti(picture, tmp_path / "y.nii.gz"))


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
    with pytest.raises(GeometryRefused, match="left and right cannot be distinguished"):
        read(path)


def test_a_sheared_nifti(tmp_path: Path, read: Read) -> None:
    affine = np.array([[-1, 0, 0.6, 0], [0, -1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]])
    image = nib.Nifti1Image(body().transpose(2, 1, 0), None)
    image.set_sform(affine, code=1)
    image.header.set_zooms(np.linalg.norm(affine[:3, :3], axis=0))
    nib.save(image, tmp_path / "x.nii")
    with pytest.raises(GeometryRefused, match="not at right angles"):
        read(tmp_path / "x.nii")


def test_several_volume_files_in_one_folder(tmp_path: Path, read: Read) -> None:
    for name in ("a.nii", "b.nii"):
        nifti(body().transpose(2, 1, 0), tmp_path / name)
    with pytest.raises(UnreadableScan, match="holds 2 volume files and no DICOM; name one"):
        read(tmp_path)
