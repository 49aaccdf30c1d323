"""Outlines of calcium as OsiriX and Horos export them (plist XML), the form of the COCA set.

A file lists images by `ImageIndex`, and of each its outlines (`ROIs`): the artery by name, the
points in pixels (`Point_px`, texts such as "(251.3, 189.0)") and the area in square centimetres
(`Area`). Images are counted from the other end than their Instance Numbers. Outlines are drawn
around calcium: what lies within them and does not reach the threshold is not calcium.
"""

from __future__ import annotations

import plistlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np

from corcal.annotate.checks.contour_placement import choose_layout, group_contours
from corcal.annotate.classes import (
    ClassMap,
    DrawnClass,
    calcium_class,
    class_in,
    class_named,
    map_advice,
)
from corcal.annotate.drawing import Decision, Drawing
from corcal.annotate.formats.contour_fill import Points
from corcal.annotate.formats.contour_grid import ContourGrid, Layout, contour_grid
from corcal.annotate.formats.contour_text import ContourFile, FileContour
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.paint import paint
from corcal.core.errors import AnnotationRefused, GridMismatch
from corcal.core.scan import Notice, Scan

#: No file of outlines is larger.
_LARGEST_BYTES = 64 << 20
_POINT = re.compile(r"\(\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*(?:,[^)]*)?\)")
#: The stated areas and those of the points may differ by so much in the median.
_AREA_SLACK = 0.1
#: COCA's name of the left main; other programs mean both left arteries by it.
_LEFT_MAIN = "left coronary artery"


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of a file.

    Attributes:
        contours: one for each outline; `kind` counts `names` from 0.
        names: of arteries, in the order in which they were met.
        areas_mm2: that the file states, NaN where it states none.
    """

    contours: ContourFile
    names: tuple[str, ...]
    areas_mm2: tuple[float, ...]


def begins_as_outlines(path: Path) -> bool:
    """Tell whether a file begins as a property list does."""
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith((b"<?xml", b"<!DOCTYPE plist", b"<plist", b"bplist"))


def read_outlines(path: Path, scan: Scan, *, options: AnnotateOptions) -> Drawing:
    """Return the calcium within outlines as voxels of their scan.

    Args:
        path: the plist.
        scan: the scan it was drawn on.
        options: `classes` by name, where names say nothing; `threshold_hu`; `slices` and `origin`
            where the scan does not tell.

    Raises:
        AnnotationRefused: the file is damaged, or an outline's name means nothing here.
        GridMismatch: it was drawn on other images.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise AnnotationRefused(f"{path.name}: is too large for a file of outlines")
    outlines = parse_outlines(path.read_bytes(), path.name)
    classes = _classes(outlines.names, options.classes, path.name)
    grid, notices = contour_grid(outlines.contours, scan, path.name)
    _require_areas(outlines, scan, path.name)
    way, decisions, doubts = _layout(outlines.contours, grid, classes, options, path.name)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    met = paint(bits, group_contours(outlines.contours, grid, classes, way), union=True)
    bits[scan.hu < options.threshold_hu] = 0
    shown = ", ".join(f"{n}={classes[str(i)].value}" for i, n in enumerate(outlines.names))
    text = f"Within the outlines, what reaches {options.threshold_hu:.0f} HU is calcium."
    kept = [n for n in (*notices, *doubts, *met) if n.code != "con-no-resolution"]
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="outlines",
        declared=frozenset(classes.values()),
        decisions=(*decisions, Decision("map", shown, "by the names of the outlines")),
        notices=(*kept, Notice("outlines-threshold", text)),
    )


def parse_outlines(raw: bytes, name: str) -> Outlines:
    """Return what the bytes of a plist say.

    Args:
        raw: XML or binary property list.
        name: of the file, for messages.

    Raises:
        AnnotationRefused: it is none, damaged, or holds no outline.
    """
    try:
        images = plistlib.loads(raw)["Images"]
        found = [
            (int(image["ImageIndex"]), roi) for image in images for roi in image.get("ROIs") or []
        ]
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, LookupError):
        found = None
    except (AttributeError, OverflowError, RecursionError, MemoryError):
        found = None
    if found is None:
        raise AnnotationRefused(
            f"{name}: no list of images and outlines as OsiriX and Horos export it, or damaged"
        )
    names: dict[str, int] = {}
    contours: list[FileContour] = []
    areas: list[float] = []
    left_out = 0
    for number, roi in found:
        points = _points(roi, name)
        if len(points) < 3:
            left_out += 1
            continue
        kind = names.setdefault(str(roi.get("Name") or "").strip(), len(names))
        contours.append(FileContour(number, 0, kind, points))
        areas.append(_area_mm2(roi))
    if not contours:
        raise AnnotationRefused(f"{name}: holds no outline that encloses an area")
    if min(c.number for c in contours) < 0:
        raise AnnotationRefused(f"{name}: damaged: an image has a number below 0")
    file = ContourFile(tuple(contours), None, None, None, (), left_out)
    return Outlines(file, tuple(names), tuple(areas))


def _points(roi: Any, name: str) -> Points:
    try:
        pairs = [_POINT.fullmatch(str(text).strip()) for text in roi["Point_px"]]
        points = np.array([(float(p[1]), float(p[2])) for p in pairs if p], dtype=np.float64)
        whole = all(pairs) and bool(np.isfinite(points).all())
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise AnnotationRefused(f"{name}: damaged: points of an outline are no pairs of numbers")
    return points.reshape(-1, 2)


def _area_mm2(roi: dict[str, Any]) -> float:
    try:
        return 100.0 * float(roi.get("Area") or "nan")
    except (TypeError, ValueError):
        return float("nan")


def _classes(names: tuple[str, ...], given: ClassMap | None, name: str) -> ClassMap:
    """Return the class of each kind; every outline is of calcium, whatever its name says."""
    found: dict[str, DrawnClass | None] = {}
    for kind, text in enumerate(names):
        meant = class_in([text], given) if given else class_named(text)
        if given is None and text.lower() == _LEFT_MAIN:
            meant = DrawnClass.LAD
        found[str(kind)] = None if meant is None else calcium_class(meant)
    unknown = [names[int(kind)] or "(no name)" for kind, meant in found.items() if meant is None]
    if unknown:
        raise AnnotationRefused(
            f"{name}: which artery is {', '.join(unknown[:8])}? Say it by name, such as "
            f"{map_advice(f'{unknown[0]}=RCA')}; a map names every artery of the file"
        )
    return {kind: meant for kind, meant in found.items() if meant is not None}


def _require_areas(outlines: Outlines, scan: Scan, name: str) -> None:
    """Refuse outlines whose areas are not those of the scan's pixels."""
    _, down_mm, across_mm = scan.grid.spacing_mm
    ratios = [
        _polygon_pixels(c.points) * down_mm * across_mm / stated
        for c, stated in zip(outlines.contours.contours, outlines.areas_mm2, strict=True)
        if stated > 0
    ]
    if ratios and abs(float(np.median(ratios)) - 1.0) > _AREA_SLACK:
        raise GridMismatch(
            f"{name}: its outlines enclose {np.median(ratios):.2f} times the areas that it states, "
            "in pixels of this scan: it was drawn on another series, or on resized images"
        )


def _polygon_pixels(points: Points) -> float:
    """Return the area of a polygon, in pixels (shoelace formula)."""
    x, y = points.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2.0


def _layout(
    con: ContourFile, grid: ContourGrid, classes: ClassMap, options: AnnotateOptions, name: str
) -> tuple[Layout, tuple[Decision, ...], tuple[Notice, ...]]:
    """Return the way that the scan's values show, else the one in which the set counts."""
    try:
        return choose_layout(con, grid, classes, options=options, name=name)
    except AnnotationRefused:
        if options.slices != "auto":
            raise
    slices = _from_the_other_end(grid.scan)
    chosen = replace(options, slices=slices)
    way, decisions, doubts = choose_layout(con, grid, classes, options=chosen, name=name)
    why = "images are counted from the other end than their Instance Numbers; the scan's values do"
    said = [replace(d, why=f"{why} not tell") if d.what == "slices" else d for d in decisions]
    return way, tuple(said), doubts


def _from_the_other_end(scan: Scan) -> str:
    """Return the direction in which images count that begin with the highest Instance Number."""
    numbers = [n for n in scan.source.instance_numbers if n > 0]
    return "down" if numbers and numbers[0] < numbers[-1] else "up"
