"""The second look: each candidate lesion is measured, judged, and kept or dropped.

The network marks voxels; what is completed from them at 130 HU can be calcium of an artery, but
also the aortic wall, bone, noise or an artefact. A candidate's HU and size and the network's own
belief over its whole extent tell them apart (after Lessmann et al., IEEE TMI 2018, who gave the
second look to a network of its own).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import FEATURES, Certainty, LesionJudge
from corcal.core.scan import Scan
from corcal.space.components import components

_CONNECTIVITY = 26
#: Probabilities come as whole numbers up to 255; half a step keeps their log odds finite.
_LEVELS, _EDGE = 255.0, 0.5 / 255.0
#: Log odds from which an artery is plainly there: more belief says no more about its calcium.
_PLAINLY = 2.0


@dataclass(frozen=True, eq=False)
class Candidates:
    """The 26-connected calcified lesions of a label map, before they are judged.

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
    scan: Scan, labels: ArteryLabels, calcium: NDArray[np.uint8], artery: NDArray[np.uint8]
) -> Candidates:
    """Return the candidates of completed labels, measured.

    Args:
        scan: as acquired, or a part of it.
        labels: on its grid.
        calcium: uint8 (slice, row, column), the likeliest artery's probability of calcium on
            the same grid, 255 for 1.
        artery: uint8, likewise of artery.
    """
    flat = np.flatnonzero(labels.codes >= min(a.calcium_code for a in Artery))
    if not flat.size:
        none = np.empty((0, len(Artery)), bool)
        return Candidates(flat, flat, none, np.empty((0, len(FEATURES))))
    index = np.stack(np.unravel_index(flat, labels.codes.shape), axis=1)
    lesion = components(index, _CONNECTIVITY)
    size = np.bincount(lesion)
    codes = labels.codes.ravel()[flat]
    belief = calcium.ravel()[flat] / _LEVELS
    around = artery.ravel()[flat] / _LEVELS
    peak = np.maximum(_highest(lesion, scan.hu.ravel()[flat].astype(np.float64)), 1.0)
    features = (
        _log_odds(np.bincount(lesion, belief) / size),
        _log_odds(_highest(lesion, belief)),
        np.minimum(_log_odds(_mean(lesion, around, belief + _EDGE)), _PLAINLY),
        np.log(size * scan.grid.voxel_mm3),
        np.log(peak / 130.0),
    )
    arteries = [np.bincount(lesion, codes == a.calcium_code) > 0 for a in Artery]
    return Candidates(flat, lesion, np.stack(arteries, 1), np.stack(features, 1))


def without_doubtful(
    labels: ArteryLabels, found: Candidates, probability: NDArray[np.float64], *, least: float
) -> ArteryLabels:
    """Return the labels without the candidates that are too improbable; they become background.

    Args:
        labels: that the candidates are of.
        found: the candidates.
        probability: (candidate,).
        least: lowest probability that is kept.
    """
    doubtful = probability < least
    if not doubtful.any():
        return labels
    codes = labels.codes.copy()
    codes.ravel()[found.flat[doubtful[found.lesion]]] = 0
    return ArteryLabels(codes, labels.grid)


def certainties(
    found: Candidates,
    probability: NDArray[np.float64],
    judge: LesionJudge,
    *,
    least: float,
    uncertain_below: float,
) -> tuple[Certainty, ...]:
    """Return how sure the reading is of each artery; nothing where the judge was not fitted.

    An artery holds calcium unless each of its candidates is none, and nothing was missed.

    Args:
        found: the candidates.
        probability: (candidate,).
        judge: who judged them.
        least: lowest probability of a candidate that is reported.
        uncertain_below: probability under which an artery is called uncertain.
    """
    if judge.missed is None:
        return ()
    out = []
    for column, artery in enumerate(Artery):
        own = probability[found.arteries[:, column]]
        holds = 1.0 - (1.0 - judge.missed[column]) * float(np.prod(1.0 - own))
        sure = holds if (own >= least).any() else 1.0 - holds
        out.append(Certainty(artery, sure, sure < uncertain_below))
    return tuple(out)


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
