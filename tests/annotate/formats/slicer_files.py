"""Segmentations as 3D Slicer writes them, by pynrrd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box
from corcal.core.grid import Grid


@dataclass(frozen=True)
class Drawn:
    """One segment: its name, where it stands in the file, and what else is said of it."""

    name: str
    layer: int = 0
    value: int = 1
    tags: str = "Segmentation.Status:inprogress|"
    colour: str = "0.5 0.25 1"


def entry(kind: str, region: str = "") -> str:
    """Return a terminology entry with the code of a type and of a region."""
    return (
        "TerminologyEntry:Segmentation category and type~SCT^123037004^Anatomical Structure"
        f"~SCT^{kind}^x~^^~Anatomic codes~SCT^{region}^y~^^|"
    )


def write_segmentation(
    path: Path,
    layers: Sequence[NDArray[np.uint8]],
    segments: Sequence[Drawn],
    grid: Grid,
    *,
    box: Box | None = None,
    stated: bool = True,
) -> Path:
    """Write layers (slice, row, column) on a grid, cut to a box, with the fields of segments.

    Args:
        stated: False leaves out layer and label value, as Slicer did before version 5.
    """
    box = box or Box.whole(grid.shape)
    kept = [layer[box.slices] for layer in layers]
    affine = grid.cut(box).affine
    steps = [affine[:3, axis].tolist() for axis in (2, 1, 0)]
    header: dict[str, Any] = {
        "space": "left-posterior-superior",
        "space origin": affine[:3, 3].tolist(),
        "encoding": "gzip",
    }
    if len(kept) == 1:
        data = kept[0].transpose(2, 1, 0)
        header |= {"space directions": steps, "kinds": ["domain"] * 3}
    else:
        data = np.stack([layer.transpose(2, 1, 0) for layer in kept])
        header |= {
            "space directions": np.array([[np.nan] * 3, *steps]),
            "kinds": ["list", *["domain"] * 3],
        }
    for number, segment in enumerate(segments):
        header[f"Segment{number}_ID"] = f"Segment_{number + 1}"
        header[f"Segment{number}_Name"] = segment.name
        header[f"Segment{number}_Color"] = segment.colour
        header[f"Segment{number}_Tags"] = segment.tags
        if stated:
            header[f"Segment{number}_Layer"] = str(segment.layer)
            header[f"Segment{number}_LabelValue"] = str(segment.value)
    header["Segmentation_ReferenceImageExtentOffset"] = " ".join(map(str, box.start[::-1]))
    nrrd.write(str(path), data, header)
    return path
