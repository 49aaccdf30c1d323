"""The Agatston score (Agatston et al., JACC 1990, 15, 827), plane by plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.quantify.lesions import large_enough
from corcal.quantify.slabs import Planes
from corcal.settings import Scoring
from corcal.space import components


@dataclass(frozen=True, eq=False)
class Agatston:
    """The score of one artery.

    Attributes:
        by_lesion: float64 (lesions,), each three-dimensional lesion's share; they sum to the
            artery's score.
        density: mean density factor, sum(weight * area) / sum(area) over the scored areas,
            1 to 4; None where nothing scored.
    """

    by_lesion: NDArray[np.float64]
    density: float | None


def density_weights(peaks_hu: NDArray[np.float64], settings: Scoring) -> NDArray[np.intp]:
    """Return the weight, 1 to 4, of lesions with these peaks.

    The bounds are those of half-open bins, so that 199.9 HU weighs 1 and 200 HU weighs 2.
    """
    return 1 + np.searchsorted(np.array(settings.weight_bounds_hu), peaks_hu, side="right")


def score_planes(
    planes: Planes, lesion: NDArray[np.intp], pixel_mm2: float, settings: Scoring
) -> Agatston:
    """Return the Agatston score of one artery.

    In every plane, each two-dimensional lesion (component of pixels at or above the threshold,
    at least `min_area_mm2` large) scores area x weight of its own peak in that plane x depth /
    `reference_mm`. What it scores goes to the three-dimensional lesions that lie in it, by the
    volume that each has there.

    Args:
        planes: the pixels to score.
        lesion: (n,), the three-dimensional lesion of each counted voxel.
        pixel_mm2: area of a pixel.
        settings: threshold, weights, smallest area, connectivity.
    """
    lesions = int(lesion.max()) + 1 if lesion.size else 0
    candidate = np.flatnonzero(planes.hu >= settings.threshold_hu)
    if not candidate.size:
        return Agatston(np.zeros(lesions), None)
    part = components(planes.index[candidate], settings.connectivity_2d)
    counts = large_enough(part, pixel_mm2, settings)
    areas_mm2 = np.where(counts, np.bincount(part) * pixel_mm2, 0.0)
    peaks_hu = np.full(len(counts), -np.inf)
    np.maximum.at(peaks_hu, part, planes.hu[candidate])
    weighted_mm2 = areas_mm2 * density_weights(peaks_hu, settings)
    depths_mm = np.zeros(len(counts))
    depths_mm[part] = planes.depth_mm[candidate]
    scores = weighted_mm2 * depths_mm / settings.reference_mm
    density = float(weighted_mm2.sum() / areas_mm2.sum()) if counts.any() else None
    part_of_pixel = np.full(len(planes.hu), -1, dtype=np.intp)
    part_of_pixel[candidate] = part
    return Agatston(_share_out(scores, part_of_pixel, planes, lesion), density)


def _share_out(
    scores: NDArray[np.float64],
    part_of_pixel: NDArray[np.intp],
    planes: Planes,
    lesion: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return what each three-dimensional lesion scores, from the scores of the planes' parts."""
    part = part_of_pixel[planes.pixel]
    met = part >= 0
    part, overlap_mm = part[met], planes.overlap_mm[met]
    share = overlap_mm / np.bincount(part, weights=overlap_mm, minlength=len(scores))[part]
    shared = np.zeros(int(lesion.max()) + 1)
    np.add.at(shared, lesion[planes.voxel[met]], scores[part] * share)
    return shared
