"""Tables, masks and images of a reading say what its numbers and labels say."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

import corcal
from corcal.api import reading as reading_module
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused, SettingsRefused
from corcal.core.reading import Reading as CoreReading
from corcal.phantom import PhantomCase
from corcal.report import SIDE, report_document
from corcal.storage import read_json
from corcal.testing import TrueModels, tiny_phantom

RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def case() -> PhantomCase:
    return tiny_phantom(4)


@pytest.fixture(scope="module")
def reading(case: PhantomCase) -> corcal.Reading:
    return corcal.score(case.scan, models=TrueModels(case))


def turned_image(case: PhantomCase) -> nib.Nifti1Image:
    """Return the phantom as a nibabel image whose axes run (to the back, down, to the right)."""
    slices, _, columns = case.scan.hu.shape
    to_stored = np.zeros((4, 4))
    # Index (i, j, k) to (slice, row, column): i is the row, j counts slices from above.
    to_stored[0, 1], to_stored[0, 3] = -1, slices - 1
    to_stored[1, 0] = to_stored[3, 3] = 1
    to_stored[2, 2], to_stored[2, 3] = -1, columns - 1
    hu = case.scan.hu.transpose(1, 0, 2)[:, ::-1, ::-1]
    return nib.Nifti1Image(np.ascontiguousarray(hu), RAS @ case.grid.affine @ to_stored)


def test_the_table_has_a_row_for_each_artery_with_its_numbers(reading: corcal.Reading) -> None:
    table = reading.to_frame()
    assert list(table["artery"]) == ["RCA", "LAD", "LCX"]
    assert table["case"].nunique() == 1
    for row, score in zip(table.itertuples(), reading.score.arteries, strict=True):
        assert row.present == score.present
        assert row.lesions == len(score.lesions)
        assert row.agatston == pytest.approx(score.agatston, abs=1e-6)
        assert row.volume_mm3 == pytest.approx(score.volume_mm3, abs=1e-6)
    assert table["peak_hu"].isna().tolist() == [not a.present for a in reading.score.arteries]


def test_the_table_of_lesions_is_lesions_csv(reading: corcal.Reading, tmp_path: Path) -> None:
    corcal.write_reports(reading, str(tmp_path / "out"))
    file = pd.read_csv(tmp_path / "out" / "lesions.csv")
    pd.testing.assert_frame_equal(reading.lesions_frame(), file, atol=6e-4, rtol=0)
    assert len(file) == len(reading.lesions) > 0
    volumes = [x.volume_mm3 for x in reading.lesions]
    assert volumes == sorted(volumes, reverse=True)


def test_a_scan_without_lesions_has_a_table_of_no_rows(case: PhantomCase) -> None:
    empty = corcal.ArteryLabels(np.zeros(case.grid.shape, np.uint8), case.grid)
    table = corcal.quantify_labels(case.scan, empty).lesions_frame()
    assert len(table) == 0
    assert list(table.columns[:3]) == ["case", "artery", "lesion"]


def test_the_dictionary_is_report_json(reading: corcal.Reading, tmp_path: Path) -> None:
    corcal.write_reports(reading, tmp_path / "out")
    assert read_json(tmp_path / "out" / "report.json") == reading.to_dict()
    assert reading.to_dict() == report_document(reading)


@pytest.mark.parametrize("name", ["RCA", "LAD", "LCX"])
def test_masks_lie_on_the_voxels_of_a_turned_input(name: str, case: PhantomCase) -> None:
    image = turned_image(case)
    reading = corcal.score(image, models=TrueModels(case))
    artery = Artery[name]
    for calcium in (True, False):
        mask = reading.mask(name, calcium=calcium)
        labels = reading.labels
        scan = labels.calcium(artery) if calcium else labels.whole(artery)
        np.testing.assert_array_equal(mask, scan.transpose(1, 0, 2)[:, ::-1, ::-1])
        assert mask.shape == image.shape
    np.testing.assert_array_equal(reading.mask(artery), reading.mask(name.lower()))
    if reading.score.of(artery).present:
        calcified = np.asarray(image.dataobj)[reading.mask(name, calcium=True)]
        assert calcified.max() == reading.score.of(artery).peak_hu


def test_images_of_the_labels_lie_on_the_input(case: PhantomCase, tmp_path: Path) -> None:
    image = turned_image(case)
    reading = corcal.score(image, models=TrueModels(case))
    labels = reading.to_nibabel()
    np.testing.assert_allclose(labels.affine, image.affine, atol=1e-4)
    codes = np.asarray(labels.dataobj)
    np.testing.assert_array_equal(codes == 5, reading.mask("LAD", calcium=True))
    nib.save(image, tmp_path / "scan.nii")
    itk, file = reading.to_sitk(), sitk.ReadImage(tmp_path / "scan.nii")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(itk), codes.T)
    for get in ("GetSpacing", "GetOrigin", "GetDirection"):
        np.testing.assert_allclose(getattr(itk, get)(), getattr(file, get)(), atol=1e-4)


def test_of_an_itk_image_masks_have_the_order_of_its_array(case: PhantomCase) -> None:
    hu = np.ascontiguousarray(case.scan.hu[::-1])
    image = sitk.GetImageFromArray(hu)
    slice_mm, row_mm, column_mm = case.grid.spacing_mm
    top = case.grid.to_lps(np.array([[hu.shape[0] - 1.0, 0, 0]]))[0]
    image.SetSpacing((column_mm, row_mm, slice_mm))
    image.SetOrigin(top.tolist())
    image.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, -1))
    reading = corcal.score(image, models=TrueModels(case))
    np.testing.assert_array_equal(reading.mask("RCA"), reading.labels.whole(Artery.RCA)[::-1])
    assert reading.to_sitk().GetDirection() == image.GetDirection()
    assert reading.to_sitk().GetSize() == image.GetSize()


def test_a_picture_shows_the_lesion_that_is_meant(reading: corcal.Reading) -> None:
    lesion = reading.lesions[0]
    picture = reading.plot(lesion)
    assert picture.size == (SIDE, SIDE)
    assert reading.plot(lesion.artery).size == (SIDE, SIDE)
    other = next(x for x in reading.lesions if x.artery is not lesion.artery)
    assert reading.plot(other).tobytes() != picture.tobytes()
    most = max(reading.score.arteries, key=lambda a: a.agatston).artery
    assert reading.plot().tobytes() == reading.plot(most.value).tobytes()


def test_everything_is_shown_on_one_line(reading: corcal.Reading) -> None:
    assert repr(reading).startswith("<Reading: Agatston ")
    assert repr(reading).endswith(
        "<Scan: array, <Grid: 64 x 64 x 64 voxels of 2.2 x 2.2 x 2.2 mm>>>"
    )
    for shown in (reading, reading.scan, reading.labels, reading.scan.grid):
        assert "\n" not in repr(shown)


def test_a_package_that_is_not_there_is_named(
    reading: corcal.Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_module, "find_spec", lambda name: None)
    for call, name in (
        (reading.to_frame, "pandas"),
        (reading.lesions_frame, "pandas"),
        (reading.to_sitk, "SimpleITK"),
    ):
        with pytest.raises(SettingsRefused, match=f"needs {name}, .*: pip install {name}"):
            call()


def test_an_artery_that_is_none_is_refused(reading: corcal.Reading) -> None:
    with pytest.raises(SettingsRefused, match="no artery 'LM': RCA, LAD, LCX"):
        reading.mask("LM")


def test_the_former_name_says_the_new_one_and_gives_the_same(
    case: PhantomCase, reading: corcal.Reading
) -> None:
    models = TrueModels(case)
    with pytest.warns(DeprecationWarning, match=r"score_scan is now corcal\.score"):
        former = corcal.score_scan(
            case.scan, locator=models.locator(), segmenter=models.segmenter()
        )
    assert isinstance(former, corcal.Reading)
    assert former.score == reading.score


def test_a_file_of_arteries_alone_is_never_no_calcium(case: PhantomCase, tmp_path: Path) -> None:
    corcal.write_reports(corcal.quantify_labels(case.scan, truth(case)), tmp_path / "out")
    codes = nib.load(tmp_path / "out" / "labels.nii.gz")
    vessels = np.asarray(codes.dataobj).copy()
    vessels[vessels > 3] -= 3
    nib.save(nib.Nifti1Image(vessels, codes.affine, codes.header), tmp_path / "vessels.nii.gz")
    with pytest.raises(AnnotationRefused, match="marks arteries and no calcium"):
        corcal.quantify_labels(case.scan, tmp_path / "vessels.nii.gz")
    by_name = corcal.quantify_labels(case.scan, tmp_path / "out" / "labels.seg.nrrd")
    assert by_name.score == corcal.quantify_labels(case.scan, truth(case)).score


def test_paths_are_strings_or_paths(case: PhantomCase, tmp_path: Path) -> None:
    corcal.write_reports(corcal.quantify_labels(case.scan, truth(case)), str(tmp_path / "out"))
    image = nib.Nifti1Image(case.scan.hu.T, RAS @ case.grid.affine[:, [2, 1, 0, 3]])
    nib.save(image, tmp_path / "scan.nii.gz")
    labels = tmp_path / "out" / "labels.nii.gz"
    by_path = corcal.quantify_labels(tmp_path / "scan.nii.gz", labels)
    by_text = corcal.quantify_labels(str(tmp_path / "scan.nii.gz"), str(labels))
    assert by_path.score == by_text.score
    assert isinstance(by_text, CoreReading)
    scored = corcal.score(str(tmp_path / "scan.nii.gz"), models=TrueModels(case))
    assert scored.score.agatston == pytest.approx(by_text.score.agatston)


def truth(case: PhantomCase) -> corcal.ArteryLabels:
    return corcal.ArteryLabels(case.labels, case.grid)


def test_a_name_stands_for_a_trained_model(case: PhantomCase) -> None:
    with pytest.raises(corcal.InputRefused, match="no_such_model"):
        corcal.score(case.scan, models="no_such_model")
