"""Agreement of contours with the values of a scan, for each layout they may have on it.

Agreement is the correlation, over the pixels in and around all contours, between the part of a
pixel that a contour covers and the pixel's value. Calcium is brighter than what surrounds it,
and so is an artery in its fat. Shares of a pixel make it sensitive to half a pixel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from corcal.annotate.formats.contour_fill import Points, lattice_inside, window

#: Pixels around what is drawn that it is compared with.
AROUND = 3
#: Points along each side of a pixel, to tell how much of it is covered.
_FINE = 4
#: Beyond these values brighter is not more calcium, or more artery.
CALCIUM_HU = (0.0, 500.0)
VESSEL_HU = (-120.0, 120.0)


@dataclass(frozen=True)
class Agreement:
    """The agreement of contours with a scan.

    Attributes:
        correlation: of covered part and value, -1 to 1; 0 where there is nothing to tell.
        pixels: that the contours cover.
        bright: share of the covered area at or above the threshold of calcium.
    """

    correlation: float
    pixels: float
    bright: float


def agreement(
    pairs: Iterable[tuple[NDArray[np.int16], NDArray[np.float64]]],
    clip_hu: tuple[float, float],
    threshold_hu: float,
) -> Agreement:
    """Return how well a drawing agrees with the slices it is laid on.

    Args:
        pairs: of each slice the values around what is drawn, int16 (row, column), and the part
            of each pixel that is covered, 0 to 1.
        clip_hu: values beyond are taken for these.
        threshold_hu: from where a pixel is bright.
    """
    sums = np.zeros(3)
    covered = bright = 0.0
    for hu, cover in pairs:
        covered += cover.sum()
        bright += cover[hu >= threshold_hu].sum()
        if not cover.any():
            continue
        near = _near(cover > 0)
        part, value = cover[near], np.clip(hu[near].astype(np.float64), *clip_hu)
        # Centred slice by slice: that one slice is brighter than another says nothing.
        part, value = part - part.mean(), value - value.mean()
        sums += (part @ value, part @ part, value @ value)
    scale = float(np.sqrt(sums[1] * sums[2]))
    return Agreement(
        correlation=float(sums[0]) / scale if scale > 0 else 0.0,
        pixels=covered,
        bright=bright / covered if covered else 0.0,
    )


def contour_coverage(
    groups: Iterable[tuple[NDArray[np.int16], list[Points]]],
) -> Iterator[tuple[NDArray[np.int16], NDArray[np.float64]]]:
    """Yield the pairs that `agreement` asks for.

    Args:
        groups: a slice, int16 (row, column), and the contours of one class in it, (x, y) with
            the first pixel's centre at (0, 0).
    """
    for plane, contours in groups:
        (top, left), size = window(contours, plane.shape, margin=AROUND)
        if min(size):
            part = plane[top : top + size[0], left : left + size[1]]
            yield part, _cover(contours, (top, left), size)


def mask_coverage(
    hu: NDArray[np.int16], mask: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int16], NDArray[np.float64]]]:
    """Yield the pairs that `agreement` asks for, for a mask (slice, row, column)."""
    for number in np.flatnonzero(mask.any(axis=(1, 2))):
        yield hu[number], mask[number].astype(np.float64)


def _cover(
    contours: list[Points], start: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float64]:
    first = (1 / _FINE - 1) / 2
    # What was drawn twice would else enclose nothing.
    once = {np.unique(c, axis=0).tobytes(): c for c in contours}
    fine = lattice_inside(
        list(once.values()),
        (start[0] + first, start[1] + first),
        (size[0] * _FINE, size[1] * _FINE),
        1 / _FINE,
    )
    parts: NDArray[np.float64] = fine.reshape(size[0], _FINE, size[1], _FINE).mean(axis=(1, 3))
    return parts


def _near(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels in or near a mask."""
    near: NDArray[np.bool_] = binary_dilation(mask, np.ones((3, 3), bool), iterations=AROUND)
    return near
