"""Synthetic scans as training cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.phantom.case import PhantomCase, PhantomOptions, make_case
from corcal.train import targets
from corcal.train.bank import Case

#: Points kept of each artery, from which patch centres are drawn.
_POINTS = 80


def phantom_case(seed: int, spacing_mm: tuple[float, float, float]) -> Case:
    """Return the training case of a seed.

    Every second one is drawn beyond what is realistic (HU, blur, noise), so that the network
    learns shapes rather than grey values. Burden leans to calcified hearts.
    """
    rng = np.random.default_rng([seed, 1])
    options = PhantomOptions(
        spacing_mm=spacing_mm,
        burden=str(rng.choice(["mix", "some", "many"])),
        contrast=0.25,
        mimics=1.5,
        wild=bool(seed % 2),
    )
    made = make_case(seed, options=options)
    heart = made.auxiliary["heart"] > 0
    centre = made.grid.to_lps(np.argwhere(heart).mean(0)[None])[0]
    flags = {
        targets.HEART: heart,
        targets.AORTA: made.auxiliary["aorta"] > 0,
        targets.OTHER: made.auxiliary["other_calcium"] > 0,
        # Metal is neither: what blooms round a stent or wire is not held against the network.
        targets.UNKNOWN_CALCIUM: made.auxiliary["metal"] > 0,
        targets.UNKNOWN_OTHER: made.auxiliary["metal"] > 0,
    }
    return Case(
        name=f"phantom-{seed:05d}",
        kind="phantom",
        hu=made.hu,
        packed=targets.encode(made.labels, flags),
        grid=made.grid,
        heart_centre_mm=(float(centre[0]), float(centre[1]), float(centre[2])),
        heart_ml=float(heart.sum()) * made.grid.voxel_mm3 / 1000.0,
        blur_mm=(1.0, 0.7, 0.7),
        courses=_courses(made, rng),
    )


def _courses(made: PhantomCase, rng: np.random.Generator) -> dict[int, list[NDArray[np.float64]]]:
    """Return points on each artery, and apart from them points on its calcium."""
    courses: dict[int, list[NDArray[np.float64]]] = {}
    for artery in Artery:
        for code in (artery.vessel_code, artery.calcium_code):
            points = _some(np.argwhere(made.labels == code), made.grid, rng)
            if len(points):
                courses.setdefault(artery.vessel_code, []).append(points)
    return courses


def _some(voxels: NDArray[np.intp], grid: Grid, rng: np.random.Generator) -> NDArray[np.float64]:
    picked = voxels[rng.permutation(len(voxels))[:_POINTS]]
    return grid.to_lps(picked.astype(np.float64))
