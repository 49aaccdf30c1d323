"""RTSTRUCT by the types of its contours, and with values that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from corcal.annotate.annotation import read_drawing
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from tests.annotate.drawings import heart
from tests.annotate.formats.dicom_drawings import SHAPE, ct, rtstruct
from tests.read.dicom.dicom_files import save

LABELS = heart(Grid.axial(SHAPE, (3.0, 0.8, 0.7)))


def read(path: Path, scan: Scan, **given: Any) -> Drawing:
    return read_drawing([path], scan, options=AnnotateOptions(**given))


def refused(path: Path, scan: Scan) -> str:
    with pytest.raises(AnnotationRefused) as error:
        read(path, scan)
    assert "SECRET" not in str(error.value)
    return str(error.value)


def of_kind(ds: Any, kind: str, region: int = 0) -> None:
    for item in ds.ROIContourSequence[region].ContourSequence:
        item.ContourGeometricType = kind


@pytest.mark.parametrize("kind", ["OPEN_PLANAR", "OPEN_NONPLANAR", "POINT"])
def test_open_lines_are_not_filled(tmp_path: Path, kind: str) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    regions = {"centreline": LABELS == 2, "RCA": LABELS == 1}
    ds = dcmread(rtstruct(tmp_path / "a.dcm", scan, regions))
    of_kind(ds, kind)
    # A centreline runs through slices: no plane is required of it.
    ds.ROIContourSequence[0].ContourSequence[0].ContourData[2] += 50.0
    save(ds, tmp_path / "a.dcm")
    drawn = read(tmp_path / "a.dcm", scan)
    np.testing.assert_array_equal(drawn.bits, LABELS == 1)
    count = len(ds.ROIContourSequence[0].ContourSequence)
    assert [n.text for n in drawn.notices] == [
        "Contours that are not closed enclose nothing and were left out (Contour Geometric Type): "
        f"{kind} {count}."
    ]


def test_a_structure_set_of_open_lines_is_refused(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    ds = dcmread(rtstruct(tmp_path / "a.dcm", scan, {"RCA": LABELS == 1}))
    of_kind(ds, "OPEN_PLANAR")
    save(ds, tmp_path / "a.dcm")
    assert "without closed contours; it holds only open lines" in refused(tmp_path / "a.dcm", scan)


def test_holes_by_type_are_not_joined(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    holed = LABELS == 1
    holed[6, 26, 12] = False
    ds = dcmread(rtstruct(tmp_path / "a.dcm", scan, {"RCA": holed}))
    of_kind(ds, "CLOSEDPLANAR_XOR")
    save(ds, tmp_path / "a.dcm")
    np.testing.assert_array_equal(read(tmp_path / "a.dcm", scan).bits, holed)
    with pytest.raises(AnnotationRefused, match="leave out --union"):
        read(tmp_path / "a.dcm", scan, union=True)


def test_values_that_are_none_of_their_kind_are_damage(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    path = rtstruct(tmp_path / "a.dcm", scan, {"RCA": LABELS == 1})
    whole = path.read_bytes()
    for old, new in (
        (b"\x06\x30\x84\x00IS", b"\x06\x30\x84\x00I["),  # no such kind of value
        (b"\x06\x30\x84\x00IS\x02\x00", b"\x06\x30\x84\x00UN\0\0\xfe\xff\xff\xff"),  # 4 GB
    ):
        assert old in whole
        path.write_bytes(whole.replace(old, new))
        assert "a.dcm: " in refused(path, scan)


def test_a_modality_that_is_no_code_is_not_repeated(tmp_path: Path) -> None:
    scan, _ = ct(tmp_path / "ct", LABELS)
    path = rtstruct(tmp_path / "a.dcm", scan, {"RCA": LABELS == 1})
    path.write_bytes(path.read_bytes().replace(b"CS\x08\0RTSTRUCT", b"CS\x08\0SECRET^N"))
    assert "a DICOM object of modality none that is known" in refused(tmp_path / "a.dcm", scan)
