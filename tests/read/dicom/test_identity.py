"""One scan is of one person: slices of two are never stacked, and nobody is chosen by chance."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset

from corcal.core.errors import NoUsableSeries
from corcal.read import find_series
from tests.read.conftest import Read
from tests.read.dicom.dicom_files import Series, body, save


def other_body() -> np.ndarray:
    """Return somebody else's HU."""
    return np.ascontiguousarray(body()[:, ::-1])


def change(paths: list[Path], edit: Callable[[FileDataset], None]) -> None:
    for path in paths:
        ds = pydicom.dcmread(path)
        edit(ds)
        save(ds, path)


def two_people(folder: Path, **tags: tuple[str, str]) -> tuple[Series, Series]:
    """Write two people's slices under one series UID, the second's half a step higher."""
    made = []
    for who, hu in enumerate((body(), other_body())):
        series = Series(hu, uid="1.2.3.99", patient="SAME")
        series.positions = series.places() + np.array([0, 0, 1.5 * who])
        series.tags = {keyword: values[who] for keyword, values in tags.items()}
        series.write(folder / str(who))
        made.append(series)
    return made[0], made[1]


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("PatientID", ("SECRET-A", "SECRET-B")),
        ("PatientName", ("SECRET^A", "SECRET^B")),
        ("StudyInstanceUID", ("1.2.31", "1.2.32")),
        ("FrameOfReferenceUID", ("1.2.41", "1.2.42")),
    ],
)
def test_two_people_under_one_series_uid_are_refused(
    tmp_path: Path, read: Read, keyword: str, values: tuple[str, str]
) -> None:
    first, second = two_people(tmp_path, **{keyword: values})
    with pytest.raises(NoUsableSeries, match="share one series UID") as caught:
        read(tmp_path)
    assert "SECRET" not in str(caught.value)
    assert "1.2.3.99#1 (30 slices, beginning with 0/" in str(caught.value)
    np.testing.assert_array_equal(read(tmp_path, "1.2.3.99#1").hu, first.hu)
    np.testing.assert_array_equal(read(tmp_path, "1.2.3.99#2").hu, second.hu)
    assert read(tmp_path, "1.2.3.99#2").source.series_uid == "1.2.3.99"


def test_acquisitions_that_take_turns_are_refused(tmp_path: Path, read: Read) -> None:
    two_people(tmp_path, AcquisitionNumber=("1", "2"))
    with pytest.raises(NoUsableSeries, match="slices of 2 acquisitions take turns"):
        read(tmp_path)


def test_two_bodies_that_no_header_tells_apart_are_refused_by_their_pixels(
    tmp_path: Path, read: Read
) -> None:
    two_people(tmp_path)
    with pytest.raises(Exception, match="neighbouring slices differ more than every second one"):
        read(tmp_path)


@pytest.mark.parametrize("emptied", [True, False])
def test_two_studies_are_never_settled_by_rank(tmp_path: Path, read: Read, emptied: bool) -> None:
    first = Series(patient="" if emptied else "P", tags={"StudyInstanceUID": "1.2.31"})
    second = Series(body(35), patient="" if emptied else "P", tags={"StudyInstanceUID": "1.2.32"})
    for series in (first, second):
        series.tags["PatientName"] = ""
        series.write(tmp_path)
    with pytest.raises(
        NoUsableSeries, match=r"^\S+: CT series of 2 (patients|studies) are mixed here"
    ):
        read(tmp_path)
    np.testing.assert_array_equal(read(tmp_path, first.uid).hu, first.hu)


def test_what_a_part_of_the_slices_lacks_fits_the_others(tmp_path: Path, read: Read) -> None:
    series = Series()
    paths = series.write(tmp_path)

    def empty(ds: FileDataset) -> None:
        ds.PatientID, ds.PatientName = "", ""
        del ds.FrameOfReferenceUID

    change(paths[::2], empty)
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_new_uids_for_every_slice_say_nothing(tmp_path: Path, read: Read) -> None:
    # As converters do that write one slice at a time.
    series = Series()
    for number, path in enumerate(series.write(tmp_path)):
        ds = pydicom.dcmread(path)
        ds.StudyInstanceUID = f"1.2.5.{number}"
        ds.FrameOfReferenceUID = f"1.2.6.{number}"
        save(ds, path)
    np.testing.assert_array_equal(read(tmp_path).hu, series.hu)


def test_one_instance_uid_in_every_slice_is_no_copy(tmp_path: Path, read: Read) -> None:
    series = Series(tags={"SOPInstanceUID": "1.2.7"})
    series.write(tmp_path)
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    assert scan.notices == ()


def without_uids(ds: FileDataset) -> None:
    del ds.SeriesInstanceUID, ds.StudyInstanceUID


def test_a_series_without_uids_is_read(tmp_path: Path, read: Read) -> None:
    series = Series()
    change(series.write(tmp_path), without_uids)
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    assert (scan.source.series_uid, scan.notices) == ("", ())


def test_two_folders_without_uids_are_two_scans(tmp_path: Path, read: Read) -> None:
    for who in ("a", "b"):
        change(Series(patient=who).write(tmp_path / who), without_uids)
    with pytest.raises(NoUsableSeries, match="2 patients are mixed here: no-uid-"):
        read(tmp_path)
    assert {c.series_uid for c in find_series(tmp_path)} == {"no-uid-1", "no-uid-2"}
    # A zip keeps its folders apart as well.
    shutil.make_archive(str(tmp_path / "both"), "zip", tmp_path)
    with pytest.raises(NoUsableSeries, match="2 patients are mixed here: no-uid-"):
        read(tmp_path / "both.zip")


def test_slices_that_watch_a_bolus_are_parted(tmp_path: Path, read: Read) -> None:
    series = Series(uid="1.2.8", tags={"AcquisitionNumber": 2})
    series.write(tmp_path / "scan")
    place = series.places()[15]
    watching = Series(body()[15:16], uid="1.2.8", positions=place[None])
    for number in range(8):
        watching.hu = body()[15:16] + np.int16(5 * number)
        watching.tags = {"AcquisitionNumber": 1, "SOPInstanceUID": f"1.2.9.{number}"}
        watching.write(tmp_path / f"bolus{number}")
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    assert "repeated-acquisition" in [n.code for n in scan.notices]


def test_one_slice_without_a_position_is_one_slice_less(tmp_path: Path, read: Read) -> None:
    paths = Series().write(tmp_path)
    ds = pydicom.dcmread(paths[7])
    del ds.ImagePositionPatient
    save(ds, paths[7])
    scan = read(tmp_path)
    assert scan.source.filled_slices == (7,)
    flawed = next(n for n in scan.notices if n.code == "flawed-slices")
    assert "1 of 30 slices cannot be used" in flawed.text
    assert f"{paths[7].name}: its ImagePositionPatient (0020,0032) is absent" in flawed.text


@pytest.mark.parametrize("keyword", ["RescaleIntercept", "RescaleSlope", "PixelSpacing"])
def test_a_malformed_value_is_named(tmp_path: Path, read: Read, keyword: str) -> None:
    for path in Series().write(tmp_path):
        ds = pydicom.dcmread(path)
        length = len(ds[keyword].value) if keyword == "PixelSpacing" else 1
        save(ds, path)
        raw = path.read_bytes()
        at = raw.index(
            ds[keyword].tag.group.to_bytes(2, "little")
            + ds[keyword].tag.elem.to_bytes(2, "little")
            + b"DS"
        )
        size = int.from_bytes(raw[at + 6 : at + 8], "little")
        path.write_bytes(raw[: at + 8] + b"x" * size + raw[at + 8 + size :])
        assert length
    with pytest.raises(NoUsableSeries, match=rf"its {keyword} \(....,....\) is malformed"):
        read(tmp_path)


def test_decimal_commas_are_understood(tmp_path: Path, read: Read) -> None:
    series = Series()
    for path in series.write(tmp_path):
        raw = path.read_bytes()
        at = raw.index(b"\x28\x00\x30\x00DS")
        size = int.from_bytes(raw[at + 6 : at + 8], "little")
        spacing = raw[at + 8 : at + 8 + size].replace(b".", b",")
        path.write_bytes(raw[: at + 8] + spacing + raw[at + 8 + size :])
    scan = read(tmp_path)
    np.testing.assert_array_equal(scan.hu, series.hu)
    np.testing.assert_allclose(scan.grid.spacing_mm, (3.0, 0.8, 0.7))


def test_one_slice_without_its_rescale_is_left_out(tmp_path: Path, read: Read) -> None:
    paths = Series().write(tmp_path)
    ds = pydicom.dcmread(paths[3])
    del ds.RescaleIntercept
    save(ds, paths[3])
    scan = read(tmp_path)
    assert scan.source.filled_slices == (3,)
    assert any("absent, unlike the others'" in n.text for n in scan.notices)
