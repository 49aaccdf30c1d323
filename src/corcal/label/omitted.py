"""The bright pieces in and near the heart that were not counted as coronary calcium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box, index3
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.core.score import OmittedPiece, Place
from corcal.core.steps import LocatedHeart
from corcal.label.labelling import LabelledScan
from corcal.label.landmarks import find_aortic_root, landmark_place
from corcal.label.limits import near_heart
from corcal.settings import Omitted, Settings
from corcal.space import nearest, touched_box

Region = tuple[slice, slice, slice]


def find_omitted(
    scan: Scan,
    heart: LocatedHeart,
    labelled: LabelledScan,
    settings: Settings,
) -> tuple[OmittedPiece, ...]:
    """Return the bright pieces that were not counted, largest first.

    None on scans with contrast agent, whose blood is as bright.

    Args:
        scan: as acquired.
        heart: where the heart is.
        labelled: what was counted, and where the arteries run.
        settings: the scoring threshold, and what is listed.
    """
    rules = settings.omitted
    if labelled.lowest_hu > settings.scoring.threshold_hu + rules.contrast_hu:
        return ()
    box, near = _near_part(heart, scan.grid, rules)
    part = _Part(
        hu=scan.hu[box.slices],
        codes=labelled.labels.codes[box.slices],
        near=near,
        inside=nearest(heart.mask.view(np.uint8), heart.grid, scan.grid.cut(box)).view(np.bool_),
        grid=scan.grid.cut(box),
    )
    root_mm = find_aortic_root(labelled.courses, rules)
    pieces = []
    for region, piece in _bright_pieces(part, labelled.lowest_hu, rules):
        index = np.argwhere(piece) + [s.start for s in region] + np.array(box.start)
        centre_mm = scan.grid.to_lps(index.mean(axis=0)[None])[0]
        landmark = None if root_mm is None else landmark_place(centre_mm, root_mm, rules)
        x, y, z = (float(v) for v in centre_mm)
        pieces.append(
            OmittedPiece(
                place=_place(part, (region, piece), landmark, rules),
                volume_mm3=float(piece.sum() * scan.grid.voxel_mm3),
                peak_hu=float(part.hu[region][piece].max()),
                centre_lps_mm=(x, y, z),
                slices=(int(index[:, 0].min()), int(index[:, 0].max())),
            )
        )
    return tuple(sorted(pieces, key=lambda p: -p.volume_mm3)[: rules.max_pieces])


@dataclass(frozen=True, eq=False)
class _Part:
    """The part of a scan with the heart and what lies around it.

    Attributes:
        hu: as acquired.
        codes: label codes on the same voxels.
        near: bool, the heart with its margin.
        inside: bool, the heart.
        grid: of these voxels.
    """

    hu: NDArray[np.int16]
    codes: NDArray[np.uint8]
    near: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    grid: Grid


def _near_part(heart: LocatedHeart, grid: Grid, rules: Omitted) -> tuple[Box, NDArray[np.bool_]]:
    """Return the part of a grid around the heart, and the heart with its margin there."""
    reach = index3(np.ceil(rules.heart_margin_mm / s) + 1 for s in heart.grid.spacing_mm)
    whole = Box.around(heart.mask).pad(reach).intersect(Box.whole(heart.grid.shape))
    possible = touched_box(heart.grid.cut(whole), grid)
    near = near_heart(heart.mask, heart.grid, grid.cut(possible), margin_mm=rules.heart_margin_mm)
    margin = index3(np.ceil(rules.around_mm / s) for s in grid.spacing_mm)
    box = Box.around(near).shift(possible.start).pad(margin).intersect(Box.whole(grid.shape))
    return box, near_heart(heart.mask, heart.grid, grid.cut(box), margin_mm=rules.heart_margin_mm)


def _bright_pieces(
    part: _Part, lowest_hu: float, rules: Omitted
) -> Iterator[tuple[Region, NDArray[np.bool_]]]:
    """Yield where each piece that is listed lies, and its voxels there."""
    counted = part.codes >= min(a.calcium_code for a in Artery)
    numbers, _ = ndimage.label((part.hu >= lowest_hu) & ~counted, np.ones((3, 3, 3)))
    volumes_mm3 = np.bincount(numbers.ravel()) * part.grid.voxel_mm3
    for number, (a, b, c) in enumerate(ndimage.find_objects(numbers), start=1):
        if volumes_mm3[number] < rules.min_mm3:
            continue
        region = (a, b, c)
        piece = numbers[region] == number
        if part.hu[region][piece].max() < rules.min_peak_hu:
            continue
        if part.near[region][piece].mean() >= rules.min_share:
            yield region, piece


def _place(
    part: _Part,
    where: tuple[Region, NDArray[np.bool_]],
    landmark: Place | None,
    rules: Omitted,
) -> Place:
    region, piece = where
    if part.hu[region][piece].max() >= rules.metal_hu:
        return Place.METAL
    to_artery_mm = _distances_mm(part.codes == 0, region, 2.0 * rules.artery_mm, part.grid)[piece]
    # What lies along an artery may be its calcium, wherever it is; what a part of it touches is
    # rather what the landmark says.
    if np.median(to_artery_mm) <= rules.artery_mm:
        return Place.ARTERY
    if landmark is not None:
        return landmark
    if to_artery_mm.min() <= rules.artery_mm:
        return Place.ARTERY
    # The median lies between two voxels: with one of them twice as deep it is not the edge.
    depth_mm = _distances_mm(part.inside, region, 2.0 * rules.edge_mm, part.grid)
    return Place.EDGE if np.median(depth_mm[piece]) < rules.edge_mm else Place.INSIDE


def _distances_mm(
    mask: NDArray[np.bool_], region: Region, reach_mm: float, grid: Grid
) -> NDArray[np.float64]:
    """Return how far the voxels of a region lie from the nearest voxel that is not in a mask.

    Only what lies around the region is looked at: distances up to the reach are exact, longer
    ones are longer than the reach.
    """
    margin = index3(np.ceil(reach_mm / s) + 1 for s in grid.spacing_mm)
    own = Box.of((s.start for s in region), (s.stop for s in region))
    around = own.pad(margin).intersect(Box.whole(index3(mask.shape)))
    part = mask[around.slices]
    if part.all():
        return np.full(own.shape, np.inf)
    a, b, c = around.start
    distances = ndimage.distance_transform_edt(part, sampling=grid.spacing_mm)
    return np.asarray(distances)[own.shift((-a, -b, -c)).slices]
