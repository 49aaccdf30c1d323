"""Synthetic scans as training cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.phantom import PhantomCase, PhantomOptions, make_case, make_chest
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case, some
from corcal.recipes.embedded.cases.chest import Chest

#: Chests drawn for the locator have seeds of their own.
_FIRST_CHEST = 50_000


def training_options(
    seed: int, rng: np.random.Generator, spacing_mm: tuple[float, float, float]
) -> PhantomOptions:
    """Return the options of a training phantom.

    Every second one is drawn beyond what is realistic (HU, blur, noise), so that the network
    learns shapes rather than grey values. Burden leans to calcified hearts.
    """
    return PhantomOptions(
        spacing_mm=spacing_mm,
        burden=str(rng.choice(["mix", "some", "many"])),
        contrast=0.25,
        mimics=1.5,
        wild=bool(seed % 2),
    )


def phantom_case(seed: int, spacing_mm: tuple[float, float, float]) -> Case:
    """Return the training case of a seed."""
    rng = np.random.default_rng([seed, 1])
    made = make_case(seed, options=training_options(seed, rng, spacing_mm))
    heart = made.auxiliary["heart"] > 0
    centre = made.grid.to_lps(np.argwhere(heart).mean(0)[None])[0]
    flags = {
        targets.HEART: heart,
        targets.AORTA: made.auxiliary["aorta"] > 0,
        targets.OTHER: made.auxiliary["other_calcium"] > 0,
        # Metal is no coronary calcium; whether it is called another calcification is all the same.
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
        courses={},
        focus=_focus(made, rng),
    )


def phantom_chest(number: int, spacing_mm: float) -> Chest:
    """Return the whole chest of a number, for the heart locator."""
    seed = _FIRST_CHEST + number
    made = make_chest(seed, spacing_mm)
    heart = made.auxiliary["heart"] > 0
    return Chest(f"phantom-{seed:05d}", "phantom", made.hu.astype(np.float32), heart)


def _focus(made: PhantomCase, rng: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    """Return points on each artery, on its calcium, and on what resembles calcium."""
    masks = [made.labels == code for a in Artery for code in (a.vessel_code, a.calcium_code)]
    masks.append(made.auxiliary["other_calcium"] > 0)
    return tuple(some(mask, made.grid, rng) for mask in masks if mask.any())
