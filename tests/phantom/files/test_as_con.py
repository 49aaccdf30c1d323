"""Contour files of a phantom, read back here by the plainest reader that can be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.phantom.files.as_con import DRAWN, ORPHAN, ConOptions, write_con

GRID = Grid.axial((4, 9, 12), (2.5, 0.7, 0.7))
Contours = dict[tuple[int, int], list[list[tuple[float, float]]]]


def plainly_read(path: Path, encoding: str = "utf-8") -> tuple[dict[str, str], Contours]:
    text = path.read_bytes().decode(encoding)
    header, *blocks = text.split("[POINT]")[0].split("[XYCONTOUR]")
    fields = dict(line.split("=", 1) for line in header.splitlines() if line)
    contours: Contours = {}
    for block in blocks:
        lines = block.split("\n")[1:]
        at, _, kind, scale = lines[0].split()
        points = [tuple(float(v) / float(scale) for v in p.split()) for p in lines[2:] if p.strip()]
        assert len(points) == int(lines[1])
        contours.setdefault((int(at), int(kind)), []).append([(x, y) for x, y in points])
    return fields, contours


def encloses(contour: list[tuple[float, float]], x: float, y: float) -> bool:
    """Count how often a ray to the right crosses the contour (Jordan)."""
    odd = False
    for (xa, ya), (xb, yb) in zip(contour, contour[1:] + contour[:1], strict=True):
        if (ya <= y) != (yb <= y) and x < xa + (y - ya) / (yb - ya) * (xb - xa):
            odd = not odd
    return odd


def drawn_again(contours: Contours, types: tuple[int, ...], centre: float) -> NDArray[np.bool_]:
    """Return (class, slice, row, column): the pixels whose centres an odd number encloses."""
    out = np.zeros((len(types), *GRID.shape), dtype=np.bool_)
    for (at, kind), many in contours.items():
        for row, column in np.ndindex(GRID.shape[1:]):
            hits = sum(encloses(one, column + centre, row + centre) for one in many)
            out[types.index(kind), at, row, column] = hits % 2 == 1
    return out


def labels_of(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, ORPHAN + 1, GRID.shape).astype(np.uint8)
    labels[rng.random(GRID.shape) < 0.5] = 0
    labels[0, 2:7, 2:7] = 1
    labels[0, 4, 4] = 0
    return labels


def classes(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.stack([np.isin(labels, codes) for codes in DRAWN.values()])


def test_the_outlines_enclose_exactly_the_drawn_voxels(tmp_path: Path) -> None:
    for seed in range(3):
        labels = labels_of(seed)
        write_con(tmp_path / "a.con", labels, GRID)
        _, contours = plainly_read(tmp_path / "a.con")
        again = drawn_again(contours, ConOptions().types, 0.5)
        np.testing.assert_array_equal(again, classes(labels))


def test_parts_and_holes_have_contours_of_their_own(tmp_path: Path) -> None:
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    labels[1, 1:6, 1:6] = 2
    labels[1, 3, 3] = 0
    labels[1, 7, 9:11] = 5
    write_con(tmp_path / "a.con", labels, GRID)
    _, contours = plainly_read(tmp_path / "a.con")
    assert {key: len(many) for key, many in contours.items()} == {(1, 7): 3, (1, 9): 1}


def test_each_option_changes_what_its_name_says(tmp_path: Path) -> None:
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    labels[1, 2, 3] = 4
    dialect = ConOptions(
        reversed_slices=True,
        centred=True,
        scale=2.5,
        resolution=(24, 18),
        types=(20, 21, 22, 23),
        phase=3,
    )
    write_con(tmp_path / "a.con", labels, GRID, options=dialect)
    fields, contours = plainly_read(tmp_path / "a.con")
    assert fields["Image_resolution"] == "24x18"
    assert fields["Field_of_view"] == "8.400x6.300 mm"
    assert sum(name.startswith("selection.slice_") for name in fields) == 4
    assert set(contours) == {(2, 20), (2, 23)}
    middle = np.mean(contours[2, 23][0], axis=0)
    # Voxel (row 2, column 3) covers 6 to 8 by 4 to 6 on the finer grid, counted from its corner.
    np.testing.assert_allclose(middle, (7 - 0.5, 5 - 0.5))
    assert "2 3 23  2.5" in (tmp_path / "a.con").read_text(encoding="utf-8")


def test_the_header_may_name_rows_first(tmp_path: Path) -> None:
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    write_con(tmp_path / "a.con", labels, GRID, options=ConOptions(rows_first=True))
    fields, contours = plainly_read(tmp_path / "a.con")
    assert fields["Image_resolution"] == "9x12"
    assert contours == {}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_latin_1_and_windows_line_ends(tmp_path: Path, encoding: str) -> None:
    options = ConOptions(crlf=True, encoding=encoding)
    write_con(tmp_path / "a.con", labels_of(1), GRID, options=options)
    raw = (tmp_path / "a.con").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    assert ("Phant\u00f4me".encode(encoding)) in raw
