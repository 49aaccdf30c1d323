"""The pictures of a scan that a reader needs: a key slice per artery and two projections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corcal.core.artery import Artery
from corcal.core.steps import LocatedHeart
from corcal.report.pictures.frame import Frame, Labelled, View, frame_heart, voxels
from corcal.report.pictures.projections import project_below, project_front

#: Soft tissue window, level 40 and width 350, as (lowest, highest) HU.
MEDIASTINUM_HU = (-135.0, 215.0)

_BEYOND_MM = 8.0


def take_views(reading: Labelled, heart_mask: LocatedHeart | None = None) -> tuple[View, ...]:
    """Return the pictures of a reading.

    First an axial slice per artery, where its calcium is largest, else at its mid course; then
    maximum-intensity views from the front and from below. Their depth is that of the labels
    with a margin, not of the whole heart: sternum and spine would hide what is to be seen.

    Args:
        reading: what pictures are taken of.
        heart_mask: the maximum-intensity views show nothing outside it, but labels.
    """
    frame = frame_heart(reading)
    keys = tuple(_slice(reading, a, frame, *_key_slice(reading, a, frame)) for a in Artery)
    return (
        *keys,
        project_front(reading, frame, heart_mask),
        project_below(reading, frame, heart_mask),
    )


def spread_views(reading: Labelled, artery: Artery, count: int) -> tuple[View, ...]:
    """Return axial slices spread over an artery's course and a little beyond, head to feet.

    The slice with its largest calcium is among them. Where the artery is not outlined they are
    spread over the middle half of what is shown.

    Args:
        reading: what pictures are taken of.
        artery: which to follow.
        count: how many slices; fewer where the scan has fewer.
    """
    frame = frame_heart(reading)
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
    return _slice(reading, artery, frame_heart(reading), at, artery.title)


def views_at(reading: Labelled, at: Sequence[int]) -> tuple[View, ...]:
    """Return axial slices of what is shown of a scan, and the labels in them.

    Args:
        reading: what pictures are taken of.
        at: the slices, from 0.
    """
    frame = frame_heart(reading)
    return tuple(_slice(reading, Artery.LAD, frame, z, "axial slice") for z in at)


def key_slice(reading: Labelled, artery: Artery) -> int:
    """Return the slice to show of an artery: its largest calcium, else its mid course."""
    return _key_slice(reading, artery, frame_heart(reading))[0]


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
            margin = voxels(reading, _BEYOND_MM)[0]
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
