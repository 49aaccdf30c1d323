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

#: A sum of no HU, by which nothing is divided.
_LEAST = 1e-6
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
    pixels = _pixels(scan, settings)
    body = np.count_nonzero(pixels > settings.body_hu, axis=(1, 2))
    least = settings.joined_least_body_share
    full = np.flatnonzero(body > least * np.median(body))
    fewest = 2 * settings.joined_beside
    if len(full) < fewest or np.median(body) < least * pixels[0].size:
        return _pass("Too few slices hold a body to compare them.")
    kept = _distinct(pixels, full)
    said = _empty(full)
    body_like = len(kept) >= fewest and (
        _usual_change(pixels[kept], scan, settings) >= settings.joined_least_hu
    )
    if body_like and not said:
        said = _twice(pixels, full) or _disorder(pixels, full, scan.grid, settings)
    if said:
        return Check("joined", False, True, f"{said} {_ADVICE}")
    if not body_like:
        return _pass("Too little changes from slice to slice to compare it.")
    change = _largest_change(pixels, kept, scan, settings)
    if change.ratio < settings.joined_doubted_ratio:
        doubt = _left_out(pixels, kept, scan, settings)
        even = f"From slice to slice the image changes evenly ({change.ratio:.1f} times)."
        return Check("joined", False, False, doubt) if doubt else _pass(even)
    return _of_change(change, pixels[full], scan, settings)


def _of_change(
    change: _Change, slices: NDArray[np.float32], scan: Scan, settings: Admission
) -> Check:
    """Return the outcome for a large change among the slices that hold a body."""
    where = f"lices {change.after + 1} and {change.after + 2} of {scan.grid.shape[0]}"
    said = f"the image changes {change.ratio:.1f} times as much as between the slices beside them"
    far = round(settings.joined_refused_mm / scan.grid.spacing_mm[0])
    far = min(max(1, far), len(slices) // 2)
    far_apart = change.hu >= float(np.median(_changes(slices, far, settings)))
    if change.ratio < settings.joined_refused_ratio or not far_apart:
        text = (
            f"Between s{where} (the first at the feet) {said}: slices may have been left out, or "
            "the patient moved."
        )
        return Check("joined", False, False, text)
    text = (
        f"S{where} (the first at the feet) do not belong together: between them {said}. Two "
        "people or two scans lie end to end, slices are missing or out of order, or these are no "
        f"axial slices, because axes changed places. {_ADVICE}"
    )
    return Check("joined", False, True, text)


def _left_out(
    pixels: NDArray[np.float32], kept: NDArray[np.intp], scan: Scan, settings: Admission
) -> str:
    """Say where the image changes in most parts of the body at once; "" if nowhere.

    Anatomy and a beating heart change in places; where a slice is missing, all does.
    """
    filled = np.isin(kept, scan.source.filled_slices)
    at = np.flatnonzero(~(filled[:-1] | filled[1:]))
    parts = _parts(pixels[kept], settings)
    changes = [np.abs(np.diff(part, axis=0)).sum(axis=(1, 2), dtype=np.float64) for part in parts]
    ratios = [_against_both_sides(c[at], settings) for c in changes]
    everywhere = np.quantile(ratios, settings.left_out_quantile, axis=0)
    ratio, after = float(everywhere.max()), int(kept[at[everywhere.argmax()]])
    if ratio < settings.left_out_ratio:
        return ""
    return (
        f"Between slices {after + 1} and {after + 2} of {scan.grid.shape[0]} (the first at the "
        f"feet) the image changes {ratio:.1f} times as much as beside them, in most parts of the "
        "body: a slice may have been left out, or the patient moved."
    )


def _parts(slices: NDArray[np.float32], settings: Admission) -> list[NDArray[np.float32]]:
    """Return the parts of slices in which the body lies, each (slice, row, column)."""
    body = slices > settings.body_hu
    rows, columns = (np.flatnonzero(body.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    n = settings.left_out_parts
    places = [
        np.ix_(np.arange(len(slices)), r, c)
        for r in np.array_split(rows, n)
        for c in np.array_split(columns, n)
        if len(r) and len(c)
    ]
    held = np.array([np.count_nonzero(body[place]) for place in places])
    least = settings.left_out_least_share * held.max()
    return [slices[place] for place, h in zip(places, held, strict=True) if h >= least]


def _pass(text: str) -> Check:
    return Check("joined", True, True, text)


def _pixels(scan: Scan, settings: Admission) -> NDArray[np.float32]:
    """Return the slices in coarse pixels, float32 (slice, row, column)."""
    along, *sides = scan.grid.spacing_mm
    steps = [max(1, int(settings.joined_stride_mm / side)) for side in sides]
    hu = scan.hu[:, :: steps[0], :: steps[1]]
    shape = (hu.shape[0], hu.shape[1], hu.shape[2])
    fine = Grid.axial(shape, (along, sides[0] * steps[0], sides[1] * steps[1]))
    pixel_mm = settings.joined_pixel_mm
    pixels = block_mean(hu, fine, fine.with_spacing((along, pixel_mm, pixel_mm)))
    return np.clip(pixels, *settings.joined_window_hu)


def _changes(pixels: NDArray[np.float32], steps: int, settings: Admission) -> NDArray[np.float64]:
    """Return by how much slices so many steps apart differ: mean HU over both bodies."""
    low, high = pixels[:-steps], pixels[steps:]
    bodies = np.count_nonzero((low > settings.body_hu) | (high > settings.body_hu), axis=(1, 2))
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

    The same slice several times in a row is what `corcal.read.repeated` looks at.
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
    first_place, second = again[0][0] + 1, again[0][1] + 1
    if len(again) == 1:
        return f"Slice {first_place} comes twice: again as slice {second} (the first at the feet)."
    return f"{len(again)} slices come twice: slice {first_place} again as {second}."


def _disorder(
    pixels: NDArray[np.float32], full: NDArray[np.intp], grid: Grid, settings: Admission
) -> str:
    """Say that slices are in no order, if neighbours are as unlike as those far apart."""
    far = max(2, round(settings.disordered_far_mm / grid.spacing_mm[0]))
    slices = pixels[full]
    if len(slices) < 2 * far:
        return ""
    near = float(np.median(_changes(slices, 1, settings)))
    usual = float(np.median(_changes(slices, far, settings)))
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
    return float(np.median(_changes(slices, steps, settings)))


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
    next_to = _changes(slices, 1, settings)
    widest = min(max(1, int(settings.joined_step_mm / along_mm)), len(kept) // 2)
    for steps in sorted({1, widest}):
        changes = _changes(slices, steps, settings)
        at = np.flatnonzero(~(filled[:-steps] | filled[steps:]))
        ratios = _against_beside(changes[at], steps, settings)
        if len(ratios) and ratios.max() > largest:
            k = int(at[ratios.argmax()])
            # Of slices further apart, the pair between them that differs most.
            largest, after = float(ratios.max()), k + int(next_to[k : k + steps].argmax())
    around = min(max(0, after - (widest - 1) // 2), len(slices) - 1 - widest)
    return _Change(largest, int(kept[after]), float(_changes(slices, widest, settings)[around]))


def _against_beside(
    changes: NDArray[np.float64], steps: int, settings: Admission
) -> NDArray[np.float64]:
    """Return each change over the usual one of those beside it that do not overlap it."""
    n = len(changes)
    offsets = [sign * steps * i for i in range(1, settings.joined_beside + 1) for sign in (-1, 1)]
    ratios = np.zeros(n)
    for k in range(n):
        beside = np.sort([changes[k + i] for i in offsets if 0 <= k + i < n])
        if len(beside):
            at = int(settings.joined_beside_quantile * (len(beside) - 1))
            ratios[k] = changes[k] / beside[at]
    return ratios


def _against_both_sides(changes: NDArray[np.float64], settings: Admission) -> NDArray[np.float64]:
    """Return each change over the usual one beside it; 0 near the ends and unless it is a peak."""
    beside = settings.joined_beside
    ratios = np.zeros(len(changes))
    if len(changes) <= 2 * beside:
        return ratios
    around = np.lib.stride_tricks.sliding_window_view(changes, 2 * beside + 1)
    others = np.delete(around, beside, axis=1)
    middle = changes[beside:-beside]
    peak = middle > 1.0 * others.max(axis=1)
    ratios[beside:-beside] = peak * middle / np.maximum(np.median(others, axis=1), _LEAST)
    return ratios


def _span(first: int, last: int) -> str:
    """Return slices by their numbers, the first at the feet."""
    return f"Slice {first + 1}" if first == last else f"Slices {first + 1} to {last + 1}"
