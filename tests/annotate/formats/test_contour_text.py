"""Contour files as text: what is understood, and what is refused with its reason."""

from __future__ import annotations

import pytest

from corcal.annotate.formats.contour_text import parse_contour_text
from corcal.core.errors import AnnotationRefused

TEXT = """Study_id=1
Patient_name=M\u00fcller
Birth_date=1950-01-01
Field_of_view=360.000x270.000 mm
Image_resolution=256x192
selection.slice_0=1
selection.slice_1=0
[XYCONTOUR]
1 0 9  2.0
3
10.0 20.0
12.0 20.0
12.0 24.0
[POINT]
nobody reads this
"""


def parsed(text: str, encoding: str = "utf-8") -> object:
    return parse_contour_text(text.encode(encoding), "a.con")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_grid_and_the_contours_are_read(encoding: str, end: str) -> None:
    con = parse_contour_text(TEXT.replace("\n", end).encode(encoding), "a.con")
    assert (con.resolution, con.field_mm, con.slices) == ((256, 192), (360.0, 270.0), 2)
    assert (con.scales, con.open) == ((2.0,), 0)
    (contour,) = con.contours
    assert (contour.number, contour.phase, contour.kind) == (1, 0, 9)
    assert contour.points.tolist() == [[5.0, 10.0], [6.0, 10.0], [6.0, 12.0]]


def test_decimal_commas_and_blank_lines_are_understood() -> None:
    text = TEXT.replace("10.0 20.0", "10,0 20,0\n\n").replace("360.000x", "360,000x")
    con = parse_contour_text(text.encode(), "a.con")
    assert con.contours[0].points[0].tolist() == [5.0, 10.0]
    assert con.field_mm == (360.0, 270.0)


def test_a_header_may_say_nothing() -> None:
    con = parse_contour_text(TEXT[TEXT.index("[") :].encode(), "a.con")
    assert (con.resolution, con.field_mm, con.slices) == (None, None, None)


def test_lines_and_points_are_counted_and_left_out() -> None:
    con = parse_contour_text((TEXT + "[XYCONTOUR]\n0 0 9 1.0\n2\n1 1\n2 2\n").encode(), "a.con")
    assert (len(con.contours), con.open) == (1, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("[XYCONTOUR]", "[OTHER]"), "holds no .XYCONTOUR. section"),
        (lambda t: t[: t.index("12.0 24.0")], "truncated"),
        (lambda t: t.replace("\n3\n", "\n4\n"), "truncated"),
        (lambda t: t.replace("\n3\n", "\n2\n"), "line 13: the contour has more points than the 2"),
        (lambda t: t.replace("\n3\n", "\n99999999999\n"), "truncated"),
        (lambda t: t.replace("12.0 20.0", "12.0"), "line 12: 1 numbers where 2 belong"),
        (lambda t: t.replace("12.0 20.0", "12.0 nan"), "line 12: holds no numbers"),
        (lambda t: t.replace("12.0 20.0", "twelve 20"), "line 12: holds no numbers"),
        (lambda t: t.replace("1 0 9  2.0", "-1 0 9  2.0"), "line 9: slice, phase, type"),
        (lambda t: t.replace("1 0 9  2.0", "1.5 0 9  2.0"), "line 9: slice, phase, type"),
        (lambda t: t.replace("1 0 9  2.0", "1 0 9  0"), "line 9: slice, phase, type"),
        (lambda t: t.replace("1 0 9  2.0", "1 0 9"), "line 9: 3 numbers where 4 belong"),
        (lambda t: t.replace("\n3\n", "\n1\n").replace("12.0 20.0\n12.0 24.0\n", ""), "an area"),
    ],
)
def test_damage_is_refused_with_its_place_and_without_the_patient(
    change: object, message: str
) -> None:
    assert callable(change)
    changed = change(TEXT)
    assert changed != TEXT
    with pytest.raises(AnnotationRefused, match=message) as refused:
        parsed(changed)
    assert str(refused.value).startswith("a.con: ")
    assert "ller" not in str(refused.value)
    assert "1950" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(AnnotationRefused, match="is not text"):
        parse_contour_text(b"\x00\x01\x02" * 100, "a.con")
