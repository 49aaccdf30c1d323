"""Real annotated scans as training cases.

The annotations were drawn by a non-radiologist reader; each artery's course is used only as
far as it was clearly seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.preparation import Preparation
from corcal.core.steps import LocatedHeart
from corcal.prepare import Prepared, prepare
from corcal.read import read_scan
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, some
from corcal.recipes.embedded.cases.chest import Chest
from corcal.recipes.embedded.cases.scans import RealScans, Trust
from corcal.space import block_mean, nearest
from corcal.storage import lps_of_ras, read_json

#: From where a voxel may be calcium.
VISIBLE_HU = 130.0

#: How far the doubt about a point reaches.
_UNSETTLED_MM = 6.0

#: Room around the heart for shifts and turns, voxels.
MARGIN = (24, 28, 28)


def annotated_case(scans: RealScans, name: str, preparation: Preparation) -> Case:
    """Return one annotated scan, prepared as for scoring but with more room around the heart.

    Args:
        scans: the annotated scans.
        name: one of them.
        preparation: spacing; its padding is replaced by `MARGIN`.
    """
    scan = read_scan(scans.path(name))
    heart, heart_grid = scans.annotation(name, "heart")
    located = LocatedHeart(heart > 0, heart_grid)
    prepared = prepare(scan, located, Preparation(preparation.spacing_mm, MARGIN))
    codes, flags = _calcium(scans, name, prepared)
    courses = _vessels(scans, name, prepared, codes, flags)
    flags[targets.HEART] = prepared.heart
    flags[targets.UNKNOWN_AORTA] = np.ones(codes.shape, bool)
    centre = prepared.grid.to_lps(np.argwhere(prepared.heart).mean(0)[None])[0]
    slice_mm = scan.grid.spacing_mm[0]
    return Case(
        name=name,
        kind="real",
        hu=np.clip(np.round(prepared.hu), -1024, 3071).astype(np.int16),
        packed=targets.encode(codes, flags),
        grid=prepared.grid,
        heart_centre_mm=(float(centre[0]), float(centre[1]), float(centre[2])),
        heart_ml=located.volume_ml,
        blur_mm=(0.4 * slice_mm, 0.7, 0.7),
        courses=courses,
        focus=_focus(prepared, codes, courses),
    )


def annotated_chest(scans: RealScans, name: str, spacing_mm: float) -> Chest:
    """Return one annotated scan as a whole, at the locator's spacing."""
    scan = read_scan(scans.path(name))
    heart, _ = scans.annotation(name, "heart")
    coarse = scan.grid.with_spacing((spacing_mm,) * 3)
    share = block_mean((heart > 0).astype(np.int16), scan.grid, coarse)
    return Chest(name, "real", block_mean(scan.hu, scan.grid, coarse), share >= 0.5)


def _calcium(
    scans: RealScans, name: str, prepared: Prepared
) -> tuple[NDArray[np.uint8], dict[int, NDArray[np.bool_]]]:
    """Return calcium codes on the crop, and the flags of what is not known about it."""
    shape = prepared.grid.shape
    codes = np.zeros(shape, np.uint8)
    everywhere = np.ones(shape, bool)
    trust = scans.trust[name]
    if not scans.annotation_file(name, "calcium.nii.gz").exists():
        unknown = _doubtful_places(trust, prepared.grid) if trust.calcium_free else everywhere
        return codes, {targets.UNKNOWN_CALCIUM: unknown, targets.UNKNOWN_OTHER: everywhere}
    drawn, grid = scans.annotation(name, "calcium")
    near = nearest(drawn, grid, prepared.grid)
    for artery in Artery:
        codes[near == artery.vessel_code] = artery.calcium_code
    uncertain = ndimage.binary_dilation(near == 30, iterations=3)
    flags = {
        targets.OTHER: (near >= 10) & (near <= 14),
        targets.UNKNOWN_CALCIUM: uncertain,
        targets.UNKNOWN_OTHER: uncertain,
    }
    return codes, flags


def _doubtful_places(trust: Trust, grid: Grid) -> NDArray[np.bool_]:
    points = np.array(trust.unsettled_mm, dtype=np.float64).reshape(-1, 3)
    spots = paint_tube(grid, points, np.full(len(points), 0.5))
    return _within(spots, grid, _UNSETTLED_MM)


def _focus(
    prepared: Prepared,
    codes: NDArray[np.uint8],
    courses: dict[int, list[NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], ...]:
    """Return the seen arteries, their calcium, and what else is as bright near the heart."""
    rng = np.random.default_rng(0)
    masks = [codes == artery.calcium_code for artery in Artery]
    near_heart = ndimage.binary_dilation(prepared.heart, iterations=8)
    masks.append((prepared.hu >= VISIBLE_HU) & near_heart & (codes < 4))
    seen = [course for traced in courses.values() for course in traced]
    return (*seen, *(some(mask, prepared.grid, rng) for mask in masks if mask.any()))


def _vessels(
    scans: RealScans,
    name: str,
    prepared: Prepared,
    codes: NDArray[np.uint8],
    flags: dict[int, NDArray[np.bool_]],
) -> dict[int, list[NDArray[np.float64]]]:
    """Paint the traced arteries into `codes`, flag where they are not known, return courses."""
    trust = scans.trust[name]
    grid = prepared.grid
    near_heart = ndimage.binary_dilation(prepared.heart, iterations=12)
    drawn, doubtful, courses = _trace(scans, name, grid)
    seen = {artery: drawn.get(artery, np.zeros(grid.shape, bool)) for artery in Artery}
    for artery in Artery:
        fill = seen[artery] & (codes == 0)
        usable = artery.value in trust.complete + trust.partial
        if usable:
            codes[fill] = artery.vessel_code
        others = np.logical_or.reduce([seen[a] for a in Artery if a is not artery])
        if artery.value in trust.complete:
            unknown = _within(doubtful.get(artery), grid, 6.0)
        elif usable:
            unknown = near_heart & ~_within(seen[artery], grid, 8.0)
            unknown |= _within(doubtful.get(artery), grid, 6.0)
        else:
            unknown = near_heart.copy()
        unknown &= ~others & ~seen[artery] if usable else ~others
        flags[targets.UNKNOWN_VESSEL[artery]] = unknown
    usable_codes = {Artery(a).vessel_code for a in trust.complete + trust.partial}
    return {k: v for k, v in courses.items() if k in usable_codes}


def _trace(
    scans: RealScans, name: str, grid: Grid
) -> tuple[
    dict[Artery, NDArray[np.bool_]],
    dict[Artery, NDArray[np.bool_]],
    dict[int, list[NDArray[np.float64]]],
]:
    """Return seen tubes, doubtful axes and seen courses of the traced arteries."""
    path = scans.annotation_file(name, "centrelines.json")
    drawn: dict[Artery, NDArray[np.bool_]] = {}
    doubtful: dict[Artery, NDArray[np.bool_]] = {}
    courses: dict[int, list[NDArray[np.float64]]] = {}
    if not path.exists():
        return drawn, doubtful, courses
    for vessel in read_json(path)["arteries"].values():
        artery = list(Artery)[vessel["group_label"] - 1]
        lps = lps_of_ras(np.array(vessel["points_ras_mm"]))
        sure = np.array(vessel["confidence"]) >= 2
        radius = np.array(vessel["radius_mm"]) + 0.3
        tube = paint_tube(grid, lps[sure], radius[sure])
        axis = paint_tube(grid, lps[~sure], np.full((~sure).sum(), 0.8))
        drawn[artery] = drawn.get(artery, False) | tube
        doubtful[artery] = doubtful.get(artery, False) | axis
        if sure.sum() >= 3:
            courses.setdefault(artery.vessel_code, []).append(lps[sure])
    return drawn, doubtful, courses


def paint_tube(
    grid: Grid, points_mm: NDArray[np.float64], radius_mm: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return the voxels within each point's radius: bool on the grid."""
    mask = np.zeros(grid.shape, bool)
    reach = np.ceil(3.5 / np.array(grid.spacing_mm)).astype(int)
    offsets = np.stack(
        np.meshgrid(*[np.arange(-r, r + 1) for r in reach], indexing="ij"), -1
    ).reshape(-1, 3)
    for point, radius in zip(points_mm, radius_mm, strict=True):
        index = np.round(grid.to_index(point[None])[0]).astype(int) + offsets
        apart = np.linalg.norm(grid.to_lps(index.astype(float)) - point, axis=1)
        keep = (apart <= radius) & (index >= 0).all(1) & (index < grid.shape).all(1)
        mask[tuple(index[keep].T)] = True
    return mask


def _within(mask: NDArray[np.bool_] | None, grid: Grid, distance_mm: float) -> NDArray[np.bool_]:
    if mask is None or not mask.any():
        return np.zeros(grid.shape, bool)
    near: NDArray[np.bool_] = (
        ndimage.distance_transform_edt(~mask, sampling=grid.spacing_mm) <= distance_mm
    )
    return near
