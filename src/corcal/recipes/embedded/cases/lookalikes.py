"""Places for calcium that is not coronary in a real scan: the aortic root, and away from arteries.

Calcified plates in the wall of the aortic root, millimetres from an ostium, are the commonest
false finding on real scans, and there are too few annotated ones to learn from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case

#: Deposits keep this far from the traced arteries, beyond the first millimetres at the ostium.
_CLEAR_MM = 4.0


def lookalikes(case: Case, box: Box, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Return LPS polylines (n, 3) for deposits in part of a scan that are no coronary calcium.

    Args:
        case: a real scan.
        box: the part of its grid.
        rng: random numbers.
    """
    paths = _away_from_arteries(case, box, rng)
    for _ in range(rng.poisson(0.6)):
        plate = _root_plate(case, rng)
        if plate is not None:
            paths.append(plate)
    return paths


def _away_from_arteries(
    case: Case, box: Box, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Return up to three random walks deep in or clear of the heart, far from its grooves."""
    grid = case.grid.cut(box)
    heart = (np.asarray(case.packed[box.slices])[::4, ::4, ::4] & targets.HEART) != 0
    share = ndimage.uniform_filter(heart.astype(np.float32), 7, mode="constant")
    spots = np.argwhere((share > 0.97) | (share < 0.01))
    if len(spots) == 0:
        return []
    picked = spots[rng.integers(len(spots), size=rng.integers(0, 4))] * 4
    starts = grid.to_lps(picked.astype(np.float64))
    return [s + np.cumsum(rng.normal(0, 0.8, (rng.integers(2, 14), 3)), 0) for s in starts]


def _root_plate(case: Case, rng: np.random.Generator) -> NDArray[np.float64] | None:
    """Return an arc on the wall of the aortic root, as the two ostia place it; None without them.

    The root is taken as a circle through both ostia, its centre to the right of the line that
    joins them; plates lie up to 25 mm along the wall from an ostium and up to 14 mm above it
    or below.
    """
    if not {Artery.RCA.vessel_code, Artery.LAD.vessel_code} <= case.courses.keys():
        return None
    right, left = (case.courses[a.vessel_code][0][0] for a in (Artery.RCA, Artery.LAD))
    chord = (left - right)[:2]
    width = float(np.linalg.norm(chord))
    radius = float(np.clip(rng.normal(17.0, 1.5), width / 2 + 0.5, 24.0))
    if width >= 2 * radius:
        return None
    across = np.array([-chord[1], chord[0]]) / width
    across *= -np.sign(across[0])  # towards the patient's right: LPS x falls
    centre = (right + left)[:2] / 2 + across * np.sqrt(radius**2 - width**2 / 4)
    ostium = right if rng.random() < 0.6 else left
    first = np.arctan2(*(ostium[:2] - centre)[::-1])
    start = first + rng.choice([-1.0, 1.0]) * rng.uniform(4.0, 25.0) / radius
    length = float(np.clip(rng.lognormal(np.log(6.0), 0.5), 2.0, 16.0))
    turn = start + np.linspace(0.0, length / radius, max(3, int(length)))
    height = ostium[2] + rng.normal(0.0, 7.0) + np.linspace(0.0, rng.normal(0.0, 3.0), len(turn))
    arc = np.stack(
        [centre[0] + radius * np.cos(turn), centre[1] + radius * np.sin(turn), height], axis=1
    )
    return arc if _clear(arc, case) else None


def _clear(path: NDArray[np.float64], case: Case) -> bool:
    """Tell whether a path keeps clear of all traced arteries but their first millimetres."""
    courses = [c[3:] for traced in case.courses.values() for c in traced if len(c) > 3]
    apart = np.linalg.norm(path[:, None] - np.concatenate(courses)[None], axis=2)
    return bool(apart.min() > _CLEAR_MM)
