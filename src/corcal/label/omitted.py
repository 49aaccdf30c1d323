"""The bright pieces in and near the heart that were not counted as coronary calcium."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box, index3
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.score import OmittedPiece, Place
from corcal.core.steps import LocatedHeart
from corcal.label.blood import blood_hu
from corcal.label.limits import near_heart
from corcal.prepare import Prepared
from corcal.settings import Settings

#: Metal is brighter than any calcium (3071 HU is the most that 12 bits hold).
_METAL_HU = 2500.0
#: Smaller pieces are as often noise, fainter ones too.
_LEAST_MM3, _LEAST_PEAK_HU = 8.0, 180.0
_AROUND_MM, _EDGE_MM, _ARTERY_MM = 3.0, 6.0, 4.0
#: From so much brighter blood on it is contrast agent that would be listed.
_CONTRAST_HU = 70.0
#: A piece of which less lies in the heart is bone or a node that touches it.
_LEAST_SHARE = 0.6
_MOST_PIECES = 20


def find_omitted(
    scan: Scan,
    heart: LocatedHeart,
    prepared: Prepared,
    labels: ArteryLabels,
    settings: Settings,
) -> tuple[OmittedPiece, ...]:
    """Return the bright pieces that were not counted, largest first, at most 20.

    None on scans with contrast agent, whose blood is as bright.

    Args:
        scan: as acquired.
        heart: where the heart is.
        prepared: the crop that was segmented, for the brightness of its blood.
        labels: on the scan's grid.
        settings: the threshold of calcium, and how far it stands out from blood.
    """
    rules = settings.segmentation
    clear_hu = blood_hu(prepared.hu, prepared.heart, rules) + rules.over_blood_hu
    lowest_hu = settings.scoring.threshold_hu
    if clear_hu > lowest_hu + _CONTRAST_HU:
        return ()
    lowest_hu = max(lowest_hu, clear_hu)
    around = near_heart(heart.mask, heart.grid, scan.grid, margin_mm=_AROUND_MM)
    box = _around(around, scan)
    inside = near_heart(heart.mask, heart.grid, scan.grid.cut(box), margin_mm=0.0)
    around, hu, codes = around[box.slices], scan.hu[box.slices], labels.codes[box.slices]
    counted = codes >= min(a.calcium_code for a in Artery)
    parts, _ = ndimage.label((hu >= lowest_hu) & ~counted, np.ones((3, 3, 3)))
    spacing = scan.grid.spacing_mm
    depth_mm = np.asarray(ndimage.distance_transform_edt(inside, sampling=spacing))
    vessel = np.asarray(ndimage.distance_transform_edt(codes == 0, sampling=spacing))
    pieces = []
    for number, region in enumerate(ndimage.find_objects(parts), start=1):
        piece = parts[region] == number
        values = hu[region][piece]
        volume_mm3 = float(piece.sum() * scan.grid.voxel_mm3)
        if volume_mm3 < _LEAST_MM3 or values.max() < _LEAST_PEAK_HU:
            continue
        if around[region][piece].mean() < _LEAST_SHARE:
            continue
        place = _place(float(values.max()), vessel[region][piece], depth_mm[region][piece])
        index = np.argwhere(piece) + [s.start for s in region] + np.array(box.start)
        x, y, z = (float(v) for v in scan.grid.to_lps(index.mean(axis=0)[None])[0])
        ends = (int(index[:, 0].min()), int(index[:, 0].max()))
        pieces.append(OmittedPiece(place, volume_mm3, float(values.max()), (x, y, z), ends))
    return tuple(sorted(pieces, key=lambda p: -p.volume_mm3)[:_MOST_PIECES])


def _around(mask: NDArray[np.bool_], scan: Scan) -> Box:
    """Return the box of a mask with a margin, so that bone beside the heart is seen as such."""
    margin = index3(np.ceil(20.0 / s) for s in scan.grid.spacing_mm)
    return Box.around(mask).pad(margin).intersect(Box.whole(scan.grid.shape))


def _place(
    peak_hu: float, to_artery_mm: NDArray[np.float64], depth_mm: NDArray[np.float64]
) -> Place:
    if peak_hu >= _METAL_HU:
        return Place.METAL
    if to_artery_mm.min() <= _ARTERY_MM:
        return Place.ARTERY
    return Place.EDGE if np.median(depth_mm) < _EDGE_MM else Place.INSIDE
