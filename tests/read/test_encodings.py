"""One scan in many encodings is one scan: the same voxels, places and score to the last digit."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom import uid

from corcal.core.artery import Artery
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.pipeline import quantify_labels
from corcal.read import read_scan
from corcal.read.dicom.bounds import end_of_fragments
from tests.read.dicom.dicom_files import SPACING_MM, Series, body, write_multi_frame

HU = body()
ORIGIN_MM = (-20.0, -30.0, 100.0)
Encode = Callable[[Path], Path]


def dicom(**changes: object) -> Encode:
    def write(folder: Path) -> Path:
        replace(Series(), **changes).write(folder)  # type: ignore[arg-type]
        return folder

    return write


def slopes_and_intercepts_of_each_slice(folder: Path) -> Path:
    for k, path in enumerate(Series(signed=True, intercept=0.0).write(folder)):
        tags = pydicom.dcmread(path)
        slope, intercept = (1.0, 0.5, 0.25)[k % 3], (0.0, -1000.0, 24.0)[k % 3]
        stored = (HU[k] - intercept) / slope
        tags.RescaleSlope, tags.RescaleIntercept = slope, intercept
        tags.PixelData = stored.astype("<i2").tobytes()
        tags.save_as(path)
    return folder


def turned_half_round(folder: Path) -> Path:
    """Rows to the front, columns to the right, slices to the foot, files in another order."""
    rows, columns = HU.shape[1:]
    across = np.array([(columns - 1) * SPACING_MM[1], (rows - 1) * SPACING_MM[0], 0.0])
    places = np.array(ORIGIN_MM) + across + np.outer(np.arange(len(HU)) * 3.0, [0.0, 0.0, 1.0])
    turned = Series(
        hu=np.ascontiguousarray(HU[::-1, ::-1, ::-1]),
        orientation=(-1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
        positions=places[::-1],
    )
    turned.write(folder)
    return folder


def frames(syntax: uid.UID, name: str = "frames.dcm") -> Encode:
    def write(folder: Path) -> Path:
        order = np.random.default_rng(3).permutation(len(HU)).tolist()
        write_multi_frame(folder / name, Series(syntax=syntax), order)
        return folder / name

    return write


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "scan.zip", "w") as archive:
        for path in Series().write(folder / "inside"):
            archive.write(path, f"CASE/{path.name}")
    return folder / "scan.zip"


def volume(name: str, change: Callable[[sitk.Image], sitk.Image] = lambda image: image) -> Encode:
    def write(folder: Path) -> Path:
        image = sitk.GetImageFromArray(HU)
        image.SetSpacing((SPACING_MM[1], SPACING_MM[0], 3.0))
        image.SetOrigin(ORIGIN_MM)
        sitk.WriteImage(change(image), str(folder / name), True)
        return folder / name

    return write


def nifti(kind: str, *, slope: float = 1.0, inter: float = 0.0) -> Encode:
    def write(folder: Path) -> Path:
        affine = np.diag([-SPACING_MM[1], -SPACING_MM[0], 3.0, 1.0])
        affine[:3, 3] = (-ORIGIN_MM[0], -ORIGIN_MM[1], ORIGIN_MM[2])
        stored = ((HU.transpose(2, 1, 0) - inter) / slope).astype(kind)
        image = nibabel.Nifti1Image(stored, affine, nibabel.Nifti1Header(endianness=kind[0]))
        image.header.set_slope_inter(slope, inter)
        image.to_filename(folder / "scan.nii")
        return folder / "scan.nii"

    return write


ENCODINGS: dict[str, Encode] = {
    "implicit": dicom(syntax=uid.ImplicitVRLittleEndian),
    "big endian": dicom(syntax=uid.ExplicitVRBigEndian),
    "deflated": dicom(syntax=uid.DeflatedExplicitVRLittleEndian),
    "JPEG lossless": dicom(syntax=uid.JPEGLossless),
    "JPEG lossless SV1": dicom(syntax=uid.JPEGLosslessSV1),
    "JPEG-LS": dicom(syntax=uid.JPEGLSLossless),
    "JPEG 2000": dicom(syntax=uid.JPEG2000Lossless),
    "RLE": dicom(syntax=uid.RLELossless),
    "signed": dicom(signed=True, intercept=0.0),
    "half a unit a step": dicom(slope=0.5),
    "slopes of each slice": slopes_and_intercepts_of_each_slice,
    "turned half round": turned_half_round,
    "frames": frames(uid.ExplicitVRLittleEndian),
    "frames in JPEG-LS": frames(uid.JPEGLSLossless),
    "zip": zipped,
    "NIfTI": volume("scan.nii.gz"),
    "NIfTI, big endian": nifti(">i2"),
    "NIfTI, float": nifti("<f8"),
    "NIfTI, scaled": nifti("<u2", slope=0.5, inter=-1024.0),
    "NRRD": volume("scan.nrrd"),
    "NRRD, other axes": volume("scan.nrrd", lambda image: sitk.PermuteAxes(image, (2, 0, 1))),
    "MHA": volume("scan.mha"),
    "MHA, flipped": volume("scan.mha", lambda image: sitk.Flip(image, (True, True, True))),
    "MHD": volume("scan.mhd", lambda image: sitk.Cast(image, sitk.sitkFloat32)),
}


def agatston(scan: Scan) -> float:
    """Return the score of a block of the scan, given as calcium of the LAD."""
    codes = np.zeros(scan.grid.shape, np.uint8)
    codes[5:20, 20:28, 18:34] = Artery.LAD.calcium_code
    labels = ArteryLabels(codes, scan.grid)
    return quantify_labels(scan, labels).report.score.agatston


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return read_scan(dicom()(tmp_path_factory.mktemp("plain")))


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_every_encoding_is_the_same_scan(encode: Encode, tmp_path: Path, plain: Scan) -> None:
    scan = read_scan(encode(tmp_path))
    np.testing.assert_array_equal(scan.hu, HU)
    assert scan.grid.matches(plain.grid, 1e-4)
    assert agatston(scan) == agatston(plain) > 100
    assert scan.notices == ()


def test_fragments_end_at_their_delimiter() -> None:
    items = b"\xfe\xff\x00\xe0\x02\x00\x00\x00ab" + b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
    end = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    assert end_of_fragments(b"????" + items + end + b"more", 4) == 4 + len(items)
    assert end_of_fragments(items, 0) is None
    assert end_of_fragments(items[:-2] + end, 0) is None
