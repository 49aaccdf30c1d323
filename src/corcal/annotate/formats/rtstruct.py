"""RT structure sets drawn on their scan.

Source: DICOM PS3.3 A.19 and C.8.8.6: planar contours in patient coordinates, LPS mm. Only closed
ones enclose anything: open lines (vessel centrelines, catheters) and points are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from corcal.annotate.classes import ClassMap, DrawnClass, class_named
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_fill import Points
from corcal.annotate.formats.dicom_file import whole_number
from corcal.annotate.formats.part_names import Part, part_meaning
from corcal.annotate.paint import Groups, paint
from corcal.core.errors import AnnotationRefused, GridMismatch
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan

#: Slices by which a contour may lie beside the plane of its slice.
_SLACK = 0.1
#: Contour Geometric Types (C.8.8.6.3) that enclose an area; "" where the file says none.
_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "")
#: Pixels by which a contour may leave the image.
_OUTSIDE = 2.0


def read_rtstruct(
    ds: Dataset, scan: Scan, *, classes: ClassMap | None, union: bool, name: str
) -> Drawing:
    """Return the regions of an RTSTRUCT as a drawing on its scan.

    Args:
        ds: the structure set.
        scan: the scan it was drawn on.
        classes: what region numbers or names mean; None to go by the names.
        union: contours of one region in one slice add up. Otherwise one inside another is a
            hole.
        name: of the file, for messages.

    Raises:
        AnnotationRefused: it is damaged, or a region means nothing here.
        GridMismatch: its contours are not in the planes of the scan's slices.
    """
    listed = ds.get("StructureSetROISequence") or []
    regions = {whole_number(r, "ROINumber", name): r for r in listed}
    contours, open_lines = _closed_contours(ds, name)
    parts = [Part(n, str(r.get("ROIName", ""))) for n, r in regions.items() if contours.get(n)]
    if not parts:
        kinds = f"; it holds only open lines and points ({open_lines})" if open_lines else ""
        raise AnnotationRefused(f"{name}: an RTSTRUCT without closed contours{kinds}")
    for region in regions.values():
        _require_frame(str(region.get("ReferencedFrameOfReferenceUID", "")), scan.grid, name)
    meaning = part_meaning(parts, classes, name)
    drawn = [(n, c) for n, c in meaning.of.items() if c is not DrawnClass.IGNORE]
    if union and any(_kind(item) == "CLOSEDPLANAR_XOR" for n, _ in drawn for item in contours[n]):
        raise AnnotationRefused(
            f"{name}: its contours are of type CLOSEDPLANAR_XOR: one inside another is a hole; "
            "leave out --union (union from Python)"
        )
    groups: Groups = {}
    left_out = 0
    for number, meant in drawn:
        for at, points in _contours_on(contours[number], scan.grid, name):
            if len(points) < 3:
                left_out += 1
            else:
                groups.setdefault((at, meant), []).append(points)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    met = (*paint(bits, groups, union=union), *_open_notices(left_out, open_lines))
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="rtstruct",
        declared=meaning.declared | _classes_of(regions),
        decisions=(meaning.decision,),
        notices=(*meaning.notices, *met),
    )


def _classes_of(regions: dict[int, Dataset]) -> frozenset[DrawnClass]:
    """Return the classes of all regions by their names, those without contours too."""
    classes = (class_named(str(r.get("ROIName", ""))) for r in regions.values())
    return frozenset(c for c in classes if c is not None)


def _kind(item: Dataset) -> str:
    return str(item.get("ContourGeometricType") or "").strip().upper()


def _closed_contours(ds: Dataset, name: str) -> tuple[dict[int, list[Dataset]], str]:
    """Return the closed contours of each region, and how many others there are, by type."""
    contours: dict[int, list[Dataset]] = {}
    others: Counter[str] = Counter()
    for region in ds.get("ROIContourSequence") or []:
        items: Sequence[Dataset] = region.get("ContourSequence") or []
        number = whole_number(region, "ReferencedROINumber", name)
        contours[number] = [i for i in items if _kind(i) in _CLOSED]
        others.update(_kind(i) for i in items if _kind(i) not in _CLOSED)
    return contours, ", ".join(f"{kind} {count}" for kind, count in sorted(others.items()))


def _open_notices(small: int, open_lines: str) -> tuple[Notice, ...]:
    found = []
    if small:
        text = f"Contours of fewer than three points were left out: {small}."
        found.append(Notice("contours-open", text))
    if open_lines:
        text = (
            "Contours that are not closed enclose nothing and were left out "
            f"(Contour Geometric Type): {open_lines}."
        )
        found.append(Notice("contours-not-closed", text))
    return tuple(found)


def _require_frame(uid: str, grid: Grid, name: str) -> None:
    if uid and grid.frame_of_reference and uid != grid.frame_of_reference:
        raise GridMismatch(
            f"{name}: has another frame of reference than the scan, so it is of another patient, "
            "study or acquisition"
        )


def _contours_on(contours: list[Dataset], grid: Grid, name: str) -> Iterator[tuple[int, Points]]:
    """Yield the slice of each contour and its points (x, y), the first pixel's centre at 0."""
    for item in contours:
        try:
            points_mm = np.array(item.ContourData, dtype=np.float64).reshape(-1, 3)
        except (AttributeError, TypeError, ValueError):
            points_mm = np.full((1, 3), np.nan)
        if not np.isfinite(points_mm).all():
            raise AnnotationRefused(
                f"{name}: damaged: points of a contour are no triples of numbers"
            )
        index = grid.to_index(points_mm)
        at = round(float(index[:, 0].mean())) if len(index) else 0
        if len(index):
            _require_in_slice(index, at, points_mm, grid, name)
        yield at, index[:, [2, 1]]


def _require_in_slice(
    index: NDArray[np.float64], at: int, points_mm: Points, grid: Grid, name: str
) -> None:
    apart = float(np.abs(index[:, 0] - at).max())
    where = ", ".join(f"{v:.1f}" for v in points_mm[0])
    if apart > _SLACK:
        raise GridMismatch(
            f"{name}: a contour at ({where}) mm LPS lies {apart * grid.spacing_mm[0]:.2f} mm "
            f"beside the plane of the nearest slice; slices are {grid.spacing_mm[0]:.2f} mm apart. "
            "It was drawn on another series"
        )
    rows, columns = grid.shape[1:]
    inside = 0 <= at < grid.shape[0] and index[:, 1:].min() > -_OUTSIDE
    if not inside or (index[:, 1:].max(axis=0) > (rows + _OUTSIDE, columns + _OUTSIDE)).any():
        raise GridMismatch(
            f"{name}: a contour at ({where}) mm LPS lies outside the scan; it was drawn on "
            "another series"
        )
