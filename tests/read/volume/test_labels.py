"""Label maps by anybody: brought to the scan's order, or refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.errors import GridMismatch, LabelsRefused, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import parse_mapping, read_labels
from tests.read.dicom.dicom_files import body

SCAN = Scan(body(20), Grid.axial((20, 32, 40), (3.0, 0.8, 0.7), (-5.0, 6.0, 7.0)))
CODES = np.random.default_rng(4).integers(0, 7, (20, 32, 40)).astype(np.uint8)


def write(codes: NDArray[np.generic], path: Path, origin: float = -5.0) -> Path:
    image = sitk.GetImageFromArray(codes)
    image.SetSpacing((0.7, 0.8, 3.0))
    image.SetOrigin((origin, 6.0, 7.0))
    sitk.WriteImage(image, str(path))
    return path


@pytest.mark.parametrize("name", ["x.nii.gz", "x.nrrd", "x.mha"])
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32, np.float64])
def test_codes_come_in_any_type(tmp_path: Path, name: str, kind: type) -> None:
    labels = read_labels(write(CODES.astype(kind), tmp_path / name), SCAN)
    np.testing.assert_array_equal(labels.codes, CODES)
    assert labels.grid is SCAN.grid


def test_a_flipped_file_is_turned_back(tmp_path: Path) -> None:
    path = write(CODES, tmp_path / "x.nrrd")
    image = sitk.Flip(sitk.PermuteAxes(sitk.ReadImage(str(path)), (2, 0, 1)), (True, False, True))
    sitk.WriteImage(image, str(path))
    np.testing.assert_array_equal(read_labels(path, SCAN).codes, CODES)


def test_a_mapping_gives_calcium_only(tmp_path: Path) -> None:
    codes = np.where(CODES > 3, 0, CODES).astype(np.uint8)
    path = write(codes, tmp_path / "x.nii.gz")
    labels = read_labels(path, SCAN, mapping=parse_mapping("1=RCA,2=LAD,3=LCX"))
    np.testing.assert_array_equal(labels.codes, np.where(codes, codes + 3, 0))


def test_several_codes_may_mean_one_artery() -> None:
    assert parse_mapping(" 10=lad , 11=LAD,2=LCX") == {10: 5, 11: 5, 2: 6}


@pytest.mark.parametrize("text", ["", "1", "RCA=1", "1=LM", "x=RCA", "0=RCA", "1=RCA,,", "-1=RCA"])
def test_mappings_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(LabelsRefused, match="is not like 1=RCA"):
        parse_mapping(text)


def test_a_code_named_twice_is_refused() -> None:
    with pytest.raises(LabelsRefused, match="names code 1 twice"):
        parse_mapping("1=RCA,1=LAD")


def test_another_grid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GridMismatch, match=r"x\.nii\.gz"):
        read_labels(write(CODES, tmp_path / "x.nii.gz", origin=-4.0), SCAN)
    with pytest.raises(GridMismatch, match=r"y\.nii\.gz"):
        read_labels(write(CODES[:19], tmp_path / "y.nii.gz"), SCAN)


def test_unknown_codes_are_refused(tmp_path: Path) -> None:
    path = write(CODES + np.uint8(1), tmp_path / "x.nii.gz")
    with pytest.raises(LabelsRefused, match="holds code 7; 0 background, 1 RCA") as refused:
        read_labels(path, SCAN)
    advice = "Say what its codes mean: --map 1=RCA,2=LAD, or mapping={1: 4, 2: 5} from Python"
    assert str(refused.value).endswith(f"4 to 6 the calcium of each. {advice}")
    with pytest.raises(LabelsRefused, match=r"holds code 2, 3, .*the map names \[1\]"):
        read_labels(path, SCAN, mapping={1: 4})


def test_fractions_are_refused(tmp_path: Path) -> None:
    path = write(CODES.astype(np.float32) / 2, tmp_path / "x.nii.gz")
    with pytest.raises(LabelsRefused, match="holds fractions"):
        read_labels(path, SCAN)


def test_absent_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScan, match="no such file"):
        read_labels(tmp_path / "x.nii.gz", SCAN)
    (tmp_path / "x.png").write_bytes(b"x")
    with pytest.raises(UnreadableScan, match="labels are read from"):
        read_labels(tmp_path / "x.png", SCAN)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({1: "RCA"}, "mapping: 1: 'RCA' is not like 1: 4"),
        ({"1": 4}, "mapping: '1': 4 is not like 1: 4"),
        ({1: 7}, "mapping: 1: 7 is not like 1: 4"),
    ],
)
def test_a_mapping_is_of_codes(mapping: Any, says: str, tmp_path: Path) -> None:
    says += "; 0 background, 1 RCA, 2 left main + LAD, 3 LCX, 4 to 6 the calcium of each"
    with pytest.raises(LabelsRefused, match=f"^{re.escape(says)}$"):
        read_labels(tmp_path / "x.nii", SCAN, mapping=mapping)


def test_a_mapping_is_a_dictionary_and_labels_are_a_file(tmp_path: Path) -> None:
    mapping: Any = "1=RCA"
    says = r"^mapping: a dict, such as \{1: 4\}, is needed, not str$"
    with pytest.raises(TypeError, match=says):
        read_labels(tmp_path / "x.nii", SCAN, mapping=mapping)
    with pytest.raises(UnreadableScan, match=f"^{re.escape(str(tmp_path))}: is a folder; name a"):
        read_labels(tmp_path, SCAN)
