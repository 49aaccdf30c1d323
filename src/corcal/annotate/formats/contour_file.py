"""A .con file drawn on its scan."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from corcal.annotate.checks.contour_placement import choose_layout, group_contours, require_classes
from corcal.annotate.classes import ClassMap
from corcal.annotate.drawing import Decision, Drawing
from corcal.annotate.formats.contour_grid import contour_grid
from corcal.annotate.formats.contour_text import ContourFile, parse_contour_text
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.paint import paint
from corcal.core.errors import AnnotationRefused
from corcal.core.scan import Notice, Scan


def read_contour_file(path: Path, scan: Scan, *, options: AnnotateOptions) -> Drawing:
    """Return the contours of a MASS/QMass file as voxels of their scan.

    Args:
        path: the .con file.
        scan: the scan it was drawn on.
        options: what the user decided.

    Raises:
        AnnotationRefused: the file is damaged, or leaves open what it means.
        GridMismatch: it was drawn on other images.
    """
    raw = path.read_bytes()
    con, phase_notices = _one_phase(parse_contour_text(raw, path.name), options.phase, path.name)
    grid, notices = contour_grid(con, scan, path.name)
    classes = require_classes(con, grid, options=options, name=path.name)
    way, decisions, doubts = choose_layout(con, grid, classes, options=options, name=path.name)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    drawing = paint(bits, group_contours(con, grid, classes, way), union=options.union)
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="con",
        sha256=hashlib.sha256(raw).hexdigest(),
        declared=frozenset(classes.values()),
        decisions=(*decisions, _map_decision(classes)),
        notices=(*phase_notices, *notices, *doubts, *_file_notices(con, classes), *drawing),
    )


def _one_phase(
    con: ContourFile, wanted: int | None, name: str
) -> tuple[ContourFile, tuple[Notice, ...]]:
    phases = sorted({c.phase for c in con.contours})
    if wanted is None and len(phases) == 1:
        return con, ()
    listed = ", ".join(str(p) for p in phases)
    if wanted is None or wanted not in phases:
        raise AnnotationRefused(
            f"{name}: holds contours of phase {listed}; say with --phase (phase from "
            "Python) which one the scan is"
        )
    kept = tuple(c for c in con.contours if c.phase == wanted)
    text = f"Of phases {listed} only {wanted} was read."
    left = len(con.contours) - len(kept)
    return (
        replace(con, contours=kept),
        (Notice("con-phases", text),) if left else (),
    )


def _map_decision(classes: ClassMap) -> Decision:
    return Decision("map", ", ".join(f"{k}={c.value}" for k, c in classes.items()), "as given")


def _file_notices(con: ContourFile, classes: ClassMap) -> list[Notice]:
    found = []
    if con.scales:
        listed = ", ".join(f"{s:g}" for s in con.scales)
        text = f"Coordinates were divided by the file's scale field ({listed})."
        found.append(Notice("con-scale", text))
    if con.open:
        text = f"Contours of fewer than three points were left out: {con.open}."
        found.append(Notice("con-open", text))
    if not con.ended:
        text = (
            "No [POINT] section follows the contours, as in whole files: this one may have been "
            "cut off between two contours. Export it again, or compare the slices in qc.png."
        )
        found.append(Notice("con-no-end", text))
    present = {str(c.kind) for c in con.contours}
    absent = [f"{key} ({c.value})" for key, c in classes.items() if key not in present]
    if absent:
        text = f"The file holds no contour of type {', '.join(absent)}."
        found.append(Notice("class-absent", text))
    return found
