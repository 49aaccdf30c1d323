"""The label file must lie on the scan's own file, voxel for voxel, whatever its axes."""

from __future__ import annotations

import itertools
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.core.scan import Scan, Source
from corcal.report.tables.labels_nifti import labels_nifti
from tests.report.conftest import make_report

SHARED = Path(__file__).parents[3] / "shared" / "data" / "ct"

unit = st.floats(-1, 1, allow_nan=False)
sides = st.tuples(*[st.integers(2, 5)] * 3)
spacings = st.tuples(*[st.floats(0.3, 6.0)] * 3)
places = st.tuples(*[st.floats(-400, 400)] * 3)
quaternions = st.tuples(unit, unit, unit, unit).filter(lambda q: np.linalg.norm(q) > 0.1)
mirrors = st.booleans()


def rotation(q: tuple[float, float, float, float]) -> NDArray[np.float64]:
    w, x, y, z = np.array(q) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def as_read(stored: NDArray[np.uint8], affine: NDArray[np.float64]) -> Reading:
    """Turn a stored array to the nearest axial order, as a reader does, with labels on it.

    Args:
        stored: label codes in the file's own order (slice, row, column).
        affine: from such an index to LPS mm.
    """
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    world = (2, 1, 0)  # axis 0 of a scan runs along z, 1 along y, 2 along x
    axes = max(
        itertools.permutations(range(3)),
        key=lambda p: sum(abs(unit[world[a], s]) for s, a in enumerate(p)),
    )
    flips = tuple(1 if unit[world[a], s] > 0 else -1 for s, a in enumerate(axes))
    turn = np.zeros((4, 4))
    turn[3, 3] = 1
    for s, (a, f) in enumerate(zip(axes, flips, strict=True)):
        turn[s, a] = f
        turn[s, 3] = 0 if f > 0 else stored.shape[s] - 1
    flipped = np.flip(stored, tuple(s for s in range(3) if flips[s] < 0))
    codes = np.ascontiguousarray(flipped.transpose(np.argsort(axes)))
    grid = Grid(codes.shape, affine @ turn)
    source = Source("nifti", stored_axes=axes, stored_flips=flips)  # type: ignore[arg-type]
    scan = Scan(np.zeros(codes.shape, np.int16), grid, source=source)
    return Reading(scan, ArteryLabels(codes, grid), None, make_report())


def codes_of(shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    return (np.arange(np.prod(shape)) % 7).astype(np.uint8).reshape(shape)


def image_of(codes: NDArray[np.uint8], affine: NDArray[np.float64]) -> sitk.Image:
    """The same array as SimpleITK holds it: index (column, row, slice), world LPS."""
    columns = affine[:3, [2, 1, 0]]
    spacing = np.linalg.norm(columns, axis=0)
    image = sitk.GetImageFromArray(codes)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((columns / spacing).ravel().tolist())
    image.SetOrigin(affine[:3, 3].tolist())
    return image


def file_of(reading: Reading, folder: Path) -> Path:
    path = folder / "labels.nii.gz"
    path.write_bytes(labels_nifti(reading.labels, reading.scan.source))
    return path


@settings(max_examples=60, deadline=None)
@given(sides, spacings, places, quaternions, mirrors)
@example((2, 2, 2), (1.0, 1.0, 6.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.5, 0.0001), False)
def test_on_any_rotated_grid_it_is_what_simpleitk_writes(
    tmp_path_factory: pytest.TempPathFactory,
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    origin: tuple[float, float, float],
    quaternion: tuple[float, float, float, float],
    mirror: bool,
) -> None:
    folder = tmp_path_factory.mktemp("nifti")
    affine = np.eye(4)
    affine[:3, :3] = rotation(quaternion) * np.array(spacing)
    if mirror:
        affine[:3, 0] *= -1
    affine[:3, 3] = origin
    stored = codes_of(shape)
    sitk.WriteImage(image_of(stored, affine), str(folder / "scan.nii.gz"))
    ours = file_of(as_read(stored, affine), folder)

    theirs_itk, ours_itk = sitk.ReadImage(str(folder / "scan.nii.gz")), sitk.ReadImage(str(ours))
    assert np.array_equal(sitk.GetArrayFromImage(ours_itk), stored)
    assert np.allclose(ours_itk.GetOrigin(), theirs_itk.GetOrigin(), atol=1e-3)
    assert np.allclose(ours_itk.GetSpacing(), theirs_itk.GetSpacing(), atol=1e-4)
    assert np.allclose(ours_itk.GetDirection(), theirs_itk.GetDirection(), atol=1e-4)

    theirs_nib, ours_nib = nib.load(folder / "scan.nii.gz"), nib.load(ours)
    assert np.array_equal(np.asarray(ours_nib.dataobj), np.asarray(theirs_nib.dataobj))
    assert ours_nib.get_data_dtype() == np.uint8
    assert np.allclose(ours_nib.affine, theirs_nib.affine, atol=1e-3)
    if ours_nib.header["qform_code"] > 0:
        assert np.allclose(ours_nib.get_qform(), ours_nib.get_sform(), atol=1e-3)


def test_a_sheared_grid_keeps_its_shear(tmp_path: Path) -> None:
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    affine[:3, :3] = [[0.1, 0.2, 0.9], [0.3, 0.8, 0.0], [2.5, 0.0, 0.0]]
    stored = codes_of((3, 4, 5))
    image = nib.load(file_of(as_read(stored, affine), tmp_path))
    assert np.array_equal(np.asarray(image.dataobj), stored.transpose(2, 1, 0))
    ras = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine[:, [2, 1, 0, 3]]
    assert np.allclose(image.affine, ras, atol=1e-6)
    assert int(image.header["qform_code"]) == 0


def test_the_bytes_are_the_same_every_time(reading: Reading) -> None:
    assert labels_nifti(reading.labels, reading.scan.source) == labels_nifti(
        reading.labels, reading.scan.source
    )


def test_an_axial_scan(reading: Reading, tmp_path: Path) -> None:
    image = nib.load(file_of(reading, tmp_path))
    assert image.shape == (64, 48, 12)
    assert image.header.get_zooms() == (1.0, 1.0, 3.0)
    assert image.header.get_xyzt_units()[0] == "mm"
    assert int(image.header["qform_code"]) == int(image.header["sform_code"]) == 1
    assert nib.aff2axcodes(image.affine) == ("L", "P", "S")
    assert np.array_equal(np.asarray(image.dataobj).transpose(2, 1, 0), reading.labels.codes)


@pytest.mark.shared_data
def test_it_overlays_a_real_nifti_scan(tmp_path: Path) -> None:
    path = SHARED / "Lung_Dx-A0001_kB.nii.gz"
    if not path.exists():
        pytest.skip("the annotated scans are not beside the project")
    scan = sitk.ReadImage(str(path))
    bone = (sitk.GetArrayFromImage(scan) > 300).astype(np.uint8)
    columns = np.array(scan.GetDirection()).reshape(3, 3) * np.array(scan.GetSpacing())
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = columns[:, ::-1], scan.GetOrigin()
    ours = file_of(as_read(bone, affine), tmp_path)
    labels, original = nib.load(ours), nib.load(path)
    assert np.allclose(labels.affine, original.affine, atol=1e-3)
    assert np.array_equal(np.asarray(labels.dataobj), np.asarray(original.dataobj) > 300)
