"""Labels, written as contours by the phantom and read back, are the same voxels."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from corcal.annotate.checks.contour_placement import group_contours
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.formats.contour_grid import Layout, contour_grid
from corcal.annotate.formats.contour_text import parse_contour_text
from corcal.annotate.paint import paint
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.phantom import ConOptions
from tests.annotate.drawings import (
    GRID,
    TYPES,
    chest,
    con_of,
    dialects,
    drawn_classes,
    heart,
    labellings,
    reading_options,
)

SMALL = Grid.axial((2, 6, 8), (2.5, 0.7, 0.7))


def read_back(codes: NDArray[np.uint8], dialect: ConOptions) -> NDArray[np.uint8]:
    """Write labels, and read them the way they were written."""
    scan = Scan(np.zeros(SMALL.shape, dtype=np.int16), SMALL)
    with TemporaryDirectory() as folder:
        path = con_of(Path(folder), codes, SMALL, dialect)
        con = parse_contour_text(path.read_bytes(), path.name)
    grid, _ = contour_grid(con, scan, path.name)
    slices = "down" if dialect.reversed_slices else "up"
    way = Layout(slices, "centre" if dialect.centred else "corner")
    bits = np.zeros(SMALL.shape, dtype=np.uint8)
    notices = paint(bits, group_contours(con, grid, TYPES, way), union=False)
    assert notices == ()
    return bits


@settings(max_examples=40)
@given(labellings(SMALL.shape), dialects())
def test_every_voxel_comes_back_in_every_dialect(
    codes: NDArray[np.uint8], dialect: ConOptions
) -> None:
    if codes.any():
        np.testing.assert_array_equal(read_back(codes, dialect), drawn_classes(codes))


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("resolution", [None, (32, 30)])
def test_the_scan_tells_how_its_contours_lie(
    tmp_path: Path, down: bool, centred: bool, resolution: tuple[int, int] | None
) -> None:
    dialect = ConOptions(
        reversed_slices=down, centred=centred, resolution=resolution, crlf=down, encoding="latin-1"
    )
    codes = heart()
    drawn = read_contour_file(
        con_of(tmp_path, codes, options=dialect), chest(codes), options=reading_options()
    )
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))
    chosen = {d.what: d.chosen for d in drawn.decisions}
    assert chosen["slices"] == ("down" if down else "up")
    assert chosen["origin"] == ("centre" if centred else "corner")


def test_half_a_fine_pixel_is_too_little_to_tell(tmp_path: Path) -> None:
    codes, dialect = heart(), ConOptions(centred=True, resolution=(128, 120))
    path = con_of(tmp_path, codes, options=dialect)
    drawn = read_contour_file(path, chest(codes), options=reading_options())
    assert [n.code for n in drawn.notices] == ["con-scaled", "con-origin"]
    assert drawn.decisions[1].chosen == "corner"
    drawn = read_contour_file(path, chest(codes), options=reading_options(origin="centre"))
    assert (drawn.decisions[1].chosen, drawn.decisions[1].why) == ("centre", "as given")
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))


def test_the_decision_comes_with_its_numbers(tmp_path: Path) -> None:
    drawn = read_contour_file(con_of(tmp_path, heart()), chest(heart()), options=reading_options())
    slices, origin, mapped = drawn.decisions
    assert (slices.what, origin.what, mapped.what) == ("slices", "origin", "map")
    assert set(slices.evidence) == {"up, corner", "up, centre", "down, corner", "down, centre"}
    assert slices.evidence["up, corner"] == max(slices.evidence.values()) > 0.7
    assert slices.why.startswith("the calcium contours agree with the scan's values (up 0.")
    assert mapped.chosen == "6=RCA, 7=LAD, 8=LCX, 9=calcium"
    assert drawn.notices == ()


def test_without_calcium_the_arteries_tell_the_direction(tmp_path: Path) -> None:
    codes = np.where(heart() > 3, heart() - 3, heart()).astype(np.uint8)
    path = con_of(tmp_path, codes, options=ConOptions(reversed_slices=True))
    drawn = read_contour_file(path, chest(codes), options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))
    assert drawn.decisions[0].why.startswith("the artery contours agree")
    assert [n.code for n in drawn.notices] == ["class-absent"]


@pytest.mark.parametrize(
    ("flips", "order"), [((1, -1, 1), np.s_[:, ::-1]), ((1, 1, -1), np.s_[:, :, ::-1])]
)
def test_dicom_images_that_were_turned_on_reading(
    tmp_path: Path, flips: tuple[int, int, int], order: tuple[slice, ...]
) -> None:
    codes = heart()
    source = Source(kind="dicom", stored_flips=flips)
    # The drawing was made on the images as stored.
    path = con_of(tmp_path, np.ascontiguousarray(codes[order]))
    drawn = read_contour_file(path, chest(codes, source=source), options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))


def test_slices_that_were_filled_on_reading_are_not_counted(tmp_path: Path) -> None:
    codes = heart()
    codes[8] = 0
    kept = [i for i in range(GRID.shape[0]) if i != 8]
    fewer = Grid.axial((len(kept), *GRID.shape[1:]), GRID.spacing_mm)
    path = con_of(tmp_path, codes[kept], fewer)
    scan = chest(codes, source=Source(kind="dicom", filled_slices=(8,)))
    drawn = read_contour_file(path, scan, options=reading_options())
    np.testing.assert_array_equal(drawn.bits, drawn_classes(codes))
