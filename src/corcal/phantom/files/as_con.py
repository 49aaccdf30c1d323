"""A phantom's labels as a MASS/QMass contour file, in every dialect met so far.

No specification of the format is public; what is written here follows what independent public
readers of it accept. Independent of `corcal.annotate` on purpose: this is what the reading of
contours is tested against. Contours are traced by contourpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import Grid

#: Code of calcium that belongs to no artery, beside the codes 0 to 6 of a label map.
ORPHAN = 7

#: What is drawn, in the order of `ConOptions.types`, and the label codes that it covers:
#: arteries whole, with their calcium, and all calcium as one class.
DRAWN: dict[str, tuple[int, ...]] = {
    **{a.value: (a.vessel_code, a.calcium_code) for a in Artery},
    "calcium": (*(a.calcium_code for a in Artery), ORPHAN),
}


@dataclass(frozen=True)
class ConOptions:
    """The dialect to write.

    Attributes:
        reversed_slices: slice 0 of the file is the last of the scan.
        centred: integer coordinates are the centres of pixels, not their upper left corners.
        scale: fourth field of each contour; coordinates are multiplied by it.
        resolution: (columns, rows) of the image grid the contours are drawn on; None for the
            scan's own.
        rows_first: Image_resolution says rows x columns instead of columns x rows.
        types: type ids of RCA, left main + LAD, LCX and calcium.
        phase: of every contour.
        crlf: lines end as on Windows.
        encoding: of the text; the header holds a letter that UTF-8 and Latin-1 write apart.
    """

    reversed_slices: bool = False
    centred: bool = False
    scale: float = 1.0
    resolution: tuple[int, int] | None = None
    rows_first: bool = False
    types: tuple[int, int, int, int] = (6, 7, 8, 9)
    phase: int = 0
    crlf: bool = False
    encoding: str = "utf-8"


def write_con(
    path: Path, labels: NDArray[np.uint8], grid: Grid, *, options: ConOptions | None = None
) -> None:
    """Write the outlines of the four drawn classes: RCA, left main + LAD, LCX, calcium.

    Outlines run halfway between the voxels inside and those outside, so that the voxels whose
    centres they enclose (even-odd) are exactly those of the labels. Each part of a class in a
    slice has a contour of its own, and so has each hole.

    Args:
        path: the file.
        labels: uint8 (slice, row, column), codes 0 to 6, and `ORPHAN`.
        grid: where they lie.
        options: the dialect.

    Raises:
        OSError: the file cannot be written.
    """
    options = options or ConOptions()
    lines = list(_header(grid, options))
    for at, plane in enumerate(labels):
        if plane.any():
            lines += _contours(plane, at, grid, options)
    # The closing section: readers stop here.
    lines.append("[POINT]")
    end = "\r\n" if options.crlf else "\n"
    path.write_bytes((end.join(lines) + end).encode(options.encoding))


def _header(grid: Grid, options: ConOptions) -> Iterator[str]:
    slices, rows, columns = grid.shape
    dz, dy, dx = grid.spacing_mm
    across, down = options.resolution or (columns, rows)
    if options.rows_first:
        across, down = down, across
    yield "Study_id=1"
    yield "Patient_name=Phant\u00f4me"
    yield "Study_description=synthetic, made by corcal phantom: no patient"
    yield f"Field_of_view={columns * dx:.3f}x{rows * dy:.3f} mm"
    yield f"Image_resolution={across}x{down}"
    yield f"Slicethickness={dz:.3f} mm"
    for i in range(slices):
        yield f"selection.slice_{i}=0"


def _contours(plane: NDArray[np.uint8], at: int, grid: Grid, options: ConOptions) -> Iterator[str]:
    """Return the lines of all contours of one slice."""
    slices, rows, columns = grid.shape
    number = slices - 1 - at if options.reversed_slices else at
    across, down = options.resolution or (columns, rows)
    factor = np.array([across / columns, down / rows])
    for kind, codes in zip(options.types, DRAWN.values(), strict=True):
        for centres in _outlines(np.isin(plane, codes)):
            # From centres at integers to the corner as origin, then onto the other image grid.
            points = (centres + 0.5) * factor
            if options.centred:
                points -= 0.5
            points *= options.scale
            yield "[XYCONTOUR]"
            yield f"{number} {options.phase} {kind}  {float(options.scale)}"
            yield str(len(points))
            yield from (f"{x:.4f} {y:.4f}" for x, y in points)


def _outlines(mask: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return closed outlines (n, 2) as (x, y), the centre of the first pixel at (0, 0)."""
    if not mask.any():
        return []
    inside = np.argwhere(mask)
    (top, left), (bottom, right) = inside.min(axis=0), inside.max(axis=0)
    # One empty pixel all round, so that what touches the image's edge is closed as well.
    cut = np.pad(mask[top : bottom + 1, left : right + 1].astype(np.float64), 1)
    traced = contour_generator(z=cut, line_type=LineType.Separate).lines(0.5)
    # The last point repeats the first: the format leaves it out.
    return [np.asarray(line)[:-1] + np.array([left - 1, top - 1]) for line in traced]
