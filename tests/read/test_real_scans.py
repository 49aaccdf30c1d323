"""The scan that ships with the project, and real scans where they lie beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from corcal.read import admit
from corcal.settings import Settings
from tests.read.conftest import Read

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "data" / "LCTSC-Test-S1-201.zip"
SHARED = ROOT.parent / "shared" / "data"


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the annotated scan {name} is not beside the project")
    return path


def test_the_example_is_read_and_admitted_even_by_the_papers_limits(read: Read) -> None:
    scan = read(EXAMPLE)
    assert scan.hu.shape == (117, 512, 512)
    assert scan.grid.spacing_mm == (3.0, 0.9765625, 0.9765625)
    assert (scan.hu.min(), scan.hu.max()) == (-1000, 3069)
    expected = "64d1af54"
    assert hashlib.sha256(scan.hu.tobytes()).hexdigest()[:8] == expected
    assert scan.source.sha256[:8] == expected
    assert scan.notices == ()
    assert admit(scan, Settings.paper().admission) == ()


@pytest.mark.shared_data
def test_the_example_holds_the_public_scan_voxel_by_voxel(read: Read) -> None:
    public = read(shared("ct/LCTSC-Test-S1-201.nii.gz"))
    example = read(EXAMPLE)
    np.testing.assert_array_equal(example.hu, public.hu)
    assert example.grid.matches(public.grid)


@pytest.mark.shared_data
def test_a_real_jpeg_ls_series_agrees_with_simpleitk(read: Read) -> None:
    folder = shared("ct/LIDC-IDRI-0002_dicom")
    scan = read(folder)
    files = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    image = sitk.ReadImage(files)
    np.testing.assert_array_equal(scan.hu, np.maximum(sitk.GetArrayFromImage(image), -1024))
    for index in ((0, 0, 0), (260, 511, 511)):
        ours = scan.grid.to_lps(np.array([index], dtype=float))[0]
        theirs = image.TransformIndexToPhysicalPoint(index[::-1])
        np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert admit(scan, Settings.paper().admission) == ()


@pytest.mark.shared_data
@pytest.mark.parametrize("case", ["LCTSC-Test-S1-104", "Lung_Dx-A0001_kB", "LIDC-IDRI-0001"])
def test_real_volume_files_are_read(read: Read, case: str) -> None:
    scan = read(shared(f"ct/{case}.nii.gz"))
    image = sitk.ReadImage(str(shared(f"ct/{case}.nii.gz")))
    stored = sitk.GetArrayFromImage(image)
    assert sorted(scan.hu.shape) == sorted(stored.shape)
    assert int(scan.hu.astype(np.int64).sum()) == int(np.maximum(stored, -1024).sum(dtype=np.int64))
