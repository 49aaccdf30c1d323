"""The part of a labelled scan that is worth showing, and a picture of a part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box, Index
from corcal.core.scan import Scan

_AROUND_LABELS_MM = 25.0
_AROUND_HEART_MM = 6.0
_SMALLEST_SIDE_MM = 60.0

#: Code of calcium that belongs to no artery, in pictures alone.
UNASSIGNED = 7


class Coded(Protocol):
    """Labels as pictures take them; `ArteryLabels` are such."""

    @property
    def codes(self) -> NDArray[np.uint8]:
        """Label codes 0 to 6, and `UNASSIGNED`."""


class Labelled(Protocol):
    """A labelled scan, of which pictures are taken; a `Reading` is one."""

    @property
    def scan(self) -> Scan:
        """The CT."""

    @property
    def labels(self) -> Coded:
        """On the scan's grid."""

    @property
    def heart(self) -> Box | None:
        """The box of the heart on the scan's grid, or None where it is not known."""


@dataclass(frozen=True, eq=False)
class View:
    """A picture of part of a scan, and of the labels in it.

    Attributes:
        name: short and stable: "rca", "lad", "lcx", "coronal", "axial".
        title: for people.
        caption: where it lies and why it is shown.
        hu: int16 (row, column).
        codes: uint8 (row, column), label codes 0 to 6, and `UNASSIGNED`.
        pixel_mm: (row, column).
        window_hu: lowest and highest HU shown.
        edges: what lies at the (left, right, top, bottom) of the picture.
        corner: (row, column) of the scan at the picture's upper left, of axial slices.
    """

    name: str
    title: str
    caption: str
    hu: NDArray[np.int16]
    codes: NDArray[np.uint8]
    pixel_mm: tuple[float, float]
    window_hu: tuple[float, float]
    edges: tuple[str, str, str, str]
    corner: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Frame:
    """The part of a scan that is worth showing.

    Attributes:
        shown: the part the pictures show: the heart, square in-plane.
        labelled: the voxels with labels, or None without any.
    """

    shown: Box
    labelled: Box | None


def frame_heart(reading: Labelled) -> Frame:
    """Frame the heart; without its box the surroundings of the labels; without labels all."""
    grid = reading.scan.grid
    whole = Box.whole(grid.shape)
    mask = reading.labels.codes > 0
    labelled = Box.around(mask) if mask.any() else None
    if reading.heart is not None:
        box = reading.heart.pad(voxels(reading, _AROUND_HEART_MM))
    elif labelled is not None:
        box = labelled.pad(voxels(reading, _AROUND_LABELS_MM))
    else:
        return Frame(whole, None)
    return Frame(square(box, grid.spacing_mm, (1, 2)).intersect(whole), labelled)


def square(box: Box, spacing_mm: tuple[float, float, float], axes: tuple[int, int]) -> Box:
    """Return the box widened to a square in mm along two axes, about its centre."""
    side_mm = max(*(box.shape[a] * spacing_mm[a] for a in axes), _SMALLEST_SIDE_MM)
    start, stop = list(box.start), list(box.stop)
    for axis in axes:
        want = max(math.ceil(side_mm / spacing_mm[axis]), box.shape[axis])
        start[axis] -= (want - box.shape[axis]) // 2
        stop[axis] = start[axis] + want
    return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))


def voxels(reading: Labelled, margin_mm: float) -> Index:
    """Return a margin in voxels of a scan, along (slice, row, column), rounded up."""
    s = reading.scan.grid.spacing_mm
    return (
        math.ceil(margin_mm / s[0]),
        math.ceil(margin_mm / s[1]),
        math.ceil(margin_mm / s[2]),
    )
