"""The same scan as file, nibabel image, SimpleITK image and array is the same scan."""

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.scan import Scan
from corcal.read import read_scan, scan_of_image

SHAPE = (9, 8, 7)
AFFINE = np.array([[-0.8, 0, 0, 20], [0, 0.9, 0, -30], [0, 0, 1.5, 40], [0, 0, 0, 1.0]])


@pytest.fixture
def hu(rng: np.random.Generator) -> NDArray[np.int16]:
    # Every voxel has a value of its own, and slices that are close are alike, as in a body.
    ramp = np.tensordot([[170, 17, 2]], np.indices(SHAPE), 1)[0] - 1000
    values: NDArray[np.int16] = (ramp + rng.integers(0, 2, SHAPE)).astype(np.int16)
    return values


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def same(a: Scan, b: Scan) -> bool:
    return (
        np.array_equal(a.hu, b.hu)
        and a.grid.matches(b.grid, 1e-4)
        and a.source.stored_axes == b.source.stored_axes
        and a.source.stored_flips == b.source.stored_flips
        and a.source.sha256 == b.source.sha256
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("signs", list(product((1, -1), repeat=3)))
def test_all_ways_in_agree_in_every_orientation(
    order: tuple[int, ...], signs: tuple[int, ...], hu: np.ndarray, tmp_path: Path
) -> None:
    affine = AFFINE.copy()
    affine[:3, :3] = AFFINE[:3, list(order)] * signs
    image = nib.Nifti1Image(hu, affine)
    nib.save(image, tmp_path / "scan.nii.gz")
    file = read_scan(tmp_path / "scan.nii.gz")
    assert same(scan_of_image(image), file)
    assert same(scan_of_image(nib.load(tmp_path / "scan.nii.gz")), file)
    assert same(scan_of_image(hu, affine), file)
    assert same(scan_of_image(sitk.ReadImage(tmp_path / "scan.nii.gz")), file)
    assert scan_of_image(image).source.kind == "nifti"
    assert scan_of_image(image).source.files == ()


def test_a_scaled_image_is_read_in_its_units(hu: np.ndarray, tmp_path: Path) -> None:
    image = nib.Nifti1Image(hu + np.int16(1024), AFFINE)
    image.header.set_slope_inter(1, -1024)
    stored = nib.Nifti1Image(hu.astype(np.float64), AFFINE, image.header)
    nib.save(stored, tmp_path / "scaled.nii")
    np.testing.assert_array_equal(
        scan_of_image(nib.load(tmp_path / "scaled.nii")).hu, scan_of_image(hu, AFFINE).hu
    )


def test_an_image_changed_in_memory_lies_where_its_affine_says(hu: np.ndarray) -> None:
    image = nib.Nifti1Image(hu, AFFINE)
    image.affine[:3, 3] += (1, 2, 3)
    moved = scan_of_image(image).grid.affine - scan_of_image(hu, AFFINE).grid.affine
    np.testing.assert_allclose(moved[:3, 3], (-1, -2, 3), atol=1e-4)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint16, np.float32, np.float64])
def test_types_of_numbers_do_not_matter(kind: type, hu: np.ndarray) -> None:
    unsigned = kind is np.uint16
    values = hu.astype(np.int64)
    if unsigned:
        with pytest.raises(NoUsableSeries, match="not Hounsfield units"):
            scan_of_image((values + 1000).astype(kind), AFFINE)
        return
    np.testing.assert_array_equal(
        scan_of_image(values.astype(kind), AFFINE).hu, scan_of_image(hu, AFFINE).hu
    )


def test_what_is_no_scan_is_refused(hu: np.ndarray) -> None:
    with pytest.raises(UnreadableScan, match="give its affine, too"):
        scan_of_image(hu)
    with pytest.raises(UnreadableScan, match="only an array needs an affine"):
        scan_of_image(nib.Nifti1Image(hu, AFFINE), AFFINE)
    with pytest.raises(NoUsableSeries, match="holds complex64"):
        scan_of_image(hu.astype(np.complex64), AFFINE)
    with pytest.raises(NoUsableSeries, match="holds 2 volumes"):
        scan_of_image(np.stack([hu, hu], axis=3), AFFINE)
    with pytest.raises(NoUsableSeries, match="a picture, not a scan"):
        scan_of_image(hu[:, :, 0], AFFINE)
    with pytest.raises(NoUsableSeries, match="colours or vectors"):
        scan_of_image(sitk.GetImageFromArray(hu, isVector=True))
    with pytest.raises(GeometryRefused, match="no finite 4 x 4"):
        scan_of_image(hu, AFFINE[:3])
    with pytest.raises(GeometryRefused, match="gives an axis no length"):
        scan_of_image(hu, np.diag([0.0, 1, 1, 1]))
    skew = AFFINE.copy()
    skew[0, 1] = 0.4
    with pytest.raises(GeometryRefused, match="not at right angles"):
        scan_of_image(hu, skew)
    with pytest.raises(GeometryRefused, match="does not say where"):
        scan_of_image(nib.Nifti1Image(hu, None))
    with pytest.raises(
        TypeError, match=r"^scan: a path, .* or a corcal\.Scan is needed, not list$"
    ):
        scan_of_image([1, 2])


def test_a_flawed_header_is_refused_in_memory_as_on_disk(hu: np.ndarray, tmp_path: Path) -> None:
    image = nib.Nifti1Image(hu, AFFINE)
    image.set_qform(AFFINE @ np.diag([-1, -1, 1, 1]), code=1)
    nib.save(image, tmp_path / "twice.nii")
    for scan in (image, nib.load(tmp_path / "twice.nii")):
        with pytest.raises(GeometryRefused, match="its qform and its sform say differently"):
            scan_of_image(scan)
