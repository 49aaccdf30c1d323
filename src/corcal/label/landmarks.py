"""Places in the heart that follow from where the arteries begin.

Both coronary arteries leave the aortic root. Halfway between the upper ends of their courses lies
its centre; the aortic valve lies just below it, the mitral annulus farther behind, below and to the
left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse
from corcal.core.score import Place
from corcal.settings import Omitted


def find_aortic_root(
    courses: tuple[ArteryCourse, ...], rules: Omitted
) -> NDArray[np.float64] | None:
    """Return the centre of the aortic root, (3,), LPS in mm.

    None where not both arteries have a course, or their upper ends are too far apart to be where
    they leave the aorta.

    Args:
        courses: of the arteries.
        rules: how far apart the upper ends may be.
    """
    starts = {c.artery: c.main.points_mm[0] for c in courses}
    if Artery.RCA not in starts or Artery.LAD not in starts:
        return None
    right, left = starts[Artery.RCA], starts[Artery.LAD]
    if np.linalg.norm(right - left) > rules.max_ostia_mm:
        return None
    root: NDArray[np.float64] = (right + left) / 2
    return root


def landmark_place(
    centre_mm: NDArray[np.float64], root_mm: NDArray[np.float64], rules: Omitted
) -> Place | None:
    """Return whether a piece lies at the aortic root or where the mitral annulus is, else None.

    Args:
        centre_mm: centre of the piece, (3,), LPS.
        root_mm: centre of the aortic root, (3,), LPS.
        rules: how large the root is, and how far from it the mitral annulus lies.
    """
    to_left, behind, above = centre_mm - root_mm
    if np.linalg.norm(centre_mm - root_mm) <= rules.root_mm:
        return Place.AORTIC_VALVE if -above >= rules.valve_below_mm else Place.AORTIC_ROOT
    ranges = (
        (to_left, rules.mitral_left_mm),
        (behind, rules.mitral_behind_mm),
        (-above, rules.mitral_below_mm),
    )
    return Place.MITRAL if all(low <= x <= high for x, (low, high) in ranges) else None
