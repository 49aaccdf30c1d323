"""Closed contours in the plane of a slice, and the pixels that they enclose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FilledArea:
    """The pixels that the contours of one class enclose in one slice.

    Attributes:
        at: (rows, columns) of the image that `mask` covers; empty where no pixel is near.
        mask: bool (row, column).
        repeated: contours that were drawn a second time, and count once.
        crossing: True where contours overlap in part: neither apart nor one within the other.
        tiny: contours that enclose no pixel's centre; each keeps the pixel at its middle.
    """

    at: tuple[slice, slice]
    mask: NDArray[np.bool_]
    repeated: int
    crossing: bool
    tiny: int


def fill_contours(
    contours: Sequence[Points], shape: tuple[int, int], *, union: bool = False
) -> FilledArea:
    """Return the pixels whose centres lie inside.

    Args:
        contours: float64 (n, 2) as (x, y) in pixels; the first pixel's centre is (0, 0). Closed:
            the last point joins the first.
        shape: (rows, columns) of the image.
        union: a pixel is inside if any contour encloses it. Otherwise an odd number of
            contours must, so that a contour within another is a hole.
    """
    (top, left), (high, wide) = window(contours, shape, margin=1)
    each = [lattice_inside([c], (float(top), float(left)), (high, wide), 1.0) for c in contours]
    held = {m.tobytes(): m for m in each if m.any()}
    empty = {c.tobytes(): c for c, m in zip(contours, each, strict=True) if not m.any()}
    counted = np.zeros((high, wide), dtype=np.int32)
    for mask in held.values():
        counted += mask
    inside: NDArray[np.bool_] = counted > 0 if union else counted % 2 == 1
    for contour in empty.values():
        column, row = np.rint(contour.mean(axis=0)).astype(int) - (left, top)
        if 0 <= row < high and 0 <= column < wide:
            inside[row, column] = True
    return FilledArea(
        at=(slice(top, top + high), slice(left, left + wide)),
        mask=inside,
        repeated=len(contours) - len(held) - len(empty),
        crossing=_cross(list(held.values())),
        tiny=len(empty),
    )


def window(
    contours: Sequence[Points], shape: tuple[int, int], *, margin: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first pixel (row, column) and the size of the part of an image around contours.

    The part may be empty where the contours lie outside the image.
    """
    points = np.concatenate(contours)
    low = np.clip(np.floor(points.min(axis=0)).astype(int)[::-1] - margin, 0, shape)
    high = np.clip(np.ceil(points.max(axis=0)).astype(int)[::-1] + margin + 1, 0, shape)
    size = np.maximum(high - low, 0)
    return (int(low[0]), int(low[1])), (int(size[0]), int(size[1]))


def lattice_inside(
    contours: Sequence[Points], start: tuple[float, float], shape: tuple[int, int], step: float
) -> NDArray[np.bool_]:
    """Tell which points of a lattice an odd number of contours enclose.

    A point on a contour is inside where the contour runs on its left or above it, so that
    contours with a common edge share no point and leave none out.

    Args:
        contours: float64 (n, 2) as (x, y).
        start: (y, x) of the first point of the lattice.
        shape: points along (y, x).
        step: distance between neighbouring points.
    """
    crossed = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
    for contour in contours:
        points = (contour - np.array(start[::-1])) / step
        following = np.roll(points, -1, axis=0)
        _cross_rows(points, following, crossed)
    odd: NDArray[np.bool_] = np.cumsum(crossed[:, :-1], axis=1) % 2 == 1
    return odd


def _cross_rows(a: Points, b: Points, crossed: NDArray[np.int32]) -> None:
    """Count every crossing of a contour's edges with the lattice's rows at the next point."""
    rows, columns = crossed.shape[0], crossed.shape[1] - 1
    # Each edge from its upper end, so that it rounds alike whichever way it is run through.
    down = (a[:, 1] <= b[:, 1])[:, None]
    a, b = np.where(down, a, b), np.where(down, b, a)
    # Half-open, so that a corner on a row counts once and a peak touching it twice or never.
    low, high = np.ceil(a[:, 1]).astype(np.intp), np.ceil(b[:, 1]).astype(np.intp)
    low, high = np.clip(low, 0, rows), np.clip(high, 0, rows)
    many = high - low
    edge = np.repeat(np.arange(len(a)), many)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many) + low[edge]
    slope = (b[edge] - a[edge])[:, 0] / (b[edge] - a[edge])[:, 1]
    x = a[edge, 0] + (row - a[edge, 1]) * slope
    column = np.clip(np.ceil(x), 0, columns).astype(np.intp)
    np.add.at(crossed, (row, column), 1)


def _cross(masks: Sequence[NDArray[np.bool_]]) -> bool:
    """Tell whether two masks overlap and neither holds the other."""
    for i, one in enumerate(masks):
        for other in masks[:i]:
            both = np.count_nonzero(one & other)
            if 0 < both < min(np.count_nonzero(one), np.count_nonzero(other)):
                return True
    return False
