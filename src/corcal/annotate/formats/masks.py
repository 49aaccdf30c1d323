"""Several masks drawn on one scan: a file for each artery, named after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corcal.annotate.checks.align import alignment
from corcal.annotate.classes import ClassMap, class_in, class_named, map_advice
from corcal.annotate.drawing import Decision, Drawing
from corcal.annotate.formats.label_map import file_stem, whole_codes
from corcal.core.errors import AnnotationRefused, LabelsRefused
from corcal.core.scan import Scan
from corcal.read import Volume


@dataclass(frozen=True, eq=False)
class NamedVolume:
    """A volume file's voxels under its name."""

    name: str
    volume: Volume


def read_masks(masks: Sequence[NamedVolume], scan: Scan, *, classes: ClassMap | None) -> Drawing:
    """Return masks as one drawing on their scan.

    Args:
        masks: each with one value beside the background; one may be empty.
        scan: the scan that was labelled.
        classes: what file names mean, with or without their ending; None to go by the names
            themselves.

    Raises:
        GridMismatch: only resampling would bring one onto the scan.
        LabelsRefused: one holds several values.
        AnnotationRefused: a name means nothing here, or all are empty.
    """
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    shown, declared = [], []
    for mask in masks:
        stem = file_stem(mask.name)
        meant = class_in([mask.name, stem], classes) if classes else class_named(stem)
        if meant is None:
            raise AnnotationRefused(
                f"{mask.name}: which artery is it, or whose calcium? Say it by its name, such as "
                f"{map_advice(f'{stem}=RCA')}; a map names every file"
            )
        laid = alignment(mask.volume.grid, scan.grid, mask.name)
        index = np.argwhere(mask.volume.values != 0)
        marked = mask.volume.values[tuple(index.T)]
        if marked.size and len(whole_codes(marked, mask.name)) > 1:
            raise LabelsRefused(
                f"{mask.name}: holds several codes; of several files each is one mask. Give a "
                "label map alone"
            )
        bits[laid.place(index)] |= np.uint8(meant.bit)
        shown.append(f"{stem}={meant.value}")
        declared.append(meant)
    if not bits.any():
        raise AnnotationRefused("the masks are empty: every voxel is background, or ignored")
    why = "as given" if classes else "by the names of the files"
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="masks",
        declared=frozenset(declared),
        decisions=(Decision("map", ", ".join(shown), why),),
    )
