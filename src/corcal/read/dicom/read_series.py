"""A chosen DICOM series as a scan."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import NoUsableSeries
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.read.acquisition import acquisition_of
from corcal.read.dicom.geometry import Stack
from corcal.read.dicom.header import number, text
from corcal.read.dicom.pixels import hounsfield
from corcal.read.dicom.regrid import restack, straighten
from corcal.read.dicom.series import SeriesCandidate
from corcal.read.dicom.slices import Slice
from corcal.read.plausible import require_hounsfield, require_one_body, require_plausible_grid
from corcal.read.volume.orient import Turn
from corcal.settings import Settings


def read_series(
    series: SeriesCandidate, settings: Settings, *, from_zip: Path | None = None
) -> Scan:
    """Return the scan that a series holds.

    Args:
        series: the chosen one.
        settings: what its values and its geometry must be.
        from_zip: the zip it was unpacked from; named as its file instead of unpacked ones.

    Raises:
        UnreadableScan: pixels are truncated or damaged.
        NoUsableSeries: the series was refused, or its values are no Hounsfield units.
    """
    stack = series.stack
    if stack is None:
        raise NoUsableSeries("; ".join(series.refusals))
    hu, notices = hounsfield(stack.slices, settings.values)
    require_hounsfield(int(hu.min()), int(hu.max()), "the series", settings.values)
    require_one_body(hu, settings.values)
    hu, first_pixel = _straight(hu, stack)
    places, filled = stack.targets(settings.geometry)
    if stack.kind != "uniform":
        hu = restack(hu, places)
    affine = _affine(stack, first_pixel)
    turn = Turn.nearest_axial(affine)
    shape = (hu.shape[0], hu.shape[1], hu.shape[2])
    turned = np.ascontiguousarray(turn.apply(hu))
    frame_of_reference = text(stack.slices[0].tags, "FrameOfReferenceUID")
    grid = Grid(
        (turned.shape[0], turned.shape[1], turned.shape[2]),
        turn.affine(affine, shape),
        frame_of_reference,
    )
    require_plausible_grid(grid, "the series")
    return Scan(
        hu=turned,
        grid=grid,
        acquisition=acquisition_of(stack.slices[0].tags),
        source=_source(series, places, filled, turn, turned, from_zip),
        notices=(*series.notices, *notices),
    )


def _straight(hu: NDArray[np.int16], stack: Stack) -> tuple[NDArray[np.int16], tuple[int, int]]:
    if not stack.drift_mm.any():
        return hu, (0, 0)
    return straighten(hu, stack.drift_mm / np.array(stack.slices[0].spacing_mm))


def _affine(stack: Stack, first_pixel: tuple[int, int]) -> NDArray[np.float64]:
    """Return the affine of the regular stack, slices ascending to the head."""
    first, last = stack.slices[0], stack.slices[-1]
    orientation, spacing = np.array(first.orientation), np.array(first.spacing_mm)
    affine = np.eye(4)
    affine[:3, 0] = stack.normal * stack.step_mm
    affine[:3, 1] = orientation[3:] * spacing[0]
    affine[:3, 2] = orientation[:3] * spacing[1]
    affine[:3, 3] = first.position_mm + affine[:3, 1:3] @ np.array(first_pixel)
    if not stack.drift_mm.any() and stack.kind != "varying":
        # The measured direction from slice to slice holds what the cosines round away.
        steps = round(stack.z_mm[-1] / stack.step_mm)
        affine[:3, 0] = (np.array(last.position_mm) - np.array(first.position_mm)) / steps
    return affine


def _source(
    series: SeriesCandidate,
    places: NDArray[np.float64],
    filled: tuple[int, ...],
    turn: Turn,
    hu: NDArray[np.int16],
    from_zip: Path | None,
) -> Source:
    """Return where the slices of a scan came from.

    Args:
        series: the series that was read.
        places: where the scan's slices lie among the input slices (see `Stack.targets`).
        filled: slices of the scan that the files lack.
        turn: how the files' axes became those of the scan.
        hu: the scan's voxels.
        from_zip: the zip it was unpacked from, if any.
    """
    stack = series.stack
    slices: list[Slice | None] = []
    if stack and stack.kind != "varying" and not stack.drift_mm.any():
        slices = [None if i in filled else stack.slices[int(p)] for i, p in enumerate(places)]
    files = tuple(dict.fromkeys(str(s.path) for s in stack.slices)) if stack else ()
    framed = any(s and s.frame is not None for s in slices)
    return Source(
        kind="dicom",
        series_uid=stack.slices[0].series_uid if stack else "",
        instance_uids=tuple(s.instance_uid if s else "" for s in slices),
        instance_numbers=tuple(_instance_number(s) if s else 0 for s in slices),
        frames=tuple((s.frame or 0) + 1 if s else 0 for s in slices) if framed else (),
        files=(str(from_zip),) if from_zip else files,
        sha256=hashlib.sha256(hu.data).hexdigest(),
        stored_axes=turn.axes,
        stored_flips=turn.flips,
        filled_slices=filled,
        resampled=not slices,
    )


def _instance_number(plane: Slice) -> int:
    """Return the number by which a PACS shows a plane, 0 where its header has none."""
    return int(number(plane.tags, "InstanceNumber") or 0)
