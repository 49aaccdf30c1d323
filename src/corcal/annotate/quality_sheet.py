"""An annotation out: its six classes, what was decided about them, and a picture to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from corcal import DISCLAIMER
from corcal.annotate.annotation import Annotation
from corcal.annotate.as_json import annotation_record
from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.scan import Scan
from corcal.report import (
    BACKGROUND,
    BRIGHT,
    DIM,
    GAP,
    SIDE,
    UNASSIGNED,
    UNASSIGNED_COLOUR,
    View,
    draw_legend,
    font,
    labels_nifti,
    paint_pictures,
    png_bytes,
    take_views,
    view_at,
)
from corcal.storage import json_bytes

#: The files of an annotation, in the order in which they are listed.
ANNOTATION_FILES = ("labels.nii.gz", "annotation.json", "qc.png")

_COLUMNS = 4
_SLICES = 6
#: Slices nearer than this to one that is shown already tell little new.
_APART_MM = 5.9
_TOP, _CAPTION, _BOTTOM = 182, 58, 92
_NOTES, _NOTE_WIDTH = 4, 185
#: The contact sheet: pixels across a case, cases in a row, pixels for its name.
_SMALL, _ACROSS, _LINE = 900, 3, 48


def annotation_files(annotation: Annotation, scan: Scan, *, version: str) -> dict[str, bytes]:
    """Return the content of each file of an annotation by its name.

    Args:
        annotation: the six classes and how they came about.
        scan: the scan.
        version: corcal's.
    """
    record = annotation_record(annotation, scan, version=version)
    return {
        "labels.nii.gz": labels_nifti(annotation.six.labels, scan.source),
        "annotation.json": json_bytes(record),
        "qc.png": png_bytes(quality_sheet(annotation, scan)),
    }


def quality_sheet(annotation: Annotation, scan: Scan) -> Image.Image:
    """Return a picture by which a person sees whether an annotation lies on its scan.

    The heart from the front and from below, and the slices with most calcium: plain above,
    marked below. Calcium is outlined in its artery's colour, for whose it is is to be checked;
    what belongs to no artery is marked in green.
    """
    codes = annotation.six.labels.codes
    if len(annotation.six.left_out):
        codes = codes.copy()
        codes[tuple(annotation.six.left_out.T)] = UNASSIGNED
    pictures = paint_pictures(quality_views(scan, codes), by_artery=True)
    block = _CAPTION + 2 * SIDE + 2 * GAP
    blocks = -(-len(pictures) // _COLUMNS)
    width = GAP + _COLUMNS * (SIDE + GAP)
    sheet = Image.new("RGB", (width, _TOP + blocks * block + _BOTTOM), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    _head(draw, annotation, scan)
    for number, picture in enumerate(pictures):
        x = GAP + number % _COLUMNS * (SIDE + GAP)
        y = _TOP + number // _COLUMNS * block
        draw.text((x, y), picture.view.title, fill=BRIGHT, font=font(24))
        draw.text((x, y + 31), picture.view.caption, fill=DIM, font=font(19))
        sheet.paste(picture.plain, (x, y + _CAPTION))
        sheet.paste(picture.marked, (x, y + _CAPTION + SIDE + GAP // 2))
    draw_legend(draw, sheet.height - _BOTTOM + 18)
    if len(annotation.six.left_out):
        stray = "Magenta: calcium of no artery, left out."
        draw.text((width - GAP, sheet.height - 34), stray, UNASSIGNED_COLOUR, font(20), anchor="ra")
    draw.text((GAP, sheet.height - 34), DISCLAIMER, fill=DIM, font=font(20))
    return sheet


def contact_sheet(sheets: Sequence[tuple[str, Path]]) -> Image.Image:
    """Return the quality sheets of a cohort side by side, small, each under its name.

    Args:
        sheets: name and picture of each case.
    """
    small: list[tuple[str, Image.Image]] = []
    for name, path in sheets:
        with Image.open(path) as whole:
            high = round(whole.height * _SMALL / whole.width)
            small.append((name, whole.convert("RGB").resize((_SMALL, high))))
    step = _LINE + max(picture.height for _, picture in small)
    rows = -(-len(small) // _ACROSS)
    sheet = Image.new("RGB", (_ACROSS * (_SMALL + GAP) + GAP, rows * step + GAP), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for number, (name, picture) in enumerate(small):
        x, y = GAP + number % _ACROSS * (_SMALL + GAP), GAP + number // _ACROSS * step
        draw.text((x, y), name, fill=BRIGHT, font=font(24))
        sheet.paste(picture, (x, y + _LINE - 8))
    return sheet


@dataclass(frozen=True, eq=False)
class Marked:
    """Label codes for pictures; see `corcal.report.pictures.frame.Coded`."""

    codes: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Subject:
    """The subject of the pictures; see `corcal.report.pictures.frame.Labelled`."""

    scan: Scan
    labels: Marked
    heart: Box | None = None


def quality_views(scan: Scan, codes: NDArray[np.uint8]) -> tuple[View, ...]:
    """Return two projections and up to six slices: with most calcium, then with most artery.

    Args:
        scan: the scan.
        codes: uint8 (slice, row, column), label codes 0 to 6, and `UNASSIGNED`.
    """
    subject = Subject(scan, Marked(codes))
    _, _, _, front, below = take_views(subject)
    return (front, below, *(_slice_view(subject, at) for at in sorted(_key_slices(subject))))


def _key_slices(subject: Subject) -> list[int]:
    """Return slices worth showing, none beside another: first what is nobody's."""
    marked = [np.bincount(plane[plane > 0], minlength=8) for plane in subject.labels.codes]
    counts = np.array(marked)
    calcium, drawn = counts[:, len(Artery) + 1 :].sum(axis=1), counts.sum(axis=1)
    apart = _APART_MM / subject.scan.grid.spacing_mm[0]
    chosen: list[int] = [int(counts[:, UNASSIGNED].argmax())] if counts[:, UNASSIGNED].any() else []
    for at in np.lexsort((-drawn, -calcium)):
        if drawn[at] and all(abs(int(at) - c) >= apart for c in chosen):
            chosen.append(int(at))
    return chosen[:_SLICES]


def _slice_view(subject: Subject, at: int) -> View:
    codes = subject.labels.codes[at]
    here = [
        a.value + (" (calcium)" if (codes == a.calcium_code).any() else "")
        for a in Artery
        if ((codes == a.vessel_code) | (codes == a.calcium_code)).any()
    ]
    stray = ["stray calcium"] if (codes == UNASSIGNED).any() else []
    calcium = int(np.count_nonzero(codes > len(Artery)))
    return replace(
        view_at(subject, Artery.RCA, at),
        name=f"slice-{at + 1}",
        title=", ".join(here + stray),
        caption=f"slice {at + 1} of {subject.scan.grid.shape[0]}: {calcium} voxels of calcium",
    )


def _head(draw: ImageDraw.ImageDraw, annotation: Annotation, scan: Scan) -> None:
    voxel_ml = scan.grid.voxel_mm3 / 1000
    codes = annotation.six.labels.codes
    counts = np.bincount(codes[codes > 0], minlength=7)
    parts = [
        f"{a.value} {counts[a.vessel_code] * voxel_ml:.2f} mL + calcium "
        f"{counts[a.calcium_code] * voxel_ml * 1000:.0f} mm3"
        for a in Artery
    ]
    draw.text((GAP, 14), "Annotation: " + ", ".join(parts), fill=BRIGHT, font=font(30))
    decided = ", ".join(
        f"{d.what} {d.chosen}" for d in annotation.drawn.decisions if d.what != "map"
    )
    notes = ([f"Decided: {decided}."] if decided else []) + [n.text for n in annotation.notices]
    lines = [line for note in notes for line in wrap(note, _NOTE_WIDTH)]
    if len(lines) > _NOTES:
        lines = [*lines[: _NOTES - 1], "More in annotation.json."]
    for number, line in enumerate(lines):
        # The typeface has no raised 3.
        text = line.replace("\u00b3", "3")
        draw.text((GAP, 60 + 27 * number), text, fill=DIM, font=font(20))
