"""Contour files that do not fit, or leave open what they mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused, GridMismatch, InputRefused
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.phantom import ConOptions
from tests.annotate.drawings import (
    GRID,
    chest,
    con_of,
    drawn_classes,
    heart,
    reading_options,
    rewritten,
)


def codes_of(drawn: Drawing) -> list[str]:
    return [n.code for n in drawn.notices]


def refused(path: Path, scan: Scan, options: AnnotateOptions) -> str:
    with pytest.raises(InputRefused) as error:
        read_contour_file(path, scan, options=options)
    return f"{type(error.value).__name__}: {error.value}"


def test_type_ids_must_be_given_and_the_message_helps_to(tmp_path: Path) -> None:
    message = refused(con_of(tmp_path, heart()), chest(heart()), AnnotateOptions())
    assert message.startswith("AnnotationRefused: drawn.con: what its type ids mean must be said")
    assert "6 (9 contours on 9 slices, 7.0 pixels across" in message
    assert "9 (4 contours on 4 slices" in message
    bright = [float(part.split(" %")[0].split()[-1]) for part in message.split("; ")]
    assert bright[3] > 80
    assert max(bright[:3]) < 40


def test_an_id_that_the_map_leaves_out_is_not_dropped(tmp_path: Path) -> None:
    classes = {k: c for k, c in (reading_options().classes or {}).items() if k != "8"}
    message = refused(con_of(tmp_path, heart()), chest(heart()), reading_options(classes=classes))
    assert "Ids that the map leaves out: 8 (" in message
    assert "; 9" not in message


def test_the_direction_is_not_guessed_where_the_scan_does_not_tell(tmp_path: Path) -> None:
    flat = Scan(np.zeros(GRID.shape, dtype=np.int16), GRID)
    path = con_of(tmp_path, heart(), options=ConOptions(reversed_slices=True))
    message = refused(path, flat, reading_options())
    assert "cannot tell whether its slice numbers rise to the head" in message
    assert "up 0.00, down 0.00" in message
    drawn = read_contour_file(path, flat, options=reading_options(slices="down"))
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    assert drawn.decisions[0].why == "as given"
    assert codes_of(drawn) == ["con-origin"]


def test_a_drawing_of_another_scan_is_refused(tmp_path: Path) -> None:
    other = chest(np.ascontiguousarray(heart()[:, ::-1, ::-1]))
    assert "Is it of this scan" in refused(con_of(tmp_path, heart()), other, reading_options())


def test_where_both_directions_are_the_same_none_is_asked_for(tmp_path: Path) -> None:
    odd = Grid.axial((13, *GRID.shape[1:]), GRID.spacing_mm)
    codes = np.zeros(odd.shape, dtype=np.uint8)
    codes[6] = heart()[5]
    drawn = read_contour_file(
        con_of(tmp_path, codes, odd), chest(codes, odd), options=reading_options()
    )
    assert drawn.decisions[0].why == "either direction lays every contour on the same slice"
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        (Grid.axial((9, 60, 64), (2.5, 0.7, 0.7)), "contours on slice 10"),
        (Grid.axial((15, 60, 64), (2.5, 0.7, 0.7)), "lists 14 slices, but the scan has 15"),
        (Grid.axial((14, 60, 80), (2.5, 0.7, 0.7)), "images of 64x60 pixels, the scan has 80"),
        (Grid.axial((14, 60, 64), (2.5, 0.8, 0.8)), "44.8 x 42.0 mm, the scan's 51.2 x 48.0 mm"),
    ],
)
def test_another_series_is_refused_with_the_values(tmp_path: Path, grid: Grid, words: str) -> None:
    scan = Scan(np.zeros(grid.shape, dtype=np.int16), grid)
    message = refused(con_of(tmp_path, heart()), scan, reading_options())
    assert message.startswith("GridMismatch: drawn.con: ")
    assert words in message


def test_contours_beyond_the_image_are_refused(tmp_path: Path) -> None:
    path = rewritten(
        con_of(tmp_path, heart()), lambda t: t.replace("=64x60", "=32x30").replace("44.800", "22.4")
    )
    small = Grid.axial((14, 30, 32), (2.5, 1.4, 1.4))
    path = rewritten(path, lambda t: t.replace("22.4", "44.8"))
    message = refused(path, Scan(np.zeros(small.shape, dtype=np.int16), small), reading_options())
    assert "beyond the image of 32 columns x 30 rows" in message


def test_slices_that_were_resampled_carry_no_contours(tmp_path: Path) -> None:
    scan = chest(heart(), source=Source(kind="dicom", resampled=True))
    assert "GridMismatch" in refused(con_of(tmp_path, heart()), scan, reading_options())


def test_rows_may_come_first_in_the_header(tmp_path: Path) -> None:
    path = con_of(tmp_path, heart(), options=ConOptions(rows_first=True))
    drawn = read_contour_file(path, chest(heart()), options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    assert codes_of(drawn) == ["con-rows-first"]


def test_a_header_that_tells_no_size_is_taken_for_the_scans(tmp_path: Path) -> None:
    path = rewritten(con_of(tmp_path, heart()), lambda t: t[t.index("[") :])
    drawn = read_contour_file(path, chest(heart()), options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    assert codes_of(drawn) == ["con-no-resolution"]


def test_of_several_phases_one_must_be_named(tmp_path: Path) -> None:
    path = con_of(tmp_path, heart(), options=ConOptions(phase=2))
    more = "[XYCONTOUR]\n3 5 6 1.0\n3\n1 1\n9 1\n9 9\n[POINT]"
    rewritten(path, lambda t: t.replace("[POINT]", more))
    assert "phase 2, 5; say with --phase" in refused(path, chest(heart()), reading_options())
    assert "phase 2, 5; say with --phase" in refused(path, chest(heart()), reading_options(phase=4))
    drawn = read_contour_file(path, chest(heart()), options=reading_options(phase=2))
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))
    assert codes_of(drawn) == ["con-phases"]


def test_what_was_met_on_the_way_is_noted(tmp_path: Path) -> None:
    path = con_of(tmp_path, heart(), options=ConOptions(scale=2.0))
    once = path.read_text().split("[XYCONTOUR]")[1]
    open_line = "\n5 0 6  2.0\n2\n1 1\n2 2\n"
    rewritten(path, lambda t: t.replace("[POINT]", f"[XYCONTOUR]{once}[XYCONTOUR]{open_line}"))
    options = reading_options()
    assert options.classes is not None
    classes = {**options.classes, "11": options.classes["6"]}
    drawn = read_contour_file(path, chest(heart()), options=replace(options, classes=classes))
    assert codes_of(drawn) == [
        "con-scale",
        "con-open",
        "con-no-end",
        "class-absent",
        "contours-repeated",
    ]
    np.testing.assert_array_equal(drawn.bits, drawn_classes(heart()))


def test_overlapping_contours_add_up_if_wanted(tmp_path: Path) -> None:
    path = con_of(tmp_path, heart())
    more = "[XYCONTOUR]\n3 0 6 1.0\n4\n10 22\n30 22\n30 24\n10 24\n[POINT]"
    rewritten(path, lambda t: t.replace("[POINT]", more))
    odd = read_contour_file(path, chest(heart()), options=reading_options())
    joined = read_contour_file(path, chest(heart()), options=reading_options(union=True))
    assert codes_of(odd) == codes_of(joined) == ["contours-overlap"]
    assert "RCA on slice 4" in odd.notices[0].text
    assert "joined" in joined.notices[0].text
    assert np.count_nonzero(joined.bits) > np.count_nonzero(odd.bits)


def test_the_file_is_refused_without_repeating_its_patient(tmp_path: Path) -> None:
    path = rewritten(con_of(tmp_path, heart()), lambda t: t.replace("9  1.0", "9  x"))
    with pytest.raises(AnnotationRefused) as error:
        read_contour_file(path, chest(heart()), options=reading_options())
    assert "Phant" not in str(error.value)
    with pytest.raises(GridMismatch):
        read_contour_file(
            con_of(tmp_path, heart()), chest(heart()[:5], GRID_5), options=reading_options()
        )


GRID_5 = Grid.axial((5, 60, 64), (2.5, 0.7, 0.7))
