"""The grid of a contour file on its scan: the place of its pixels and slices among the scan's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from corcal.annotate.formats.contour_fill import Points
from corcal.annotate.formats.contour_text import ContourFile, FileContour
from corcal.core.errors import GridMismatch
from corcal.core.scan import Notice, Scan

#: Fields of view that differ by more than this part are those of two reconstructions.
_SAME_FIELD = 0.01
#: Proportions of two image grids that differ by more than this part are different.
_SAME_SHAPE = 0.01
#: Pixels by which a contour may leave the image before it belongs to another.
_OUTSIDE = 2.0


@dataclass(frozen=True)
class Layout:
    """A way in which contours may lie on a scan.

    Attributes:
        slices: "up" if slice numbers rise to the head, else "down".
        origin: "corner" or "centre" of the first pixel.
        offset: slices by which the file's numbers are too low: -1 for one that counts from 1.
    """

    slices: str
    origin: str
    offset: int = 0


#: Every way, the likelier first.
LAYOUTS = tuple(Layout(s, o) for s, o in product(("up", "down"), ("corner", "centre")))


@dataclass(frozen=True, eq=False)
class ContourGrid:
    """The image grid of a contour file on a scan.

    Attributes:
        scan: the scan.
        factor: scan pixels per pixel of the file, (x, y).
        present: slices of the scan that came from files, ascending.
        flips: (row, column), -1 where the image as stored runs against the scan's axis.
    """

    scan: Scan
    factor: tuple[float, float]
    present: tuple[int, ...]
    flips: tuple[int, int]

    def holds(self, contours: Iterable[FileContour], layout: Layout) -> bool:
        """Tell whether all contours lie on slices that the scan has."""
        numbers = [contour.number + layout.offset for contour in contours]
        return min(numbers) >= 0 and max(numbers) < len(self.present)

    def place(self, contour: FileContour, layout: Layout) -> tuple[int, Points]:
        """Return the slice of the scan and the points (x, y), the first pixel's centre at 0."""
        counted = contour.number + layout.offset
        number = counted if layout.slices == "up" else len(self.present) - 1 - counted
        corner = contour.points + (0.5 if layout.origin == "centre" else 0.0)
        points: Points = corner * np.array(self.factor) - 0.5
        for axis, (flip, size) in enumerate(
            zip(self.flips[::-1], self.scan.grid.shape[:0:-1], strict=True)
        ):
            if flip < 0:
                points[:, axis] = size - 1 - points[:, axis]
        return self.present[number], points


def contour_grid(con: ContourFile, scan: Scan, name: str) -> tuple[ContourGrid, tuple[Notice, ...]]:
    """Return how the file's image grid lies on the scan, and what is doubtful about it.

    Raises:
        GridMismatch: the file was drawn on other images.
    """
    source = scan.source
    if source.resampled or source.stored_axes != (0, 1, 2):
        raise GridMismatch(
            f"{name}: the scan's slices had to be resampled or turned on reading, so contours "
            "drawn on the slices as stored cannot be laid on it; export the drawing as DICOM SEG "
            "or RTSTRUCT instead"
        )
    present = tuple(i for i in range(scan.grid.shape[0]) if i not in set(source.filled_slices))
    _require_slices(con, len(present), name)
    factor, notices = _factor(con, scan, name)
    _require_field(con, scan, name)
    # A volume file tells nothing of the images it was made from: they are taken as usual.
    flips = source.stored_flips[1:] if source.kind == "dicom" else (1, 1)
    grid = ContourGrid(scan, factor, present, flips)
    _require_inside(con, grid, name)
    return grid, tuple(notices)


def _require_slices(con: ContourFile, count: int, name: str) -> None:
    highest = max(c.number for c in con.contours)
    if highest >= count:
        raise GridMismatch(
            f"{name}: has contours on slice {highest} (counted from 0), but the scan has {count} "
            "slices; it was drawn on another series"
        )
    if con.slices is not None and con.slices != count:
        raise GridMismatch(
            f"{name}: lists {con.slices} slices, but the scan has {count}; it was drawn on "
            "another series, or slices of the scan are missing"
        )


def _factor(con: ContourFile, scan: Scan, name: str) -> tuple[tuple[float, float], list[Notice]]:
    _, rows, columns = scan.grid.shape
    if con.resolution is None:
        text = "The contour file does not say its image size; it is taken for the scan's."
        return (1.0, 1.0), [Notice("con-no-resolution", text)]
    shape = f"{con.resolution[0]}x{con.resolution[1]}"
    tall = np.array(con.resolution[::-1]) / np.array([columns, rows])
    wide = np.array(con.resolution) / np.array([columns, rows])
    fits = [f for f in (wide, tall) if abs(f[0] / f[1] - 1) <= _SAME_SHAPE]
    if not fits:
        raise GridMismatch(
            f"{name}: was drawn on images of {shape} pixels, the scan has {columns} columns x "
            f"{rows} rows: other proportions, so another series"
        )
    notices = []
    if fits[0] is tall:
        text = f"Image_resolution {shape} is read as rows x columns: only so it fits the scan."
        notices.append(Notice("con-rows-first", text))
    if not np.array_equal(fits[0], (1.0, 1.0)):
        text = (
            f"The contours were drawn on images of {shape} pixels and scaled to the scan's "
            f"{columns} x {rows}."
        )
        notices.append(Notice("con-scaled", text))
    return (float(1 / fits[0][0]), float(1 / fits[0][1])), notices


def _require_field(con: ContourFile, scan: Scan, name: str) -> None:
    if con.field_mm is None:
        return
    _, dy, dx = scan.grid.spacing_mm
    _, rows, columns = scan.grid.shape
    own = sorted((columns * dx, rows * dy))
    if any(abs(a / b - 1) > _SAME_FIELD for a, b in zip(sorted(con.field_mm), own, strict=True)):
        raise GridMismatch(
            f"{name}: its field of view is {con.field_mm[0]:.1f} x {con.field_mm[1]:.1f} mm, the "
            f"scan's {columns * dx:.1f} x {rows * dy:.1f} mm; it was drawn on another "
            "reconstruction"
        )


def _require_inside(con: ContourFile, grid: ContourGrid, name: str) -> None:
    _, rows, columns = grid.scan.grid.shape
    limits = (columns + _OUTSIDE, rows + _OUTSIDE)
    for contour in con.contours:
        points = contour.points * np.array(grid.factor)
        if points.min() < -_OUTSIDE or (points.max(axis=0) > limits).any():
            raise GridMismatch(
                f"{name}: a contour on slice {contour.number} spans x "
                f"{_span(contour.points[:, 0])}, y {_span(contour.points[:, 1])}, beyond the "
                f"image of {columns} columns x {rows} rows; it was drawn on another series"
            )


def _span(values: Points) -> str:
    return f"{values.min():.1f} to {values.max():.1f}"
