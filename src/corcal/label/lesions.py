"""The second look: each candidate lesion is measured, and kept or dropped.

The network marks voxels; what is completed from them at the scoring threshold can be calcium of
an artery, but also the aortic wall, bone, noise or an artefact. A candidate's HU and size and the
network's own belief over its whole extent tell them apart (after Lessmann et al., IEEE TMI 2018,
who gave the second look to a network of its own).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import FEATURES, Certainty, LesionModel
from corcal.core.scan import Scan
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


def find_candidates(
    scan: Scan,
    labels: ArteryLabels,
    calcium: NDArray[np.uint8],
    artery: NDArray[np.uint8],
    settings: Segmentation,
) -> Candidates:
    """Return the candidates of completed labels, measured.

    Args:
        scan: as acquired, or a part of it.
        labels: on its grid.
        calcium: uint8 (slice, row, column), the likeliest artery's probability of calcium on
            the same grid, 255 for 1.
        artery: uint8, the same of artery.
        settings: `connectivity_3d`, `max_artery_log_odds` and `peak_reference_hu`.
    """
    flat = np.flatnonzero(labels.codes >= min(a.calcium_code for a in Artery))
    if not flat.size:
        none = np.empty((0, len(Artery)), bool)
        return Candidates(flat, flat, none, np.empty((0, len(FEATURES))))
    index = np.stack(np.unravel_index(flat, labels.codes.shape), axis=1)
    lesion = components(index, settings.connectivity_3d)
    size = np.bincount(lesion)
    codes = labels.codes.ravel()[flat]
    belief = calcium.ravel()[flat] / _LEVELS
    around = artery.ravel()[flat] / _LEVELS
    most = settings.max_artery_log_odds
    peak = np.maximum(_highest(lesion, scan.hu.ravel()[flat].astype(np.float64)), 1.0)
    features = (
        _log_odds(np.bincount(lesion, belief) / size),
        _log_odds(_highest(lesion, belief)),
        np.minimum(_log_odds(_mean(lesion, around, belief + _EDGE)), most),
        np.log(size * scan.grid.voxel_mm3),
        np.log(peak / settings.peak_reference_hu),
    )
    arteries = [np.bincount(lesion, codes == a.calcium_code) > 0 for a in Artery]
    return Candidates(flat, lesion, np.stack(arteries, 1), np.stack(features, 1))


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
