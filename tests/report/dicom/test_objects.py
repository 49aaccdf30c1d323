from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from corcal.core.artery import Artery
from corcal.core.errors import OutputRefused
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.pipeline import quantify_labels
from corcal.read import read_scan
from corcal.report import ReportOptions, write_reports
from corcal.report.dicom.codes import CALCIFICATION
from corcal.report.words.finding import no_category_text
from corcal.report.write import DICOM_FILES
from tests.read.dicom.dicom_files import AXIAL, Series

OPTIONS = ReportOptions(dicom=True, scored_at=datetime(2026, 3, 4, 10, 30))

STUDY = {
    "StudyDate": "20260102", "StudyTime": "101500", "StudyID": "7", "AccessionNumber": "A1",
    "StudyDescription": "Chest", "PatientBirthDate": "19500101", "PatientSex": "F",
    "ReferringPhysicianName": "", "PatientPosition": "HFS", "Manufacturer": "Maker",
    "SeriesNumber": 3, "SpecificCharacterSet": "ISO_IR 100", "PositionReferenceIndicator": "",
}  # fmt: skip

#: Rows to the back and columns to the left; seen from the head; and upside down.
ORIENTATIONS = [
    AXIAL,
    (1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    (0.0, 1.0, 0.0, 1.0, 0.0, 0.0),
]


def reading_of(folder: Path, **changes: Any) -> Reading:
    """Score labels that no turn maps onto themselves on a series that was just written."""
    Series(tags=STUDY, **changes).write(folder)
    scan = read_scan(folder)
    codes = np.zeros(scan.grid.shape, np.uint8)
    codes[5:9, 6:12, 20:24], codes[7, 7:11, 20:23] = 1, 4
    codes[12:20, 21:25, 8:12], codes[13:15, 21:24, 9:12] = 2, 5
    codes[3, 2, 30:35] = 3
    hu = scan.hu.copy()
    hu[codes > 3] = 400
    return quantify_labels(replace(scan, hu=hu), ArteryLabels(codes, scan.grid))


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return reading_of(tmp_path_factory.mktemp("series"))


@pytest.fixture(scope="module")
def folder(series: Reading, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    write_reports(series, out, options=replace(OPTIONS, pdf=True))
    return out


def planes_by_uid(reading: Reading) -> dict[str, NDArray[np.uint8]]:
    """Return the labels of each file, as rows and columns of its own pixels.

    By the position of each file's pixels in the patient alone: not as the product turns them.
    """
    planes = {}
    for path in reading.scan.source.files:
        image = dcmread(path, stop_before_pixels=True)
        across, down = np.array(image.ImageOrientationPatient).reshape(2, 3)
        rows, columns = np.mgrid[: image.Rows, : image.Columns]
        points = (
            np.array(image.ImagePositionPatient, float)
            + rows[..., None] * down * float(image.PixelSpacing[0])
            + columns[..., None] * across * float(image.PixelSpacing[1])
        )
        index = reading.scan.grid.to_index(points.reshape(-1, 3)).round().astype(int)
        plane = reading.labels.codes[tuple(index.T)].reshape(image.Rows, image.Columns)
        planes[str(image.SOPInstanceUID)] = plane
    return planes


def code_of_segment(segmentation: Dataset) -> dict[int, int]:
    codes = {"13647002": 1, "59438005": 2, "57396003": 3}
    calcium = {"13647002": 4, "3227004": 5, "57396003": 6}
    found = {}
    for segment in segmentation.SegmentSequence:
        kind = segment.SegmentedPropertyTypeCodeSequence[0].CodeValue
        if kind in codes:
            found[int(segment.SegmentNumber)] = codes[kind]
        else:
            assert kind == "237897009"
            site = segment.AnatomicRegionSequence[0].CodeValue
            found[int(segment.SegmentNumber)] = calcium[site]
    return found


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_voxel_is_that_of_the_labels(orientation: Any, tmp_path: Path) -> None:
    hu = Series().hu[:, :, :32] if orientation[1] else Series().hu
    reading = reading_of(tmp_path / "in", orientation=orientation, hu=hu)
    write_reports(reading, tmp_path / "out", options=OPTIONS)
    expected = planes_by_uid(reading)
    segmentation = dcmread(tmp_path / "out/labels.seg.dcm")
    code = code_of_segment(segmentation)
    seen = {uid: np.zeros_like(plane) for uid, plane in expected.items()}
    for frame, group in zip(
        segmentation.pixel_array, segmentation.PerFrameFunctionalGroupsSequence, strict=True
    ):
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        seen[source][frame > 0] = code[number]
    assert sorted(code.values()) == [1, 2, 3, 4, 5]
    assert all((seen[uid] == plane).all() for uid, plane in expected.items())


def test_highdicom_reads_the_same_voxels(series: Reading, folder: Path) -> None:
    segmentation = hd.seg.segread(folder / "labels.seg.dcm")
    expected = planes_by_uid(series)
    pixels = segmentation.get_pixels_by_source_instance(
        list(expected), combine_segments=True, assert_missing_frames_are_empty=True
    )
    lookup = np.zeros(7, np.uint8)
    for number, code in code_of_segment(segmentation).items():
        lookup[number] = code
    assert (lookup[pixels] == np.stack(list(expected.values()))).all()


def numbers(item: Dataset) -> Iterator[tuple[str, float]]:
    for child in item.get("ContentSequence", []):
        if child.ValueType == "NUM":
            name = child.ConceptNameCodeSequence[0].CodeValue
            yield name, float(child.MeasuredValueSequence[0].NumericValue)
        yield from numbers(child)


def groups(report: Dataset) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}

    def walk(item: Dataset) -> None:
        for child in item.get("ContentSequence", []):
            name = child.get("ConceptNameCodeSequence")
            if name and name[0].CodeValue == "125007":
                found[child.ContentSequence[0].TextValue] = child
            walk(child)

    walk(report)
    return found


def evaluations(group: Dataset) -> dict[str, tuple[str, str]]:
    """Return value and meaning of the codes in a group, by the code of their name."""
    return {
        child.ConceptNameCodeSequence[0].CodeValue: (
            child.ConceptCodeSequence[0].CodeValue,
            child.ConceptCodeSequence[0].CodeMeaning,
        )
        for child in group.ContentSequence
        if child.ValueType == "CODE"
    }


@pytest.mark.parametrize("unseen", [(Artery.LCX,), (Artery.RCA, Artery.LAD), tuple(Artery)])
def test_an_artery_that_was_not_found_is_undetermined(
    series: Reading, tmp_path: Path, unseen: tuple[Artery, ...]
) -> None:
    reading = replace(series, report=replace(series.report, unseen=unseen))
    write_reports(reading, tmp_path, options=OPTIONS)
    by_group = groups(hd.sr.srread(tmp_path / "report.sr.dcm"))
    lcx = evaluations(by_group["LCX"])
    seen = ("272519000", "Absent") if Artery.LCX not in unseen else ("373068000", "Undetermined")
    assert lcx[CALCIFICATION.value] == seen
    total = evaluations(by_group["All coronary arteries"])
    value, meaning = total["CACDRS"]
    assert value == "-".join(["NONE", *(a.value for a in unseen)])
    assert meaning == no_category_text(unseen)
    assert len(value) <= 16
    assert len(meaning) <= 64
    assert total["122132"] == ("373068000", "Undetermined")


def test_the_numbers_are_those_of_the_json(folder: Path) -> None:
    report = hd.sr.srread(folder / "report.sr.dcm")
    document = json.loads((folder / "report.json").read_text())
    by_group = groups(report)
    titles = {"RCA": "RCA", "LAD": "Left main + LAD", "LCX": "LCX"}
    for artery, title in titles.items():
        values, stated = dict(numbers(by_group[title])), document["arteries"][artery]
        assert values["450360000"] == stated["agatston"]
        assert values["122660"] == stated["volume_mm3"]
        assert values["118565006"] == pytest.approx(1000 * stated["mask_volume_ml"], abs=1e-6)
        assert values["111038"] == len(stated["lesions"])
        assert values.get("112031") == stated["peak_hu"]
    total = dict(numbers(by_group["All coronary arteries"]))
    assert total["450360000"] == document["total"]["agatston"]
    flags = (report.CompletionFlag, report.PreliminaryFlag, report.VerificationFlag)
    assert flags == ("COMPLETE", "PRELIMINARY", "UNVERIFIED")


def test_the_document_is_the_pdf(folder: Path) -> None:
    item = dcmread(folder / "report.pdf.dcm")
    pdf = item.EncapsulatedDocument[: item.EncapsulatedDocumentLength]
    assert pdf == (folder / "report.pdf").read_bytes()


def test_the_objects_belong_to_the_study(folder: Path) -> None:
    items = [dcmread(folder / name) for name in DICOM_FILES]
    assert {i.StudyInstanceUID for i in items} == {"1.2.3"}
    assert {str(i.PatientID) for i in items} == {"P1"}
    assert {str(i.PatientName) for i in items} == {"SECRET^NAME"}
    assert {i.StudyDescription for i in items} == {"Chest"}
    assert {i.AccessionNumber for i in items} == {"A1"}
    assert len({i.SOPInstanceUID for i in items}) == len({i.SeriesInstanceUID for i in items}) == 4
    assert all("NOT FOR CLINICAL USE" in i.SeriesDescription for i in items)
    assert all(i.Manufacturer == "corcal" for i in items)


def test_the_same_result_has_the_same_uids_and_bytes(
    series: Reading, folder: Path, tmp_path: Path
) -> None:
    write_reports(series, tmp_path, options=OPTIONS)
    for name in DICOM_FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_other_labels_have_other_uids(series: Reading, folder: Path, tmp_path: Path) -> None:
    codes = series.labels.codes.copy()
    codes[7, 7, 20] = 1
    other = quantify_labels(series.scan, ArteryLabels(codes, series.scan.grid))
    write_reports(other, tmp_path, options=OPTIONS)
    for name in DICOM_FILES:
        before, after = (dcmread(f / name).SOPInstanceUID for f in (folder, tmp_path))
        assert before != after, name


def test_without_labels_there_is_no_segmentation(series: Reading, tmp_path: Path) -> None:
    blank = ArteryLabels(np.zeros_like(series.labels.codes), series.scan.grid)
    write_reports(quantify_labels(series.scan, blank), tmp_path, options=OPTIONS)
    assert not (tmp_path / "labels.seg.dcm").exists()
    report = dcmread(tmp_path / "report.sr.dcm")
    assert dict(numbers(groups(report)["All coronary arteries"]))["450360000"] == 0


def test_resampled_voxels_are_nobodys_segmentation(series: Reading, tmp_path: Path) -> None:
    source = replace(series.scan.source, resampled=True, instance_uids=(), instance_numbers=())
    resampled = replace(series, scan=replace(series.scan, source=source))
    write_reports(resampled, tmp_path, options=OPTIONS)
    assert not (tmp_path / "labels.seg.dcm").exists()
    assert (tmp_path / "report.sr.dcm").exists()


def test_images_that_are_gone_are_named(tmp_path: Path) -> None:
    reading = reading_of(tmp_path / "in")
    shutil.rmtree(tmp_path / "in")
    with pytest.raises(OutputRefused, match="no longer where the scan was read from"):
        write_reports(reading, tmp_path / "out", options=OPTIONS)
    assert not (tmp_path / "out").exists()


def test_a_volume_file_has_no_study(reading: Reading, tmp_path: Path) -> None:
    scan = replace(reading.scan, source=replace(reading.scan.source, kind="nifti"))
    with pytest.raises(OutputRefused, match="came as nifti"):
        write_reports(replace(reading, scan=scan), tmp_path, options=OPTIONS)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize("name", DICOM_FILES)
def test_dciodvfy_finds_no_error(folder: Path, name: str) -> None:
    done = subprocess.run(
        ["dciodvfy", "-new", name], cwd=folder, capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not installed")
def test_dcmtk_reads_the_report(folder: Path) -> None:
    done = subprocess.run(
        ["dsrdump", "report.sr.dcm"], cwd=folder, capture_output=True, text=True, check=True
    )
    total = json.loads((folder / "report.json").read_text())["total"]["agatston"]
    assert f'"Coronary artery calcium score")="{total}' in done.stdout
    assert "Left Main Coronary Artery" in done.stdout
