"""The second look: each candidate lesion is measured, and kept or dropped.

The network marks voxels; what is completed from them at the scoring threshold can be calcium of
an artery, but also the aortic wall, bone, noise or an artefact. A candidate's HU and size, the
network's own belief over its whole extent, and its place by the arteries' courses and in the heart
tell them apart (after Lessmann et al., IEEE TMI 2018,
who gave the second look to a network of its own).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import FEATURES, Certainty, LesionModel
from corcal.core.scan import Scan
from corcal.core.steps import LocatedHeart
from corcal.label.surroundings import depths_mm, distances_to_courses_mm
from corcal.settings import Segmentation
from corcal.space import components

#: Probabilities come as whole numbers up to 255; half a step keeps their log odds finite.
_LEVELS, _EDGE = 255.0, 0.5 / 255.0


@dataclass(frozen=True, eq=False)
class Candidates:
    """The connected calcified lesions of a label map, before any is dropped.

    Attributes:
        flat: (voxel,), flat indices of all calcium voxels.
        lesion: (voxel,), the number of each voxel's candidate, from 0.
        arteries: bool (candidate, 3), whose calcium a candidate carries.
        features: float64 (candidate, feature), see `corcal.core.lesion_model.FEATURES`.
    """

    flat: NDArray[np.intp]
    lesion: NDArray[np.intp]
    arteries: NDArray[np.bool_]
    features: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """The evidence that candidates are measured by, beside the scan.

    Attributes:
        calcium: uint8 (slice, row, column), the likeliest artery's probability of calcium on
            the grid of the labels, 255 for 1.
        artery: uint8, the same of artery.
        courses: of the arteries that are seen.
        heart: where the heart is.
    """

    calcium: NDArray[np.uint8]
    artery: NDArray[np.uint8]
    courses: tuple[ArteryCourse, ...]
    heart: LocatedHeart


def find_candidates(
    scan: Scan, labels: ArteryLabels, evidence: Evidence, settings: Segmentation
) -> Candidates:
    """Return the candidates of completed labels, measured.

    Args:
        scan: as acquired, or a part of it.
        labels: on its grid.
        evidence: what the network and the heart say of them.
        settings: caps, bounds and references of the measures, and `connectivity_3d`.
    """
    flat = np.flatnonzero(labels.codes >= min(a.calcium_code for a in Artery))
    if not flat.size:
        none = np.empty((0, len(Artery)), bool)
        return Candidates(flat, flat, none, np.empty((0, len(FEATURES))))
    index = np.stack(np.unravel_index(flat, labels.codes.shape), axis=1)
    lesion = components(index, settings.connectivity_3d)
    size = np.bincount(lesion)
    codes = labels.codes.ravel()[flat]
    belief = evidence.calcium.ravel()[flat] / _LEVELS
    around = evidence.artery.ravel()[flat] / _LEVELS
    most = settings.max_artery_log_odds
    peak = np.maximum(_highest(lesion, scan.hu.ravel()[flat].astype(np.float64)), 1.0)
    features = (
        _log_odds(np.bincount(lesion, belief) / size),
        _log_odds(_highest(lesion, belief)),
        np.minimum(_log_odds(_mean(lesion, around, belief + _EDGE)), most),
        np.log(size * scan.grid.voxel_mm3),
        np.log(peak / settings.peak_reference_hu),
        *_place(scan.grid.to_lps(index.astype(np.float64)), lesion, evidence, settings),
    )
    arteries = [np.bincount(lesion, codes == a.calcium_code) > 0 for a in Artery]
    return Candidates(flat, lesion, np.stack(arteries, 1), np.stack(features, 1))


def _place(
    points_mm: NDArray[np.float64],
    lesion: NDArray[np.intp],
    evidence: Evidence,
    settings: Segmentation,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how near each candidate comes to a course, and its mean depth in the heart."""
    away_mm = distances_to_courses_mm(points_mm, evidence.courses, settings.max_course_mm)
    nearest_mm = -_highest(lesion, -away_mm)
    depth_mm = depths_mm(points_mm, evidence.heart, settings.min_depth_mm)
    mean_mm = np.bincount(lesion, depth_mm) / np.bincount(lesion)
    return (
        -np.log1p(nearest_mm / settings.course_reference_mm),
        np.minimum(mean_mm, settings.max_depth_mm),
    )


def drop_doubtful(
    labels: ArteryLabels, candidates: Candidates, probability: NDArray[np.float64], *, least: float
) -> ArteryLabels:
    """Return the labels without the candidates that are too improbable; they become background.

    Args:
        labels: that the candidates are of.
        candidates: the lesions in them.
        probability: (candidate,).
        least: lowest probability that is kept.
    """
    doubtful = probability < least
    if not doubtful.any():
        return labels
    codes = labels.codes.copy()
    codes.ravel()[candidates.flat[doubtful[candidates.lesion]]] = 0
    return ArteryLabels(codes, labels.grid)


def certainties(
    candidates: Candidates,
    probability: NDArray[np.float64],
    model: LesionModel,
    *,
    least: float,
    uncertain_below: float,
) -> tuple[Certainty, ...]:
    """Return how certain the reading is of each artery; nothing where the model was not fitted.

    An artery holds calcium unless each of its candidates is none, and nothing was missed.

    Args:
        candidates: the lesions in them.
        probability: (candidate,).
        model: that gave the probabilities.
        least: lowest probability of a candidate that is reported.
        uncertain_below: probability under which an artery is called uncertain.
    """
    if model.missed is None:
        return ()
    result = []
    for column, artery in enumerate(Artery):
        own = probability[candidates.arteries[:, column]]
        holds = 1.0 - (1.0 - model.missed[column]) * float(np.prod(1.0 - own))
        right = holds if (own >= least).any() else 1.0 - holds
        result.append(Certainty(artery, right, right < uncertain_below))
    return tuple(result)


def _mean(
    lesion: NDArray[np.intp], values: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.bincount(lesion, values * weight) / np.bincount(lesion, weight)
    return mean


def _highest(lesion: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.float64]:
    highest = np.full(lesion.max() + 1, -np.inf)
    np.maximum.at(highest, lesion, values)
    return highest


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.clip(probability, _EDGE, 1.0 - _EDGE)
    odds: NDArray[np.float64] = np.log(p / (1.0 - p))
    return odds
