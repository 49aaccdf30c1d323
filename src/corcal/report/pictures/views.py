"""The pictures of a scan that a reader needs: a key slice per artery and two projections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box, Index
from corcal.core.scan import Scan

#: Soft tissue window, level 40 and width 350, as (lowest, highest) HU.
MEDIASTINUM_HU = (-135.0, 215.0)
#: Wider for projections, where every line of sight meets something bright.
PROJECTION_HU = (-100.0, 500.0)

_AROUND_LABELS_MM = 25.0
_AROUND_HEART_MM = 6.0
_SLAB_MARGIN_MM = 8.0
_BEYOND_MM = 8.0
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


def take_views(reading: Labelled) -> tuple[View, ...]:
    """Return the pictures of a reading.

    First an axial slice per artery, where its calcium is largest, else at its mid course; then
    maximum-intensity views from the front and from below. Their depth is that of the labels
    with a margin, not of the whole heart: sternum and spine would hide what is to be seen.
    """
    frame = _frame(reading)
    keys = tuple(_slice(reading, a, frame, *_key_slice(reading, a, frame)) for a in Artery)
    return (*keys, _front(reading, frame), _below(reading, frame))


def spread_views(reading: Labelled, artery: Artery, count: int) -> tuple[View, ...]:
    """Return axial slices spread over an artery's course and a little beyond, head to feet.

    The slice with its largest calcium is among them. Where the artery is not outlined they are
    spread over the middle half of what is shown.

    Args:
        reading: what pictures are taken of.
        artery: which to follow.
        count: how many slices; fewer where the scan has fewer.
    """
    frame = _frame(reading)
    key, why = _key_slice(reading, artery, frame)
    first, last = _course(reading, artery, frame)
    if last - first + 1 < count:
        slices = reading.scan.grid.shape[0]
        first = max(0, min((first + last + 1 - count) // 2, slices - count))
        last = min(first + count, slices) - 1
    steps = np.linspace(first, last, min(count, last - first + 1))
    at = np.round(steps).astype(int)
    at[np.abs(at - key).argmin()] = key
    return tuple(_slice(reading, artery, frame, int(z), why) for z in at[::-1])


def view_at(reading: Labelled, artery: Artery, at: int) -> View:
    """Return one axial slice of what is shown of a scan, and the labels in it.

    Args:
        reading: what pictures are taken of.
        artery: for the name and the title.
        at: the slice, from 0.
    """
    return _slice(reading, artery, _frame(reading), at, artery.title)


def views_at(reading: Labelled, at: Sequence[int]) -> tuple[View, ...]:
    """Return axial slices of what is shown of a scan, and the labels in them.

    Args:
        reading: what pictures are taken of.
        at: the slices, from 0.
    """
    frame = _frame(reading)
    return tuple(_slice(reading, Artery.LAD, frame, z, "axial slice") for z in at)


def key_slice(reading: Labelled, artery: Artery) -> int:
    """Return the slice to show of an artery: its largest calcium, else its mid course."""
    return _key_slice(reading, artery, _frame(reading))[0]


def _frame(reading: Labelled) -> Frame:
    """Frame the heart; without its box the surroundings of the labels; without labels all."""
    grid = reading.scan.grid
    whole = Box.whole(grid.shape)
    mask = reading.labels.codes > 0
    labelled = Box.around(mask) if mask.any() else None
    if reading.heart is not None:
        box = reading.heart.pad(_voxels(reading, _AROUND_HEART_MM))
    elif labelled is not None:
        box = labelled.pad(_voxels(reading, _AROUND_LABELS_MM))
    else:
        return Frame(whole, None)
    return Frame(_square(box, grid.spacing_mm, (1, 2)).intersect(whole), labelled)


def _square(box: Box, spacing_mm: tuple[float, float, float], axes: tuple[int, int]) -> Box:
    """Return the box widened to a square in mm along two axes, about its centre."""
    side_mm = max(*(box.shape[a] * spacing_mm[a] for a in axes), _SMALLEST_SIDE_MM)
    start, stop = list(box.start), list(box.stop)
    for axis in axes:
        want = max(math.ceil(side_mm / spacing_mm[axis]), box.shape[axis])
        start[axis] -= (want - box.shape[axis]) // 2
        stop[axis] = start[axis] + want
    return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))


def _slice(reading: Labelled, artery: Artery, frame: Frame, at: int, why: str) -> View:
    grid, shown = reading.scan.grid, frame.shown
    cut = (at, *shown.slices[1:])
    middle = [(a + b - 1) / 2 for a, b in zip(shown.start[1:], shown.stop[1:], strict=True)]
    z_mm = grid.to_lps(np.array([[at, *middle]]))[0, 2]
    return View(
        name=artery.value.lower(),
        title=artery.title,
        caption=f"slice {at + 1} of {grid.shape[0]} (z {z_mm:.0f} mm): {why}",
        hu=reading.scan.hu[cut],
        codes=reading.labels.codes[cut],
        pixel_mm=(grid.spacing_mm[1], grid.spacing_mm[2]),
        window_hu=MEDIASTINUM_HU,
        edges=("R", "L", "A", "P"),
        corner=(shown.start[1], shown.start[2]),
    )


def _course(reading: Labelled, artery: Artery, frame: Frame) -> tuple[int, int]:
    """Return the first and last slice of an artery with a margin, for what was not outlined."""
    shown = frame.shown
    if frame.labelled is not None:
        codes = reading.labels.codes[frame.labelled.slices]
        hit = ((codes == artery.vessel_code) | (codes == artery.calcium_code)).any(axis=(1, 2))
        if hit.any():
            there = np.flatnonzero(hit) + frame.labelled.start[0]
            margin = _voxels(reading, _BEYOND_MM)[0]
            return (
                max(int(there[0]) - margin, 0),
                min(int(there[-1]) + margin, reading.scan.grid.shape[0] - 1),
            )
    quarter = shown.shape[0] // 4
    return shown.start[0] + quarter, shown.stop[0] - 1 - quarter


def _key_slice(reading: Labelled, artery: Artery, frame: Frame) -> tuple[int, str]:
    """Return the slice to show of an artery, and why that one."""
    if frame.labelled is not None:
        first = frame.labelled.start[0]
        codes = reading.labels.codes[frame.labelled.slices]
        calcium = np.count_nonzero(codes == artery.calcium_code, axis=(1, 2))
        if calcium.any():
            return first + int(calcium.argmax()), "its largest calcium"
        vessel = np.count_nonzero(codes == artery.vessel_code, axis=(1, 2)).cumsum()
        if vessel[-1]:
            return first + int(np.searchsorted(vessel, vessel[-1] / 2)), "no calcium, mid course"
    return (frame.shown.start[0] + frame.shown.stop[0]) // 2, "artery not outlined, mid heart"


def _front(reading: Labelled, frame: Frame) -> View:
    box, deep_mm = _slab(reading, frame, axis=1)
    s = reading.scan.grid.spacing_mm
    box = _square(box, s, (0, 2)).intersect(Box.whole(reading.scan.grid.shape))
    hu, codes = _project(reading, box, axis=1)
    return View(
        name="coronal",
        title="Heart from the front",
        caption=f"maximum intensity over {deep_mm:.0f} mm",
        hu=np.flipud(hu),
        codes=np.flipud(codes),
        pixel_mm=(s[0], s[2]),
        window_hu=PROJECTION_HU,
        edges=("R", "L", "H", "F"),
    )


def _below(reading: Labelled, frame: Frame) -> View:
    box, deep_mm = _slab(reading, frame, axis=0)
    hu, codes = _project(reading, box, axis=0)
    s = reading.scan.grid.spacing_mm
    return View(
        name="axial",
        title="Heart from below",
        caption=f"maximum intensity over {deep_mm:.0f} mm",
        hu=hu,
        codes=codes,
        pixel_mm=(s[1], s[2]),
        window_hu=PROJECTION_HU,
        edges=("R", "L", "A", "P"),
    )


def _slab(reading: Labelled, frame: Frame, axis: int) -> tuple[Box, float]:
    """Return the shown box with one axis narrowed to the labels' depth, and that depth in mm."""
    grid = reading.scan.grid
    start, stop = list(frame.shown.start), list(frame.shown.stop)
    if frame.labelled is not None:
        margin = _voxels(reading, _SLAB_MARGIN_MM)[axis]
        start[axis] = max(frame.labelled.start[axis] - margin, 0)
        stop[axis] = min(frame.labelled.stop[axis] + margin, grid.shape[axis])
    box = Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))
    return box, box.shape[axis] * grid.spacing_mm[axis]


def _project(reading: Labelled, box: Box, axis: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    # The highest code along a line wins: calcium (4 to 6) lies in front of vessels (1 to 3).
    hu: NDArray[np.int16] = reading.scan.hu[box.slices].max(axis=axis)
    codes: NDArray[np.uint8] = reading.labels.codes[box.slices].max(axis=axis)
    return hu, codes


def _voxels(reading: Labelled, margin_mm: float) -> Index:
    s = reading.scan.grid.spacing_mm
    return (
        math.ceil(margin_mm / s[0]),
        math.ceil(margin_mm / s[1]),
        math.ceil(margin_mm / s[2]),
    )
