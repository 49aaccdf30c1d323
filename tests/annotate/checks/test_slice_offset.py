"""Slice numbers that are off by one: the scan's values show it, and a cut file is noticed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from corcal.annotate.formats.contour_file import read_contour_file
from corcal.core.errors import AnnotationRefused
from tests.annotate.drawings import chest, con_of, drawn_classes, heart, reading_options

CONTOUR = re.compile(r"(\[XYCONTOUR\]\n)(\d+) ")


def shifted(path: Path, by: int) -> Path:
    """Return a contour file all of whose slice numbers are changed."""
    text = path.read_text(encoding="utf-8")
    path.write_text(CONTOUR.sub(lambda m: f"{m[1]}{int(m[2]) + by} ", text), encoding="utf-8")
    return path


@pytest.mark.parametrize("by", [-1, 1])
def test_numbers_off_by_one_are_put_right_and_said(by: int, tmp_path: Path) -> None:
    path = shifted(con_of(tmp_path, heart()), by)
    drawn = read_contour_file(path, chest(heart()), options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    decision = next(d for d in drawn.decisions if d.what == "offset")
    assert decision.chosen == f"{-by:+d}"
    assert max(decision.evidence, key=lambda n: decision.evidence[n]) == f"{-by:+d}"
    (text,) = [n.text for n in drawn.notices if n.code == "con-offset"]
    assert f"off by one ({-by:+d} was added)" in text


def test_right_numbers_are_left_alone(tmp_path: Path) -> None:
    drawn = read_contour_file(con_of(tmp_path, heart()), chest(heart()), options=reading_options())
    assert [d.what for d in drawn.decisions] == ["slices", "origin", "map"]
    assert drawn.notices == ()


def test_the_offset_may_be_given(tmp_path: Path) -> None:
    path = shifted(con_of(tmp_path, heart()), 1)
    drawn = read_contour_file(path, chest(heart()), options=reading_options(offset=-1))
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    assert next(d for d in drawn.decisions if d.what == "offset").why == "as given"


def test_an_offset_that_leaves_the_scan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnnotationRefused, match=r"with \+90 added to its slice numbers"):
        read_contour_file(
            con_of(tmp_path, heart()), chest(heart()), options=reading_options(offset=90)
        )


def test_a_file_cut_between_two_contours_is_noticed(tmp_path: Path) -> None:
    path = con_of(tmp_path, heart())
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex("[XYCONTOUR]")], encoding="utf-8")
    drawn = read_contour_file(path, chest(heart()), options=reading_options())
    assert "con-no-end" in [n.code for n in drawn.notices]
