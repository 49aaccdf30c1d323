"""NIfTI files: other readers take them as they are meant, and no header is believed unchecked."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.storage.nifti import nifti_bytes, read_nifti_values, write_nifti

PLACE = np.array([[0, 0, 0.6, 10], [0, 0.7, 0, -20], [2.5, 0, 0, 30], [0, 0, 0, 1]])
GRID = Grid((3, 4, 5), PLACE)
HU = np.arange(60, dtype=np.int16).reshape(3, 4, 5) - 1000


def written(folder: Path, voxels: NDArray[np.int16], name: str = "x.nii.gz") -> Path:
    path = folder / name
    content = nifti_bytes(voxels, GRID.affine)
    path.write_bytes(content if name.endswith(".gz") else gzip.decompress(content))
    return path


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32])
def test_other_readers_agree(tmp_path: Path, kind: type[np.generic]) -> None:
    voxels = (HU % 7).astype(kind)
    path = tmp_path / "x.nii.gz"
    write_nifti(path, voxels, GRID.affine, description="made here")
    assert path.read_bytes() == nifti_bytes(
        voxels,
        GRID.affine,
        description="made here",
    )
    image = sitk.ReadImage(str(path))
    assert np.array_equal(sitk.GetArrayFromImage(image), voxels)
    assert np.allclose(image.GetOrigin(), (10.0, -20.0, 30.0))
    assert np.allclose(image.GetSpacing(), (0.6, 0.7, 2.5))
    assert np.allclose(image.GetDirection(), np.eye(3).ravel())
    header = nib.load(path).header
    assert header.get_data_dtype() == kind
    assert (int(header["qform_code"]), int(header["sform_code"])) == (1, 1)
    assert header["descrip"].item() == b"made here"
    assert header.get_intent()[0] == "none"
    read = read_nifti_values(path)
    assert read.dtype == kind
    assert np.array_equal(read, voxels)


def test_labels_say_that_they_are_labels(tmp_path: Path) -> None:
    path = tmp_path / "x.nii.gz"
    write_nifti(path, (HU % 7).astype(np.uint8), GRID.affine, largest_label=6)
    header = nib.load(path).header
    assert (header.get_intent()[0], float(header["cal_max"])) == ("label", 6.0)


def test_no_time_is_in_the_file(tmp_path: Path) -> None:
    assert nifti_bytes(HU, GRID.affine)[4:8] == bytes(4)


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
@pytest.mark.parametrize("kind", ["<i1", ">i2", "<u2", ">i4", "<u4", "<i8", "<u8", ">f4", "<f8"])
@pytest.mark.parametrize("version", [nib.Nifti1Image, nib.Nifti2Image])
def test_every_type_and_byte_order(tmp_path: Path, name: str, kind: str, version: type) -> None:
    values = (np.arange(24).reshape(2, 3, 4) * 5).astype(kind)
    header = version.header_class(endianness=kind[0])  # type: ignore[attr-defined]
    header.set_data_dtype(values.dtype)
    header.set_data_shape(values.shape)
    header.set_sform(np.eye(4), 1)
    header["vox_offset"] = 544
    header["scl_slope"], header["scl_inter"] = 0, 7
    raw = header.binaryblock.ljust(544, b"\0") + values.tobytes(order="F")
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith("gz") else raw)
    read = read_nifti_values(tmp_path / name)
    assert read.dtype == np.dtype(kind)
    assert np.array_equal(read, values.transpose())


def test_a_scale_is_applied(tmp_path: Path) -> None:
    path = written(tmp_path, HU, "x.nii")
    raw = bytearray(path.read_bytes())
    struct.pack_into("<2f", raw, 112, 2.0, -3.5)
    path.write_bytes(raw)
    assert np.array_equal(read_nifti_values(path), HU * 2.0 - 3.5)


def changed(path: Path, form: str, at: int, *values: float) -> Path:
    raw = bytearray(path.read_bytes())
    raw = bytearray(gzip.decompress(raw)) if path.suffix == ".gz" else raw
    struct.pack_into(form, raw, at, *values)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
@pytest.mark.parametrize(
    ("form", "at", "values", "error", "complaint"),
    [
        ("<8h", 40, (7, *[32767] * 7), UnreadableScan, "ends before its last voxel"),
        ("<h", 42, (6,), UnreadableScan, "ends before its last voxel"),
        ("<h", 40, (9,), UnreadableScan, "names 9 dimensions"),
        ("<f", 108, (float("nan"),), UnreadableScan, "ends before its last voxel"),
        ("<f", 108, (-8.0,), UnreadableScan, "ends before its last voxel"),
        ("<f", 108, (1e30,), UnreadableScan, "ends before its last voxel"),
        ("<h", 70, (128,), NoUsableSeries, "colours or complex numbers"),
        ("<h", 70, (32,), NoUsableSeries, "colours or complex numbers"),
        ("<h", 70, (1536,), NoUsableSeries, "colours or complex numbers"),
        ("<h", 70, (77,), NoUsableSeries, "colours or complex numbers"),
        ("<2h", 252, (0, 0), GeometryRefused, "left and right cannot be distinguished"),
        ("4s", 344, (b"ni1\0",), UnreadableScan, "not a NIfTI file"),
    ],
)
def test_a_header_that_lies(
    tmp_path: Path,
    name: str,
    form: str,
    at: int,
    values: tuple[float, ...],
    error: type[Exception],
    complaint: str,
) -> None:
    path = changed(written(tmp_path, HU, name), form, at, *values)
    with pytest.raises(error, match=complaint):
        read_nifti_values(path)


def test_damaged_packing(tmp_path: Path) -> None:
    path = written(tmp_path, HU)
    whole = path.read_bytes()
    wrong_sum = bytearray(whole)
    wrong_sum[-6] ^= 1
    for content, complaint in (
        (whole[:-4], "its gzip stream ends early"),
        (whole[: len(whole) // 2], "damaged, truncated"),
        (bytes(wrong_sum), "not a gzip file"),
        (b"some text", "not a gzip file"),
    ):
        path.write_bytes(content)
        with pytest.raises(UnreadableScan, match=complaint):
            read_nifti_values(path)
