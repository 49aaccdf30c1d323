"""Small scans on which arteries and calcium are drawn, and the drawings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from corcal.annotate.classes import ClassMap, parse_map
from corcal.annotate.options import AnnotateOptions
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.phantom import ConOptions, write_con
from corcal.phantom.files.as_con import DRAWN

#: What the type ids of `ConOptions` mean.
TYPES: ClassMap = parse_map(["6=RCA,7=LAD,8=LCX,9=calcium"]) or {}
GRID = Grid.axial((14, 60, 64), (2.5, 0.7, 0.7), (-20.0, -20.0, 100.0))


def chest(codes: NDArray[np.uint8], grid: Grid = GRID, source: Source | None = None) -> Scan:
    """Return a scan of these labels: vessels and calcium in fat, muscle here and there."""
    rng = np.random.default_rng(5)
    hu = np.full(grid.shape, -95.0)
    hu[gaussian_filter(rng.normal(size=grid.shape), 5.0) > 0.015] = 45.0
    hu[:, :2] = -1000.0
    hu[codes > 0] = 35.0
    hu[codes > 3] = 450.0
    hu = gaussian_filter(hu, (0.0, 0.5, 0.5)) + rng.normal(scale=10.0, size=grid.shape)
    return Scan(np.rint(hu).astype(np.int16), grid, source=source or Source(sha256="ab"))


def heart(grid: Grid = GRID) -> NDArray[np.uint8]:
    """Return labels of three arteries that go down the slices, each with calcium."""
    codes = np.zeros(grid.shape, dtype=np.uint8)
    for at in range(2, grid.shape[0] - 3):
        _tube(codes[at], (20 + at, 12), 1)
        _tube(codes[at], (12, 40 - at), 2)
        _tube(codes[at], (40 - at, 50), 3)
    codes[4:6][codes[4:6] == 1] = 4
    calcium = codes[3, 10:13]
    calcium[calcium == 2] = 5
    codes[7, 32:35, 49:52] = 6
    return codes


def _tube(plane: NDArray[np.uint8], middle: tuple[int, int], code: int) -> None:
    rows, columns = np.indices(plane.shape)
    plane[np.hypot(rows - middle[0], columns - middle[1]) < 3.2] = code


def drawn_classes(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the bits of the four classes that a contour file of these labels draws."""
    bits = np.zeros(codes.shape, dtype=np.uint8)
    for bit, covered in enumerate(DRAWN.values()):
        bits |= np.isin(codes, covered).astype(np.uint8) << np.uint8(bit)
    return bits


def con_of(
    folder: Path, codes: NDArray[np.uint8], grid: Grid = GRID, options: ConOptions | None = None
) -> Path:
    write_con(folder / "drawn.con", codes, grid, options=options)
    return folder / "drawn.con"


def rewritten(path: Path, change: Callable[[str], str]) -> Path:
    """Return a contour file whose text was changed."""
    text = path.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return path


def reading_options(**given: object) -> AnnotateOptions:
    """Return options of contour files whose type ids are known."""
    return AnnotateOptions(**{"classes": TYPES, **given})  # type: ignore[arg-type]


@st.composite
def labellings(draw: st.DrawFn, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Draw labels of every code, in blots with holes, specks, and touching the edges."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    smooth = draw(st.sampled_from([0.0, 0.8, 1.5]))
    field = np.stack([gaussian_filter(rng.normal(size=shape), smooth) for _ in range(8)])
    codes: NDArray[np.uint8] = field.argmax(axis=0).astype(np.uint8)
    codes[rng.random(shape) < draw(st.sampled_from([0.0, 0.3, 0.9]))] = 0
    return codes


def dialects() -> st.SearchStrategy[ConOptions]:
    """Draw a way of writing contours."""
    return st.builds(
        ConOptions,
        reversed_slices=st.booleans(),
        centred=st.booleans(),
        scale=st.sampled_from([1.0, 0.5, 2.54]),
        resolution=st.sampled_from([None, (16, 12), (4, 3)]),
        rows_first=st.just(False),
        types=st.just((6, 7, 8, 9)),
        phase=st.sampled_from([0, 3]),
        crlf=st.booleans(),
        encoding=st.sampled_from(["utf-8", "latin-1"]),
    )
