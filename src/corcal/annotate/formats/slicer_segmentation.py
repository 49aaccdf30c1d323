"""Segmentations of 3D Slicer (.seg.nrrd) drawn on their scan."""

from __future__ import annotations

from collections import Counter

import numpy as np

from corcal.annotate.checks.align import alignment
from corcal.annotate.classes import ClassMap
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.part_names import Part, part_class, part_meaning
from corcal.core.errors import AnnotationRefused, LabelsRefused
from corcal.core.scan import Scan
from corcal.read import Segmentation


def read_slicer_segmentation(
    drawn: Segmentation, scan: Scan, *, classes: ClassMap | None, name: str
) -> Drawing:
    """Return segments as a drawing on their scan.

    A segment's number, for a map, is its label value; where layers repeat values, its place in
    the file, from 1.

    Args:
        drawn: the segments; they may overlap, and their array may be a part of the scan.
        scan: the scan that was segmented.
        classes: what numbers or names mean; None to go by terminology and names.
        name: of the file, for messages.

    Raises:
        GridMismatch: only resampling would bring it onto the scan.
        LabelsRefused: it holds values that no segment names.
        AnnotationRefused: nothing is marked, or a segment means nothing here.
    """
    values = Counter(s.value for s in drawn.segments)
    own = max(values.values(), default=0) == 1
    parts = [
        Part(
            s.value if own else place,
            s.name,
            s.type_code,
            (s.region_code,) if s.region_code else (),
            s.colour,
        )
        for place, s in enumerate(drawn.segments, start=1)
    ]
    _require_described(drawn, name)
    masks = [drawn.layers[s.layer] == s.value for s in drawn.segments]
    marking = [part for part, mask in zip(parts, masks, strict=True) if mask.any()]
    if not marking:
        raise AnnotationRefused(f"{name}: is empty: none of its segments marks a voxel")
    meaning = part_meaning(marking, classes, name)
    laid = alignment(drawn.grid, scan.grid, name)
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    for part, mask in zip(parts, masks, strict=True):
        if part.number in meaning.of:
            bits[laid.place(np.argwhere(mask))] |= meaning.of[part.number].bit
    named = frozenset(c for c in map(part_class, parts) if c is not None)
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="slicer-segmentation",
        declared=meaning.declared | (named if classes is None else frozenset()),
        decisions=(meaning.decision,),
        notices=meaning.notices,
    )


def _require_described(drawn: Segmentation, name: str) -> None:
    for number, layer in enumerate(drawn.layers):
        described = [s.value for s in drawn.segments if s.layer == number]
        unknown = np.setdiff1d(np.unique(layer[layer != 0]), described)
        if unknown.size:
            listed = ", ".join(f"{value:g}" for value in unknown[:8])
            raise LabelsRefused(
                f"{name}: holds value {listed} that none of its segments has; it was changed "
                "after it was saved: export it from the program again"
            )
