"""NIfTI, NRRD and MetaImage against SimpleITK and nibabel as referees."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from corcal.core.errors import GeometryRefused
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import body


def image_of(values: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-12.0, -13.0, 40.0))
    return image


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.nii", "nifti"),
        ("x.nii.gz", "nifti"),
        ("x.nrrd", "nrrd"),
        ("x.nhdr", "nrrd"),
        ("x.mha", "mha"),
        ("x.mhd", "mha"),
    ],
)
def test_every_format_gives_the_voxels_and_their_place(
    tmp_path: Path, read: Read, name: str, kind: str
) -> None:
    hu = body(20)
    sitk.WriteImage(image_of(hu), str(tmp_path / name))

    scan = read(tmp_path / name)

    np.testing.assert_array_equal(scan.hu, hu)
    np.testing.assert_allclose(scan.grid.spacing_mm, (2.5, 0.8, 0.7), rtol=1e-6)
    np.testing.assert_allclose(scan.grid.affine[:3, 3], (-12, -13, 40), rtol=1e-6)
    assert scan.source.kind == kind
    assert scan.source.files == (str(tmp_path / name),)


def test_nibabel_puts_every_voxel_at_the_same_place(tmp_path: Path, read: Read) -> None:
    affine = np.array([[0.7, 0.1, 0, -5], [-0.1, 0.7, 0, 9], [0, 0, 1.5, 33], [0, 0, 0, 1]])
    hu = body(20).transpose(2, 1, 0)
    nib.save(nib.Nifti1Image(hu, affine), tmp_path / "x.nii.gz")

    scan = read(tmp_path / "x.nii.gz")

    for index in ((0, 0, 0), (39, 31, 19), (5, 10, 3)):
        lps = (affine @ [*index, 1])[:3] * (-1, -1, 1)
        ours = np.rint(scan.grid.to_index(lps[None])[0]).astype(int)
        assert scan.hu[tuple(ours)] == hu[index]


def test_float_hounsfield_units_are_rounded(tmp_path: Path, read: Read) -> None:
    hu = body(20)
    sitk.WriteImage(image_of(hu.astype(np.float32) + 0.3), str(tmp_path / "x.nii"))
    np.testing.assert_array_equal(read(tmp_path / "x.nii").hu, hu)


def test_a_nifti_scale_is_applied(tmp_path: Path, read: Read) -> None:
    image = nib.Nifti1Image((body(20) + 1024).transpose(2, 1, 0), np.diag([-1, -1, 2, 1]))
    image.header.set_slope_inter(1, -1024)
    nib.save(image, tmp_path / "x.nii")
    np.testing.assert_array_equal(read(tmp_path / "x.nii").hu, body(20))


def test_four_dimensions_with_one_volume_are_read(tmp_path: Path, read: Read) -> None:
    hu = body(20).transpose(2, 1, 0)[..., None]
    nib.save(nib.Nifti1Image(hu, np.diag([-1, -1, 2, 1])), tmp_path / "x.nii.gz")
    np.testing.assert_array_equal(read(tmp_path / "x.nii.gz").hu, body(20))


def test_padding_becomes_air_and_is_said(tmp_path: Path, read: Read) -> None:
    hu = body(20)
    hu[:, :2] = -3024
    sitk.WriteImage(image_of(hu), str(tmp_path / "x.mha"))
    scan = read(tmp_path / "x.mha")
    np.testing.assert_array_equal(scan.hu, np.maximum(hu, -1024))
    assert [n.code for n in scan.notices] == ["padding"]


def test_a_folder_or_zip_with_one_volume_stands_for_it(tmp_path: Path, read: Read) -> None:
    sitk.WriteImage(image_of(body(20)), str(tmp_path / "x.nii.gz"))
    (tmp_path / "notes.txt").write_text("hello")
    np.testing.assert_array_equal(read(tmp_path).hu, body(20))


def test_slices_of_two_people_in_turns_are_refused(tmp_path: Path, read: Read) -> None:
    first, second = body(), body()[:, ::-1, ::-1]
    mixed = first.copy()
    mixed[1::2] = second[1::2]
    image = image_of(mixed)
    sitk.WriteImage(image, str(tmp_path / "mixed.nii.gz"))
    with pytest.raises(GeometryRefused, match="two people, or two scans, are mixed"):
        read(tmp_path / "mixed.nii.gz")
