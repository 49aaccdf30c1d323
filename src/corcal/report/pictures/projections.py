"""The heart projected, the highest value along each line of sight: from the front, from below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.steps import LocatedHeart
from corcal.report.pictures.frame import Frame, Labelled, View, square, voxels
from corcal.space import nearest

#: Wider than that of slices: every line of sight meets something bright.
PROJECTION_HU = (-100.0, 500.0)

_SLAB_MARGIN_MM = 8.0
_OUTSIDE_HEART_MM = 3.0
_AIR_HU = -1000


def project_front(reading: Labelled, frame: Frame, heart_mask: LocatedHeart | None) -> View:
    """Return the heart from the front, head up; with a heart mask nothing outside it but labels."""
    box, deep_mm = _slab(reading, frame, axis=1)
    s = reading.scan.grid.spacing_mm
    box = square(box, s, (0, 2)).intersect(Box.whole(reading.scan.grid.shape))
    hu, codes = _project(reading, box, 1, heart_mask)
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


def project_below(reading: Labelled, frame: Frame, heart_mask: LocatedHeart | None) -> View:
    """Return the heart from below; with a heart mask nothing outside it but labels."""
    box, deep_mm = _slab(reading, frame, axis=0)
    hu, codes = _project(reading, box, 0, heart_mask)
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
        margin = voxels(reading, _SLAB_MARGIN_MM)[axis]
        start[axis] = max(frame.labelled.start[axis] - margin, 0)
        stop[axis] = min(frame.labelled.stop[axis] + margin, grid.shape[axis])
    box = Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))
    return box, box.shape[axis] * grid.spacing_mm[axis]


def _project(
    reading: Labelled, box: Box, axis: int, heart_mask: LocatedHeart | None
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    hu, codes = reading.scan.hu[box.slices], reading.labels.codes[box.slices]
    if heart_mask is not None:
        shown = _in_heart(heart_mask, reading.scan.grid.cut(box)) | (codes > 0)
        hu = np.where(shown, hu, np.int16(_AIR_HU))
    # The highest code along a line wins: calcium (4 to 6) lies in front of vessels (1 to 3).
    return hu.max(axis=axis), codes.max(axis=axis)


def _in_heart(heart: LocatedHeart, grid: Grid) -> NDArray[np.bool_]:
    """Return which voxels of a grid lie in the heart or up to 3 mm outside it."""
    reach = max(1, round(_OUTSIDE_HEART_MM / min(heart.grid.spacing_mm)))
    grown = ndimage.binary_dilation(heart.mask, iterations=reach)
    return nearest(grown.astype(np.uint8), heart.grid, grid).astype(bool)
