"""However a file orders its axes, the scan is the same, and labels go back where they were."""

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corcal.core.scan import Scan
from corcal.read import read_labels, read_scan
from corcal.read.volume.orient import Turn
from corcal.settings import Settings
from tests.read.dicom.dicom_files import body

ORDERS = [
    (axes, flips) for axes in permutations(range(3)) for flips in product((False, True), repeat=3)
]
RAS_AFFINE = np.array(
    [[-0.7, 0, 0, 40], [0, -0.8, 0, 25], [0, 0, 2.5, -60], [0, 0, 0, 1]], dtype=float
)


def reordered(
    array: NDArray[np.int16],
    affine: NDArray[np.float64],
    axes: tuple[int, ...],
    flips: tuple[bool, ...],
) -> nib.Nifti1Image:
    """Return the same image with its axes in another order, as nibabel would store it."""
    ornt = np.array([[axes[i], -1 if flips[i] else 1] for i in range(3)], dtype=float)
    image: nib.Nifti1Image = nib.Nifti1Image(array, affine).as_reoriented(ornt)
    return image


def scan_of(image: nib.Nifti1Image, path: Path) -> Scan:
    nib.save(image, path)
    return read_scan(path, settings=Settings())


def test_all_48_axis_orders_of_a_nifti_give_the_same_scan(tmp_path: Path) -> None:
    hu = body(12, 16, 20).transpose(2, 1, 0)
    first = scan_of(nib.Nifti1Image(hu, RAS_AFFINE), tmp_path / "first.nii")
    np.testing.assert_array_equal(first.hu, hu.transpose(2, 1, 0))
    assert len(ORDERS) == 48
    seen = set()
    for axes, flips in ORDERS:
        scan = scan_of(reordered(hu, RAS_AFFINE, axes, flips), tmp_path / "other.nii")
        np.testing.assert_array_equal(scan.hu, first.hu)
        np.testing.assert_allclose(scan.grid.affine, first.grid.affine, atol=1e-5)
        assert scan.source.sha256 == first.source.sha256
        seen.add((scan.source.stored_axes, scan.source.stored_flips))
    assert len(seen) == 48


@settings(max_examples=40, deadline=None)
@given(
    order=st.sampled_from(ORDERS),
    angles=st.tuples(*[st.floats(-25, 25)] * 3),
    spacing=st.tuples(*[st.floats(0.4, 5)] * 3),
    seed=st.integers(0, 2**16),
)
def test_oblique_files_keep_every_voxel_in_its_place(
    order: tuple[tuple[int, ...], tuple[bool, ...]],
    angles: tuple[float, float, float],
    spacing: tuple[float, float, float],
    seed: int,
) -> None:
    generator = np.random.default_rng(seed)
    hu = generator.integers(-1000, 1000, (7, 5, 6)).astype(np.int16)
    affine = np.eye(4)
    affine[:3, :3] = _rotation(angles) @ np.diag(np.array(spacing) * (-1, -1, 1))
    affine[:3, 3] = generator.uniform(-200, 200, 3)
    image = reordered(hu, affine, *order)
    with TemporaryDirectory() as folder:
        scan = scan_of(image, Path(folder) / "x.nii.gz")
    stored = np.asarray(image.dataobj)
    for _ in range(10):
        index = generator.integers(0, stored.shape)
        lps = (image.affine @ [*index, 1])[:3] * (-1, -1, 1)
        ours = np.rint(scan.grid.to_index(lps[None])[0]).astype(int)
        assert scan.hu[tuple(ours)] == stored[tuple(index)]
    assert np.diag(scan.grid.directions[[2, 1, 0]]).min() > 0.5


@settings(max_examples=48, deadline=None)
@given(order=st.sampled_from(ORDERS))
def test_labels_written_in_the_files_order_come_back(
    order: tuple[tuple[int, ...], tuple[bool, ...]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        hu = body(12, 16, 20).transpose(2, 1, 0)
        scan = scan_of(reordered(hu, RAS_AFFINE, *order), folder / "ct.nii")
        codes = np.random.default_rng(5).integers(0, 7, scan.hu.shape).astype(np.uint8)
        stored = Turn.of(scan.source).undo(codes)
        labels = sitk.GetImageFromArray(np.ascontiguousarray(stored))
        labels.CopyInformation(sitk.ReadImage(str(folder / "ct.nii")))
        sitk.WriteImage(labels, str(folder / "labels.nrrd"))

        np.testing.assert_array_equal(read_labels(folder / "labels.nrrd", scan).codes, codes)


def _rotation(degrees: tuple[float, float, float]) -> NDArray[np.float64]:
    turned = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(degrees)):
        one = np.eye(3)
        i, j = [k for k in range(3) if k != axis]
        one[i, i] = one[j, j] = np.cos(angle)
        one[i, j], one[j, i] = -np.sin(angle), np.sin(angle)
        turned = turned @ one
    return turned
