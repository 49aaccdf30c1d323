"""DICOM SEG and RTSTRUCT on the scan they were made on, and on others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.sr.codedict import codes as known

from corcal.annotate.annotation import annotation_of, read_drawing
from corcal.annotate.classes import parse_map
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused, GridMismatch, InputRefused, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from tests.annotate.drawings import chest, con_of, drawn_classes, heart, reading_options
from tests.annotate.formats.dicom_drawings import CODED, SHAPE, ct, described, rtstruct, seg
from tests.read.dicom.dicom_files import save

LABELS = heart(Grid.axial(SHAPE, (3.0, 0.8, 0.7)))


def masks_of(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (slice, row, column, segment), slices from the head downwards."""
    return np.stack([labels[::-1] == code for code in range(1, 7)], axis=-1)


def labels_from(drawn: Drawing, scan: Scan) -> NDArray[np.uint8]:
    return annotation_of(drawn, scan, options=AnnotateOptions(), name="a").six.labels.codes


def read(path: Path, scan: Scan, *texts: str, **given: Any) -> Drawing:
    options = AnnotateOptions(classes=parse_map(texts), **given)
    return read_drawing([path], scan, options=options)


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_a_coded_seg_gives_back_its_labels(tmp_path: Path, kind: str) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    masks = masks_of(LABELS)
    seg(images, masks * 1.0 if kind == "FRACTIONAL" else masks, CODED, kind).save_as(
        tmp_path / "a.dcm"
    )
    drawn = read(tmp_path / "a.dcm", scan)
    np.testing.assert_array_equal(labels_from(drawn, scan), LABELS)
    assert drawn.kind == "dicom-seg"
    assert len(drawn.sha256) == 64
    assert drawn.decisions[0].chosen.startswith("1 (first)=RCA, 2 (second)=LAD, 3 (third)=LCX, 4")
    assert [n.code for n in drawn.notices] == (["seg-fractional"] if kind == "FRACTIONAL" else [])


def test_a_seg_that_is_a_label_map_gives_back_its_labels(tmp_path: Path) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    made = seg(images, LABELS[::-1], CODED, "LABELMAP")
    made.save_as(tmp_path / "a.dcm")
    np.testing.assert_array_equal(labels_from(read(tmp_path / "a.dcm", scan), scan), LABELS)


def test_images_that_were_turned_on_reading(tmp_path: Path) -> None:
    # Prone: rows run to the right, columns to the front.
    scan, images = ct(tmp_path / "ct", LABELS, orientation=(-1.0, 0.0, 0.0, 0.0, -1.0, 0.0))
    seg(images, masks_of(LABELS), CODED).save_as(tmp_path / "a.dcm")
    drawn = read(tmp_path / "a.dcm", scan)
    seen = scan.hu[:, ::-1, ::-1]
    assert np.median(seen[LABELS > 3]) > 300
    np.testing.assert_array_equal(drawn.bits[:, ::-1, ::-1] > 0, LABELS > 0)


def test_contours_on_images_that_were_turned_on_reading(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS, orientation=(-1.0, 0.0, 0.0, 0.0, -1.0, 0.0))
    stored = Grid.axial(SHAPE, (3.0, 0.8, 0.7))
    drawn = read_contour_file(con_of(tmp_path, LABELS, stored), scan, options=reading_options())
    np.testing.assert_array_equal(drawn.bits[:, ::-1, ::-1], drawn_classes(LABELS))


def test_segments_go_by_name_where_codes_say_nothing(tmp_path: Path) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    tissue = known.SCT.Tissue
    names = ["RCA", "LM+LAD", "LCx", "RCA calc", "LAD calcification", "CX calcium"]
    parts = [described(n, name, tissue) for n, name in enumerate(names, start=1)]
    seg(images, masks_of(LABELS), parts).save_as(tmp_path / "a.dcm")
    np.testing.assert_array_equal(labels_from(read(tmp_path / "a.dcm", scan), scan), LABELS)


def test_segments_that_mean_nothing_must_be_mapped(tmp_path: Path) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    parts = [
        described(1, "Segment_1", known.SCT.Tissue),
        described(2, "Heart", known.SCT.Heart),
    ]
    masks = np.stack([LABELS[::-1] == 1, LABELS[::-1] == 2], axis=-1)
    seg(images, masks, parts).save_as(tmp_path / "a.dcm")
    with pytest.raises(AnnotationRefused, match=r"what is 1 \(Segment_1\), 2 \(Heart\)\? Say it"):
        read(tmp_path / "a.dcm", scan)
    drawn = read(tmp_path / "a.dcm", scan, "segment_1=RCA,2=ignore", "9=LAD")
    assert set(np.unique(drawn.bits)) == {0, 1}
    assert [n.text for n in drawn.notices] == ["The file holds no part 9 (LAD)."]


def test_a_seg_of_some_slices_in_any_order_is_laid_by_their_places(tmp_path: Path) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    order = [7, 3, 5]
    seg([images[i] for i in order], masks_of(LABELS)[order], CODED).save_as(tmp_path / "a.dcm")
    drawn = read(tmp_path / "a.dcm", scan)
    expected = np.zeros_like(LABELS)
    for i in order:
        expected[SHAPE[0] - 1 - i] = LABELS[SHAPE[0] - 1 - i]
    np.testing.assert_array_equal(drawn.bits > 0, expected > 0)


def test_rtstructs_give_back_their_voxels_with_holes(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    holed = LABELS == 1
    holed[6, 26, 12] = False
    regions = {"RCA": holed, "LM_LAD": np.isin(LABELS, (2, 5)), "LCX": np.isin(LABELS, (3, 6))}
    regions["calcium"] = LABELS > 3
    drawn = read(rtstruct(tmp_path / "a.dcm", scan, regions), scan)
    for bit, mask in zip((1, 2, 4, 8), regions.values(), strict=True):
        np.testing.assert_array_equal((drawn.bits & bit) > 0, mask)
    assert not drawn.bits[6, 26, 12]
    assert drawn.kind == "rtstruct"
    joined = read(tmp_path / "a.dcm", scan, union=True)
    assert joined.bits[6, 26, 12] == 1


def shifted(scan: Scan, by_mm: tuple[float, float, float], frame: str = "1.2.3.4") -> Scan:
    affine = scan.grid.affine.copy()
    affine[:3, 3] += by_mm
    return replace(scan, grid=Grid(scan.grid.shape, affine, frame))


def refused(path: Path, scan: Scan, *texts: str) -> str:
    with pytest.raises(InputRefused) as error:
        read(path, scan, *texts)
    assert "SECRET" not in str(error.value)
    return f"{type(error.value).__name__}: {error.value}"


@pytest.mark.parametrize(
    ("by_mm", "frame", "seg_words", "rt_words"),
    [
        ((0.0, 0.0, 1.4), "1.2.3.4", "Its voxels are not the scan's", "1.40 mm beside the plane"),
        ((0.3, 0.0, 0.0), "1.2.3.4", "Its voxels are not the scan's", ""),
        ((300.0 * 0.7, 0.0, 0.0), "1.2.3.4", "lie outside the scan", "lies outside the scan"),
        ((0.0, 0.0, 300.0), "1.2.3.4", "lie outside the scan", "lies outside the scan"),
        ((0.0, 0.0, 0.0), "1.9", "another frame of reference", "another frame of reference"),
    ],
)
def test_other_grids_and_patients_are_refused(
    tmp_path: Path, by_mm: tuple[float, float, float], frame: str, seg_words: str, rt_words: str
) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    seg(images, masks_of(LABELS), CODED).save_as(tmp_path / "seg.dcm")
    rtstruct(tmp_path / "rt.dcm", scan, {"RCA": LABELS == 1})
    other = shifted(scan, by_mm, frame)
    message = refused(tmp_path / "seg.dcm", other)
    assert message.startswith("GridMismatch: seg.dcm: ")
    assert seg_words in message
    if rt_words:
        assert rt_words in refused(tmp_path / "rt.dcm", other)


def test_another_series_of_the_same_geometry_is_noted(tmp_path: Path) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    seg(images, masks_of(LABELS), CODED).save_as(tmp_path / "seg.dcm")
    other = replace(scan, source=replace(scan.source, series_uid="1.2.9"))
    assert [n.code for n in read(tmp_path / "seg.dcm", other).notices] == ["other-series"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda ds: ds.__delattr__("PixelData"),
        lambda ds: ds.__delattr__("SharedFunctionalGroupsSequence"),
        lambda ds: ds.PerFrameFunctionalGroupsSequence.pop(),
        lambda ds: ds.__delattr__("SegmentSequence"),
        lambda ds: ds.SegmentSequence.pop(0),
        lambda ds: ds.SegmentSequence[0].__delattr__("SegmentNumber"),
        lambda ds: setattr(ds, "PixelData", ds.PixelData[:100]),
    ],
)
def test_a_damaged_seg_is_refused(tmp_path: Path, damage: Callable[[Any], object]) -> None:
    scan, images = ct(tmp_path / "ct", LABELS)
    seg(images, masks_of(LABELS), CODED).save_as(tmp_path / "a.dcm")
    ds = dcmread(tmp_path / "a.dcm")
    damage(ds)
    save(ds, tmp_path / "a.dcm")
    assert refused(tmp_path / "a.dcm", scan).startswith("AnnotationRefused: a.dcm: ")


@pytest.mark.parametrize(
    "damage",
    [
        lambda ds: ds.ROIContourSequence.clear(),
        lambda ds: ds.ROIContourSequence[0].__delattr__("ReferencedROINumber"),
        lambda ds: ds.StructureSetROISequence[0].__delattr__("ROINumber"),
        lambda ds: ds.ROIContourSequence[0].ContourSequence[0].ContourData.__setitem__(0, "nan"),
        lambda ds: ds.ROIContourSequence[0].ContourSequence[0].ContourData.pop(),
        lambda ds: ds.ROIContourSequence[0].ContourSequence[0].__delattr__("ContourData"),
        lambda ds: setattr(ds, "Modality", "PR"),
    ],
)
def test_a_damaged_rtstruct_is_refused(tmp_path: Path, damage: Callable[[Any], object]) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    ds = dcmread(rtstruct(tmp_path / "a.dcm", scan, {"RCA": LABELS == 1}))
    damage(ds)
    save(ds, tmp_path / "a.dcm")
    assert refused(tmp_path / "a.dcm", scan).startswith("AnnotationRefused: a.dcm: ")


def test_files_that_are_no_drawing_are_refused(tmp_path: Path) -> None:
    scan = chest(LABELS, Grid.axial(SHAPE, (3.0, 0.8, 0.7)))
    (tmp_path / "a.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish" * 9)
    assert "AnnotationRefused" in refused(tmp_path / "a.dcm", scan)
    (tmp_path / "b").write_text("hello")
    assert "holds no [XYCONTOUR]" in refused(tmp_path / "b", scan)
    (tmp_path / "many").mkdir()
    with pytest.raises(UnreadableScan, match="a folder of 0 files"):
        read(tmp_path / "many", scan)
    with pytest.raises(UnreadableScan, match="there is no such file"):
        read(tmp_path / "none.con", scan)


def test_a_folder_with_one_file_is_that_file(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    (tmp_path / "rt").mkdir()
    rtstruct(tmp_path / "rt" / "a.dcm", scan, {"RCA": LABELS == 1})
    np.testing.assert_array_equal(read(tmp_path / "rt", scan).bits > 0, LABELS == 1)


def test_the_grid_of_a_scan_of_another_patient_is_refused_even_if_it_fits(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    path = rtstruct(tmp_path / "a.dcm", scan, {"RCA": LABELS == 1}, frame="1.7")
    with pytest.raises(GridMismatch):
        read(path, scan)
