"""Calcium per artery on the voxels as acquired."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore, CalciumScore, Lesion
from corcal.quantify.agatston import Agatston, score_planes
from corcal.quantify.lesions import CountedVoxels, counted_voxels, pixel_mm2
from corcal.quantify.mass import mass_factor, mass_mg
from corcal.quantify.slabs import planes_of, slab_depth_mm
from corcal.quantify.volume import lesion_volumes_mm3, mask_volume_ml
from corcal.settings import Scoring


def quantify(scan: Scan, labels: ArteryLabels, settings: Scoring) -> CalciumScore:
    """Return the calcium of every artery and of the scan.

    Args:
        scan: as acquired.
        labels: on the scan's grid.
        settings: how calcium is counted.

    Raises:
        GridMismatch: the labels lie on another grid.
    """
    scan.grid.require_same(labels.grid, "labels to score")
    return score_voxels(
        scan.hu,
        labels.codes,
        scan.grid,
        settings,
        thickness_mm=scan.acquisition.thickness_mm,
        mass_mg_per_hu_mm3=mass_factor(scan.acquisition.mass_factors),
    )


def score_voxels(
    hu: NDArray[np.generic],
    codes: NDArray[np.uint8],
    grid: Grid,
    settings: Scoring,
    *,
    thickness_mm: float | None = None,
    mass_mg_per_hu_mm3: float | None = None,
) -> CalciumScore:
    """Return the calcium of every artery, from arrays on one grid.

    A lesion is a three-dimensional component of label voxels at or above the threshold. It is
    counted, whole, if it reaches `min_area_mm2` in at least one slice as acquired; volume,
    presence, mass, peak and mean are those of counted lesions. Within a counted lesion, the
    Agatston score leaves out the slices where its area falls short. On thin slices averaged to
    slabs a faint counted lesion may thus score 0. `mask_volume_ml` alone asks neither for HU
    nor for size.

    Args:
        hu: (slice, row, column), any real type.
        codes: uint8 (slice, row, column), label codes 0 to 6.
        grid: of both.
        settings: how calcium is counted.
        thickness_mm: nominal slice thickness, or None when unknown.
        mass_mg_per_hu_mm3: mass calibration, or None without.
    """
    slab_mm = slab_depth_mm(grid, thickness_mm, settings)
    labelled = np.flatnonzero(codes > 0)
    code = codes.reshape(-1)[labelled]
    counts = np.bincount(code, minlength=7)
    arteries = []
    for artery in Artery:
        index = np.stack(np.unravel_index(labelled[code == artery.calcium_code], grid.shape), 1)
        voxels = counted_voxels(index, hu[tuple(index.T)].astype(np.float64), grid, settings)
        planes = planes_of(voxels, hu, grid, slab_mm)
        agatston = score_planes(planes, voxels.lesion, pixel_mm2(grid), settings)
        arteries.append(_artery_score(artery, voxels, agatston, grid, counts, mass_mg_per_hu_mm3))
    native = "native slices, increment/3"
    return CalciumScore(
        tuple(arteries), f"averaged to {slab_mm:.1f} mm slabs" if slab_mm else native
    )


def _artery_score(
    artery: Artery,
    voxels: CountedVoxels,
    agatston: Agatston,
    grid: Grid,
    counts: NDArray[np.intp],
    factor: float | None,
) -> ArteryScore:
    lesions = _lesions(artery, voxels, agatston, grid)
    mask = int(counts[artery.calcium_code])
    whole = mask + int(counts[artery.vessel_code])
    return ArteryScore(
        artery=artery,
        present=bool(lesions),
        mask_volume_ml=mask_volume_ml(mask, grid.voxel_mm3),
        volume_mm3=sum((lesion.volume_mm3 for lesion in lesions), 0.0),
        agatston=sum((lesion.agatston for lesion in lesions), 0.0),
        mass_mg=mass_mg(voxels.hu, grid.voxel_mm3, factor),
        density=agatston.density,
        peak_hu=float(voxels.hu.max()) if lesions else None,
        mean_hu=float(voxels.hu.mean()) if lesions else None,
        vessel_ml=mask_volume_ml(whole, grid.voxel_mm3),
        lesions=lesions,
    )


def _lesions(
    artery: Artery, voxels: CountedVoxels, agatston: Agatston, grid: Grid
) -> tuple[Lesion, ...]:
    """Return the counted lesions of an artery, largest first."""
    sizes = np.bincount(voxels.lesion)
    volumes_mm3 = lesion_volumes_mm3(voxels, grid.voxel_mm3)
    mean_hu = np.bincount(voxels.lesion, weights=voxels.hu) / sizes
    peak_hu = np.full(len(sizes), -np.inf)
    np.maximum.at(peak_hu, voxels.lesion, voxels.hu)
    sums = [np.bincount(voxels.lesion, weights=axis) for axis in voxels.index.T]
    centres_mm = grid.to_lps(np.stack(sums, axis=1) / sizes[:, None])
    return tuple(
        Lesion(
            artery=artery,
            volume_mm3=float(volumes_mm3[i]),
            agatston=float(agatston.by_lesion[i]),
            peak_hu=float(peak_hu[i]),
            mean_hu=float(mean_hu[i]),
            centre_lps_mm=(
                float(centres_mm[i, 0]),
                float(centres_mm[i, 1]),
                float(centres_mm[i, 2]),
            ),
        )
        for i in np.argsort(-sizes, kind="stable")
    )
