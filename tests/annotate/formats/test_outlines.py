"""Outlines of OsiriX and Horos in the form of the COCA set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corcal.annotate.annotation import read_drawing
from corcal.annotate.classes import parse_map
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused, GridMismatch, InputRefused
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import read_scan
from tests.annotate.coca_files import NAMES, images_of, outline, write_outlines, write_scan
from tests.annotate.drawings import heart
from tests.read.dicom.dicom_files import SPACING_MM

SHAPE = (12, 60, 64)
CODES = heart(Grid.axial(SHAPE, (3.0, *SPACING_MM)))
CALCIUM = np.where(CODES > 3, CODES, 0).astype(np.uint8)
#: Bits of corcal's codes 4 to 6.
BITS = np.array([0, 0, 0, 0, 16, 32, 64], dtype=np.uint8)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    folder = tmp_path_factory.mktemp("coca") / "ct"
    write_scan(folder, CODES)
    return read_scan(folder)


def read(path: Path, scan: Scan, *texts: str, **given: Any) -> Drawing:
    return read_drawing([path], scan, options=AnnotateOptions(classes=parse_map(texts), **given))


def bright(scan: Scan, codes: np.ndarray) -> np.ndarray:
    return np.where(scan.hu >= 130, BITS[codes], 0)


def test_outlines_give_back_the_calcium_within_them(tmp_path: Path, scan: Scan) -> None:
    drawn = read(write_outlines(tmp_path / "7.xml", images_of(CALCIUM)), scan)
    np.testing.assert_array_equal(drawn.bits, bright(scan, CALCIUM))
    assert drawn.bits.any()
    assert drawn.kind == "outlines"
    assert drawn.decisions[0].chosen == "up"
    assert [n.code for n in drawn.notices] == ["outlines-threshold"]


def test_the_left_main_counts_with_the_lad(tmp_path: Path, scan: Scan) -> None:
    names = {**NAMES, 5: "Left Coronary Artery"}
    drawn = read(write_outlines(tmp_path / "7.xml", images_of(CALCIUM, names)), scan)
    np.testing.assert_array_equal(drawn.bits, bright(scan, CALCIUM))


@pytest.mark.parametrize("rises", [True, False])
def test_where_the_scan_does_not_tell_images_count_from_the_other_end(
    tmp_path: Path, scan: Scan, rises: bool
) -> None:
    numbers = tuple(range(1, 13)) if rises else tuple(range(12, 0, -1))
    scan = replace(scan, source=replace(scan.source, instance_numbers=numbers))
    square = np.array([[30.0, 30.0], [31.0, 30.0], [31.0, 31.0], [30.0, 31.0]])
    images = [{"ImageIndex": 2, "ROIs": [outline(NAMES[4], square)]}]
    drawn = read(write_outlines(tmp_path / "7.xml", images), scan, threshold_hu=-2000.0)
    # Image 0 has the highest Instance Number.
    assert numbers[9 if rises else 2] == 10
    assert np.argwhere(drawn.bits).tolist() == [[9 if rises else 2, 30, 30]]
    assert drawn.decisions[0].why.endswith("the scan's values do not tell")


def test_names_are_taken_from_the_map(tmp_path: Path, scan: Scan) -> None:
    names = {4: "a", 5: "b", 6: ""}
    path = write_outlines(tmp_path / "7.xml", images_of(CALCIUM, names))
    with pytest.raises(AnnotationRefused, match=r"which artery is .*\(no name\)"):
        read(path, scan)
    path = write_outlines(tmp_path / "8.xml", images_of(CALCIUM, {4: "a", 5: "b"}))
    drawn = read(path, scan, "a=RCA,b=LCX-calcium")
    np.testing.assert_array_equal(drawn.bits > 0, bright(scan, CALCIUM * (CALCIUM < 6)) > 0)
    assert set(np.unique(drawn.bits)) == {0, 16, 64}


def test_areas_of_other_pixels_are_refused(tmp_path: Path, scan: Scan) -> None:
    images = images_of(CALCIUM)
    for image in images:
        for roi in image["ROIs"]:
            roi["Area"] *= 2
    with pytest.raises(GridMismatch, match=r"enclose 0\.50 times the areas that it states"):
        read(write_outlines(tmp_path / "7.xml", images), scan)


def test_an_image_beyond_the_scan_is_refused(tmp_path: Path, scan: Scan) -> None:
    images = images_of(CALCIUM)
    images[0]["ImageIndex"] = 40
    with pytest.raises(GridMismatch, match="has contours on slice 40"):
        read(write_outlines(tmp_path / "7.xml", images), scan)


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?><plist><dict><key>Images",
        b"<?xml version='1.0'?><plist version='1.0'><array/></plist>",
        b"<?xml version='1.0'?><plist version='1.0'><dict><key>Images</key><integer>3</integer>"
        b"</dict></plist>",
        b"bplist00 rubbish",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><plist version='1.0'><string>&b;"
        b"</string></plist>",
    ],
)
def test_other_files_are_refused(tmp_path: Path, scan: Scan, content: bytes) -> None:
    (tmp_path / "7.xml").write_bytes(content)
    with pytest.raises(InputRefused, match=r"7\.xml: no list of images and outlines"):
        read(tmp_path / "7.xml", scan)


@pytest.mark.parametrize("points", [["(1, x)"], ["1, 2"], "text", None, [[1, 2]]])
def test_points_that_are_none_are_refused(tmp_path: Path, scan: Scan, points: object) -> None:
    images = images_of(CALCIUM)
    if points is None:
        del images[0]["ROIs"][0]["Point_px"]
    else:
        images[0]["ROIs"][0]["Point_px"] = points
    with pytest.raises(AnnotationRefused, match="no pairs of numbers"):
        read(write_outlines(tmp_path / "7.xml", images), scan)


def test_outlines_without_area_are_left_out(tmp_path: Path, scan: Scan) -> None:
    empty = [{"ImageIndex": 1, "ROIs": [{"Name": "x", "Point_px": []}]}]
    with pytest.raises(AnnotationRefused, match="no outline that encloses an area"):
        read(write_outlines(tmp_path / "7.xml", empty), scan)
