"""Segmentations of 3D Slicer (.seg.nrrd): segments with names, in one layer or several.

Source: slicer.readthedocs.io, developer guide, "Segmentations". Segments that do not overlap share
a layer and differ in their label value; a list axis holds several layers. The array may be cut to
what is marked: its own origin says where it lies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import UnreadableScan
from corcal.core.grid import Grid
from corcal.read.files import volume_kind
from corcal.read.plausible import plausible_grid
from corcal.read.volume.nrrd import read_nrrd_header, read_nrrd_layers
from corcal.read.volume.orient import Turn

_FIELD = re.compile(r"Segment(\d+)_(\w+)")


@dataclass(frozen=True)
class Segment:
    """One segment of a segmentation.

    Attributes:
        name: as the user called it.
        layer: of the array that holds it, from 0.
        value: the value of its voxels there.
        colour: "#rrggbb", or "" where the file names none.
        type_code: code of what it is, or "".
        region_code: code of where it lies, or "".
    """

    name: str
    layer: int
    value: int
    colour: str
    type_code: str
    region_code: str


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Segments on a grid of their own.

    Attributes:
        layers: (layer, slice, row, column), in the file's own type.
        grid: of a layer.
        segments: in the order of the file; some may mark nothing.
    """

    layers: NDArray[Any]
    grid: Grid
    segments: tuple[Segment, ...]


def is_segmentation(path: Path) -> bool:
    """Tell whether a volume file is an NRRD that names segments.

    Raises:
        UnreadableScan: it is called an NRRD and is none.
    """
    if volume_kind(path) != "nrrd":
        return False
    header, _ = read_nrrd_header(path)
    return any(_FIELD.fullmatch(str(key)) for key in header)


def read_segmentation(path: Path) -> Segmentation:
    """Return the segments of a .seg.nrrd file, turned to the order of a scan.

    Raises:
        UnreadableScan: it is damaged, or a segment names a layer that is not there.
        GeometryRefused: it does not say how its axes lie.
    """
    header, layers, affine = read_nrrd_layers(path)
    segments = _segments(header, len(layers), path.name)
    shape = (layers.shape[1], layers.shape[2], layers.shape[3])
    turn = Turn.nearest_axial(affine)
    turned = np.stack([turn.apply(layer) for layer in layers])
    sides = (turned.shape[1], turned.shape[2], turned.shape[3])
    grid = plausible_grid(sides, turn.affine(affine, shape), path.name)
    if shape == (1, 1, 1):
        # Slicer's way to write a segmentation without voxels; its one voxel means nothing.
        turned = np.zeros_like(turned)
    return Segmentation(turned, grid, segments)


def _segments(header: dict[str, Any], layers: int, name: str) -> tuple[Segment, ...]:
    fields: dict[int, dict[str, str]] = {}
    for key, value in header.items():
        part = _FIELD.fullmatch(str(key))
        if part:
            fields.setdefault(int(part[1]), {})[part[2]] = str(value)
    found = []
    for place, (number, own) in enumerate(sorted(fields.items())):
        # Before Slicer 5 there were no shared layers: one for each segment, its value 1.
        layer = _whole(own.get("Layer"), place if layers > 1 else 0)
        value = _whole(own.get("LabelValue"), 1)
        if not 0 <= layer < layers or value < 1:
            raise UnreadableScan(
                f"{name}: damaged: segment {number} names layer {layer} and value {value}, and "
                f"the file has {layers} layers"
            )
        kind, region = _codes(own.get("Tags", ""))
        colour = _colour(own.get("Color", ""))
        found.append(Segment(own.get("Name", ""), layer, value, colour, kind, region))
    return tuple(found)


def _whole(text: str | None, default: int) -> int:
    try:
        return default if text is None else int(text)
    except ValueError:
        return -1


def _colour(text: str) -> str:
    try:
        parts = [round(255 * min(max(float(v), 0.0), 1.0)) for v in text.split()]
    except (ValueError, OverflowError):
        return ""
    return "#" + "".join(f"{v:02x}" for v in parts) if len(parts) == 3 else ""


def _codes(tags: str) -> tuple[str, str]:
    """Return the codes of type and region in a terminology entry, "" where there is none.

    An entry is context~category~type~modifier~context~region~modifier, each term
    scheme^code^meaning.
    """
    for tag in tags.split("|"):
        if tag.startswith("TerminologyEntry:"):
            terms = [term.split("^")[1] if "^" in term else "" for term in tag.split("~")]
            return (terms[2], terms[5]) if len(terms) > 5 else ("", "")
    return "", ""
