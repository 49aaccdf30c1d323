"""The checks of a scan once its heart was located: whole, no gaps, no contrast, no metal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box, index3
from corcal.core.errors import GeometryRefused, HeartCutOff, HeartNotFound
from corcal.core.grid import MM3_PER_ML
from corcal.core.scan import Notice, Scan
from corcal.core.steps import LocatedHeart
from corcal.settings import Admission
from corcal.space import nearest

_FACES = ("lowest", "highest", "front", "back", "right", "left")


def check_heart(scan: Scan, heart: LocatedHeart, settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts that the located heart raises.

    Args:
        scan: as acquired.
        heart: where its heart is.
        settings: what is refused and what is doubted.

    Raises:
        HeartNotFound: no heart, or something of another size.
        HeartCutOff: the scan ends inside the heart, on any side.
        GeometryRefused: slices are missing inside the heart.
    """
    mask = _on_scan(heart, scan)
    if not mask.any():
        raise HeartNotFound("no heart in the scan: is it a chest CT?")
    box = Box.around(mask)
    inside = mask[box.slices]
    volume_ml = np.count_nonzero(inside) * scan.grid.voxel_mm3 / MM3_PER_ML
    if not settings.min_heart_ml <= volume_ml <= settings.max_heart_ml:
        raise HeartNotFound(
            f"what was found measures {volume_ml:.0f} mL, which is no heart "
            f"({settings.min_heart_ml:.0f} to {settings.max_heart_ml:.0f} mL): is it a whole "
            "chest CT?"
        )
    _require_whole(inside, box, scan, settings)
    _require_no_gap(box, scan)
    doubts = (_contrast(scan, inside, box, settings), _metal(scan, box, settings))
    return tuple(doubt for doubt in doubts if doubt is not None)


def _on_scan(heart: LocatedHeart, scan: Scan) -> NDArray[np.bool_]:
    """Return the heart on the voxels as acquired."""
    if not heart.mask.any():
        return np.zeros(scan.grid.shape, np.bool_)
    # Only its box: the rest of the scan stays memory that was never touched.
    box = Box.around(heart.mask)
    mask = heart.mask[box.slices].view(np.uint8)
    return nearest(mask, heart.grid.cut(box), scan.grid).view(np.bool_)


def _require_whole(heart: NDArray[np.bool_], box: Box, scan: Scan, settings: Admission) -> None:
    """Refuse a heart that a face of the scan cuts through."""
    ends = [(0, 0), (0, -1), (1, 0), (1, -1), (2, 0), (2, -1)]
    for name, (axis, end) in zip(_FACES, ends, strict=True):
        at_face = box.start[axis] == 0 if end == 0 else box.stop[axis] == scan.grid.shape[axis]
        if not at_face:
            continue
        areas = np.count_nonzero(heart, axis=tuple(a for a in range(3) if a != axis))
        part = areas[end] / areas.max()
        if part > settings.max_cut_face:
            what = "slice" if axis == 0 else "edge of the images"
            raise HeartCutOff(
                f"the heart is cut off: the {name} {what} still holds {100 * part:.0f} % of its "
                "largest cross-section; a scan of the whole heart is needed"
            )


def _require_no_gap(box: Box, scan: Scan) -> None:
    inside = [k for k in scan.source.filled_slices if box.start[0] <= k < box.stop[0]]
    if inside:
        raise GeometryRefused(
            f"{len(inside)} slices are missing inside the heart (at "
            f"{', '.join(str(k) for k in inside[:5])}{', ...' if len(inside) > 5 else ''} of "
            f"{scan.grid.shape[0]}); export the whole series again"
        )


def _contrast(scan: Scan, heart: NDArray[np.bool_], box: Box, settings: Admission) -> Notice | None:
    """Return a doubt if the inside of the heart is brighter than unenhanced blood."""
    strides = tuple(max(1, int(settings.blood_step_mm / s)) for s in scan.grid.spacing_mm)
    coarse = tuple(slice(None, None, s) for s in strides)
    mask, hu = heart[coarse], scan.hu[box.slices][coarse]
    steps_mm = [n * s for n, s in zip(strides, scan.grid.spacing_mm, strict=True)]
    depth_mm = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=steps_mm)
    inside = depth_mm[1:-1, 1:-1, 1:-1] > settings.blood_depth_mm
    median_hu = float(np.median(hu[inside if inside.any() else mask]))
    if median_hu <= settings.contrast_blood_hu:
        return None
    text = (
        f"Contrast suspected: the median inside the heart is {median_hu:.0f} HU "
        f"(unenhanced blood 30 to 60); enhanced blood can pass for calcium."
    )
    return Notice("contrast-suspected", text)


def _metal(scan: Scan, box: Box, settings: Admission) -> Notice | None:
    reach = index3(np.ceil(settings.metal_reach_mm / s) for s in scan.grid.spacing_mm)
    near = box.pad(reach).intersect(Box.whole(scan.grid.shape))
    voxels = int(np.count_nonzero(scan.hu[near.slices] >= settings.metal_hu))
    volume_mm3 = voxels * scan.grid.voxel_mm3
    if volume_mm3 < settings.min_metal_mm3:
        return None
    text = (
        f"Metal near the heart: {volume_mm3:.0f} mm3 at or above {settings.metal_hu} HU "
        "(stent, valve, lead or clip); its streaks can pass for calcium."
    )
    return Notice("metal", text)
