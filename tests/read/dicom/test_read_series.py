"""DICOM in every form it comes in gives the Hounsfield units and geometry that were written."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.read.conftest import Read
from tests.read.dicom.dicom_files import SPACING_MM, Series, body, save, write_multi_frame

SYNTAXES = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "JPEG lossless": JPEGLossless,
    "JPEG lossless SV1": JPEGLosslessSV1,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
    "RLE": RLELossless,
}


@pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=SYNTAXES.keys())
def test_every_transfer_syntax_gives_the_same_hounsfield_units(
    tmp_path: Path, read: Read, syntax: UID
) -> None:
    series = Series(syntax=syntax)
    series.write(tmp_path)

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, series.hu)
    np.testing.assert_allclose(scan.grid.spacing_mm, (3.0, *SPACING_MM))
    np.testing.assert_allclose(scan.grid.affine[:3, 3], (-20, -30, 100))
    assert scan.notices == ()


def test_signed_values_with_their_own_slope_per_slice(tmp_path: Path, read: Read) -> None:
    hu = body()
    for k, slope in enumerate((1.0, 2.0, 0.5)):
        part = Series(hu[k * 10 : k * 10 + 10], uid="1.2.9", signed=True, slope=slope, intercept=-8)
        part.positions = np.array([[0.0, 0.0, 3.0 * (k * 10 + i)] for i in range(10)])
        part.write(tmp_path / str(k))

    scan = read(tmp_path)

    # Slope 2 stores every second value only: rounding to it is all that is lost.
    np.testing.assert_array_equal(scan.hu[:10], hu[:10])
    np.testing.assert_allclose(scan.hu[10:20], hu[10:20], atol=1)
    np.testing.assert_array_equal(scan.hu[20:], hu[20:])


def test_source_and_acquisition_tell_what_the_header_says(tmp_path: Path, read: Read) -> None:
    series = Series(
        tags={
            "KVP": 100,
            "ConvolutionKernel": ["Br40d", "3"],
            "Manufacturer": "SIEMENS",
            "ManufacturerModelName": "Force",
            "CardiacSynchronizationTechnique": "PROSPECTIVE",
            "ContrastBolusAgent": "Iomeron",
            "CalciumScoringMassFactorDevice": [0.7, 0.75, 0.8],
        }
    )
    paths = series.write(tmp_path)

    scan = read(tmp_path)

    made = scan.acquisition
    assert (made.kvp_kv, made.thickness_mm, made.kernel) == (100, 3, "Br40d\\3")
    assert (made.contrast, made.gated) == (True, True)
    assert (made.manufacturer, made.model) == ("SIEMENS", "Force")
    np.testing.assert_allclose(made.mass_factors, (0.7, 0.75, 0.8))
    source = scan.source
    assert (source.kind, source.series_uid) == ("dicom", series.uid)
    assert source.files == tuple(str(p) for p in paths)
    uids = tuple(str(pydicom.dcmread(p).SOPInstanceUID) for p in paths)
    assert source.instance_uids == uids
    assert source.sha256 == hashlib.sha256(series.hu.tobytes()).hexdigest()
    assert scan.grid.frame_of_reference == "1.2.3.4"


@pytest.mark.parametrize("agent", ["NONE", "No contrast", "without", "non-ionic none"])
def test_an_agent_called_none_is_no_contrast(tmp_path: Path, read: Read, agent: str) -> None:
    Series(tags={"ContrastBolusAgent": agent}).write(tmp_path)
    assert read(tmp_path).acquisition.contrast is False


def test_file_order_and_names_do_not_matter(tmp_path: Path, read: Read) -> None:
    series = Series()
    paths = series.write(tmp_path / "a")
    shuffled = np.random.default_rng(1).permutation(len(paths))
    nested = tmp_path / "b" / "deep" / "er"
    nested.mkdir(parents=True)
    for path, n in zip(paths, shuffled, strict=True):
        path.rename(nested / f"IM{n}")
    (tmp_path / "b" / "readme.txt").write_text("junk")
    (tmp_path / "b" / "thumbs.db").write_bytes(bytes(range(256)) * 4)

    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_a_zip_gives_the_same_scan_as_its_folder(tmp_path: Path, read: Read) -> None:
    series = Series()
    paths = series.write(tmp_path / "in")
    packed = tmp_path / "scan.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._x", b"junk")
        for path in paths:
            archive.write(path, f"study/{path.name}")

    scan = read(packed)

    np.testing.assert_array_equal(scan.hu, series.hu)
    assert scan.source.files == (str(packed),)
    assert len(scan.source.instance_uids) == len(paths)


def test_one_slice_stands_for_its_series_in_the_folder(tmp_path: Path, read: Read) -> None:
    series, other = Series(), Series(hu=body(40))
    paths = series.write(tmp_path)
    other.write(tmp_path)
    np.testing.assert_array_equal(read(paths[11]).hu, series.hu)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless, RLELossless])
def test_enhanced_multi_frame_in_any_frame_order(tmp_path: Path, read: Read, syntax: UID) -> None:
    series = Series(syntax=syntax)
    order = [int(k) for k in np.random.default_rng(3).permutation(30)]
    write_multi_frame(tmp_path / "enhanced.dcm", series, order)

    scan = read(tmp_path / "enhanced.dcm")

    np.testing.assert_array_equal(scan.hu, series.hu)
    np.testing.assert_allclose(scan.grid.spacing_mm, (3.0, *SPACING_MM))
    assert scan.acquisition.kernel == "Br36"
    assert scan.acquisition.kvp_kv == 100
    assert len(set(scan.source.instance_uids)) == 1
    assert [order[f - 1] for f in scan.source.frames] == list(range(30))


def test_files_without_preamble_are_read(tmp_path: Path, read: Read) -> None:
    series = Series()
    for path in series.write(tmp_path):
        ds = pydicom.dcmread(path)
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        path.unlink()
        ds.preamble = None
        bare = pydicom.Dataset(ds)
        bare.save_as(path, implicit_vr=True, little_endian=True, enforce_file_format=False)

    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


@pytest.mark.parametrize("padding_hu", [-1000, -1024, -2000, -3024])
@pytest.mark.parametrize("declared", [True, False])
def test_padding_becomes_air(tmp_path: Path, read: Read, padding_hu: int, declared: bool) -> None:
    hu = body()
    hu[:, :3, :3] = padding_hu
    series = Series(hu, signed=True)
    if declared:
        series.tags = {"PixelPaddingValue": padding_hu + 1024}
    series.write(tmp_path)

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, np.maximum(hu, -1024))
    codes = [n.code for n in scan.notices]
    assert codes == (["padding"] if padding_hu < -1024 and not declared else [])


def test_signed_padding_in_an_unsigned_file(tmp_path: Path, read: Read) -> None:
    series = Series()
    for k, path in enumerate(series.write(tmp_path)):
        ds = pydicom.dcmread(path)
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(32, 40).copy()
        stored[:3, :3] = 65536 - 2000
        ds.PixelData = stored.tobytes()
        save(ds, path)
        series.hu[k, :3, :3] = -1024
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_a_padding_value_that_tissue_can_have_is_not_believed(tmp_path: Path, read: Read) -> None:
    series = Series(intercept=0, signed=True, tags={"PixelPaddingValue": 0})
    series.hu[:, 15, 20] = 0
    series.write(tmp_path)
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_values_that_wrapped_at_12_bits_are_repaired(tmp_path: Path, read: Read) -> None:
    true = body()
    true[:, 14:21, 19:26] = 900
    true[:, 16:19, 21:24] = 1500
    stored = true.copy()
    stored[:, 16:19, 21:24] -= 4096
    Series(stored, signed=True).write(tmp_path)

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, true)
    assert [n.code for n in scan.notices] == ["wrapped-values"]
    assert scan.notices[0].text.startswith("270 voxels")
    np.testing.assert_array_equal(read(tmp_path, overflow_bright_hu=901).hu.min(), -1024)


def test_a_lung_beside_bone_is_left_alone(tmp_path: Path, read: Read) -> None:
    hu = body()
    hu[:, 8:20, 16] = 1200
    Series(hu).write(tmp_path)
    np.testing.assert_array_equal(read(tmp_path).hu, hu)


def test_hounsfield_units_and_geometry_agree_with_simpleitk(tmp_path: Path, read: Read) -> None:
    tilt = np.deg2rad(12)
    series = Series(orientation=(1, 0, 0, 0, np.cos(tilt), np.sin(tilt)))
    paths = series.write(tmp_path)

    scan = read(tmp_path)

    image = sitk.ReadImage([str(p) for p in paths])
    np.testing.assert_array_equal(scan.hu, sitk.GetArrayFromImage(image))
    for index in ((0, 0, 0), (29, 31, 39), (3, 7, 11)):
        ours = scan.grid.to_lps(np.array([index], dtype=float))[0]
        theirs = image.TransformIndexToPhysicalPoint(index[::-1])
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_a_folder_copied_twice_says_so(tmp_path: Path, read: Read) -> None:
    series = Series()
    series.write(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")

    scan = read(tmp_path)

    np.testing.assert_array_equal(scan.hu, series.hu)
    assert [n.text for n in scan.notices] == ["30 copies of slices were left out."]
