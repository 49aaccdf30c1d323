"""Slices that do not belong together: two people or two scans end to end, slabs out of order.

A volume file says nothing of where its slices came from, and anonymised DICOM no longer does. In
one scan neighbouring slices change little by little. Where somebody else begins, where slices
were left out, come twice or the other way round, the image changes at one place by far more than
beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission
from corcal.space import block_mean

#: Slices are compared on pixels of about this size, made of values no further apart than that.
_PIXEL_MM, _FINE_MM = 4.0, 2.0
#: Values between these are compared, so that metal and air beside the body weigh little.
_LOWEST_HU, _HIGHEST_HU = -1000.0, 300.0
#: Denser than lung and clothes. A slice with less than this part of the usual body is empty.
_BODY_HU, _LEAST_BODY = -300.0, 0.02
#: A change is compared with those beside it, so many on each side, but for the largest quarter:
#: of several places near each other each is seen.
_BESIDE, _QUARTILE = 4, 0.75
_ADVICE = "Export the series again from the original, as one series of one person."


@dataclass(frozen=True)
class _Change:
    """The change of the image between two slices.

    Attributes:
        ratio: to the usual change beside it.
        after: the slice after which the image changes, the first is 0.
        hu: mean over both bodies, between slices a few mm apart around it.
    """

    ratio: float
    after: int
    hu: float


def check_joined(scan: Scan, settings: Admission) -> Check:
    """Return whether the slices of a scan can be of one body, in one order."""
    pixels = _pixels(scan)
    body = np.count_nonzero(pixels > _BODY_HU, axis=(1, 2))
    full = np.flatnonzero(body > _LEAST_BODY * np.median(body))
    if len(full) < 2 * _BESIDE or np.median(body) < _LEAST_BODY * pixels[0].size:
        return _pass("Too few slices hold a body to compare them.")
    kept = _distinct(pixels, full)
    said = _empty(full)
    body_like = len(kept) >= 2 * _BESIDE and (
        _usual_change(pixels[kept], scan, settings) >= settings.joined_least_hu
    )
    if body_like and not said:
        said = _twice(pixels, full) or _disorder(pixels, full, scan.grid, settings)
    if said:
        return Check("joined", False, True, f"{said} {_ADVICE}")
    if not body_like:
        return _pass("Too little changes from slice to slice to compare it.")
    return _of_change(_largest_change(pixels, kept, scan, settings), pixels[full], scan, settings)


def _of_change(
    change: _Change, slices: NDArray[np.float32], scan: Scan, settings: Admission
) -> Check:
    """Return the outcome for the largest change among the slices that hold a body."""
    if change.ratio < settings.joined_doubted_ratio:
        return _pass(f"From slice to slice the image changes evenly ({change.ratio:.1f} times).")
    where = f"lices {change.after + 1} and {change.after + 2} of {scan.grid.shape[0]}"
    said = f"the image changes {change.ratio:.1f} times as much as between the slices beside them"
    far = round(settings.joined_refused_mm / scan.grid.spacing_mm[0])
    far = min(max(1, far), len(slices) // 2)
    far_apart = change.hu >= float(np.median(_changes(slices, far)))
    if change.ratio < settings.joined_refused_ratio or not far_apart:
        text = (
            f"Between s{where} (the first at the feet) {said}: slices may have been left out, or "
            "the patient moved."
        )
        return Check("joined", False, False, text)
    text = (
        f"S{where} (the first at the feet) do not belong together: between them {said}. Two "
        f"people or two scans lie end to end, or slices are missing or out of order. {_ADVICE}"
    )
    return Check("joined", False, True, text)


def _pass(text: str) -> Check:
    return Check("joined", True, True, text)


def _pixels(scan: Scan) -> NDArray[np.float32]:
    """Return the slices in coarse pixels, float32 (slice, row, column)."""
    along, *sides = scan.grid.spacing_mm
    steps = [max(1, int(_FINE_MM / side)) for side in sides]
    hu = scan.hu[:, :: steps[0], :: steps[1]]
    shape = (hu.shape[0], hu.shape[1], hu.shape[2])
    fine = Grid.axial(shape, (along, sides[0] * steps[0], sides[1] * steps[1]))
    pixels = block_mean(hu, fine, fine.with_spacing((along, _PIXEL_MM, _PIXEL_MM)))
    return np.clip(pixels, _LOWEST_HU, _HIGHEST_HU)


def _changes(pixels: NDArray[np.float32], steps: int) -> NDArray[np.float64]:
    """Return by how much slices so many steps apart differ: mean HU over both bodies."""
    low, high = pixels[:-steps], pixels[steps:]
    bodies = np.count_nonzero((low > _BODY_HU) | (high > _BODY_HU), axis=(1, 2))
    total = np.abs(high - low).sum(axis=(1, 2), dtype=np.float64)
    changes: NDArray[np.float64] = total / np.maximum(bodies, 1)
    return changes


def _empty(full: NDArray[np.intp]) -> str:
    """Say which slices between others are empty; "" if none is."""
    gap = np.flatnonzero(np.diff(full) > 1)
    if not len(gap):
        return ""
    return f"{_span(full[gap[0]] + 1, full[gap[0] + 1] - 1)} between others hold no body."


def _twice(pixels: NDArray[np.float32], full: NDArray[np.intp]) -> str:
    """Say which slices come again, voxel for voxel; "" if none does.

    The same slice several times in a row is a finer grid, and no fault.
    """
    first: dict[bytes, int] = {}
    again: list[tuple[int, int]] = []
    for k in full.tolist():
        content = pixels[k].tobytes()
        if content not in first or first[content] == k - 1:
            first[content] = k
        else:
            again.append((first[content], k))
    if not again:
        return ""
    return f"{len(again)} slices come twice: slice {again[0][0] + 1} again as {again[0][1] + 1}."


def _disorder(
    pixels: NDArray[np.float32], full: NDArray[np.intp], grid: Grid, settings: Admission
) -> str:
    """Say that slices are in no order, if neighbours are as unlike as those far apart."""
    far = max(2, round(settings.disordered_far_mm / grid.spacing_mm[0]))
    slices = pixels[full]
    if len(slices) < 2 * far:
        return ""
    near = float(np.median(_changes(slices, 1)))
    usual = float(np.median(_changes(slices, far)))
    if near <= settings.disordered_ratio * usual or usual < settings.disordered_least_hu:
        return ""
    return "Neighbouring slices are as unlike as slices far apart: they are in no order."


def _distinct(pixels: NDArray[np.float32], full: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the slices to compare: with a body, and not the same as the one before."""
    new = np.ones(len(full), np.bool_)
    new[1:] = [not np.array_equal(pixels[k], pixels[k - 1]) for k in full[1:].tolist()]
    return full[new]


def _usual_change(slices: NDArray[np.float32], scan: Scan, settings: Admission) -> float:
    """Return by how much slices a few mm apart usually differ; little, if not of a body."""
    steps = round(settings.joined_step_mm / scan.grid.spacing_mm[0])
    steps = min(max(1, steps), len(slices) // 2)
    return float(np.median(_changes(slices, steps)))


def _largest_change(
    pixels: NDArray[np.float32], kept: NDArray[np.intp], scan: Scan, settings: Admission
) -> _Change:
    """Return the change between slices that is largest against those beside it.

    Interpolated slices change less than acquired ones, and are not compared.
    """
    slices = pixels[kept]
    along_mm = scan.grid.spacing_mm[0] * len(pixels) / len(kept)
    filled = np.isin(kept, scan.source.filled_slices)
    largest, after = 0.0, 0
    next_to = _changes(slices, 1)
    widest = min(max(1, int(settings.joined_step_mm / along_mm)), len(kept) // 2)
    for steps in sorted({1, widest}):
        changes = _changes(slices, steps)
        at = np.flatnonzero(~(filled[:-steps] | filled[steps:]))
        ratios = _against_beside(changes[at], steps)
        if len(ratios) and ratios.max() > largest:
            k = int(at[ratios.argmax()])
            # Of slices further apart, the pair between them that differs most.
            largest, after = float(ratios.max()), k + int(next_to[k : k + steps].argmax())
    around = min(max(0, after - (widest - 1) // 2), len(slices) - 1 - widest)
    return _Change(largest, int(kept[after]), float(_changes(slices, widest)[around]))


def _against_beside(changes: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Return each change over the usual one of those beside it that do not overlap it."""
    n = len(changes)
    offsets = [sign * steps * i for i in range(1, _BESIDE + 1) for sign in (-1, 1)]
    ratios = np.zeros(n)
    for k in range(n):
        beside = np.sort([changes[k + i] for i in offsets if 0 <= k + i < n])
        if len(beside):
            ratios[k] = changes[k] / beside[int(_QUARTILE * (len(beside) - 1))]
    return ratios


def _span(first: int, last: int) -> str:
    """Return slices by their numbers, the first at the feet."""
    return f"Slice {first + 1}" if first == last else f"Slices {first + 1} to {last + 1}"
