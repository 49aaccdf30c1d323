"""Synthetic scans as training cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.preparation import Preparation
from corcal.core.steps import LocatedHeart
from corcal.phantom import THICKNESSES, PhantomCase, PhantomOptions, make_case, make_chest
from corcal.prepare import prepare
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.annotated import MARGIN
from corcal.recipes.embedded.cases.bank import Case, some
from corcal.recipes.embedded.cases.chest import Chest
from corcal.space import nearest

#: Chests drawn for the locator have seeds of their own.
_FIRST_CHEST = 50_000
#: So have phantoms in slices as scanners store them; their names begin otherwise, too.
_FIRST_ACQUIRED = 710_000
_PHANTOM, _ACQUIRED = "phantom-", "acquired-"


def phantom_name(seed: int) -> str:
    """Return the name of a phantom's case."""
    return f"{_PHANTOM}{seed:05d}"


def acquired_name(number: int) -> str:
    """Return the name of the case of a phantom in slices as scanners store them."""
    return f"{_ACQUIRED}{number:05d}"


def is_phantom(name: str) -> bool:
    """Return whether a case of this name is a phantom, in whatever slices."""
    return name.startswith((_PHANTOM, _ACQUIRED))


def is_acquired(case: Case) -> bool:
    """Return whether a case is a phantom in slices as scanners store them."""
    return case.name.startswith(_ACQUIRED)


def chest_name(number: int) -> str:
    """Return the name of a whole chest for the locator."""
    return phantom_name(_FIRST_CHEST + number)


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


def phantom_case(
    seed: int, spacing_mm: tuple[float, float, float], ablate: Collection[str] = ()
) -> Case:
    """Return the training case of a seed, without what is ablated: see `recipe.PARTS`."""
    rng = np.random.default_rng([seed, 1])
    options = training_options(seed, rng, spacing_mm)
    made = make_case(seed, options=_without(options, ablate))
    return _case(phantom_name(seed), made, rng)


def acquired_case(number: int, preparation: Preparation, ablate: Collection[str] = ()) -> Case:
    """Return the training case of a number: a phantom in slices as scanners store them.

    Slices of 1 to 5 mm, resampled and cropped as a scan is. Contrast agent, look-alikes and
    burden are about those of `phantom_case`.

    Args:
        number: from 0.
        preparation: spacing; its padding is replaced by `MARGIN`.
        ablate: what is left out: see `recipe.PARTS`.
    """
    seed = _FIRST_ACQUIRED + number
    rng = np.random.default_rng([seed, 9])
    thickness_mm = float(rng.choice(THICKNESSES[0], p=THICKNESSES[1]))
    options = replace(
        PhantomOptions.as_acquired(thickness_mm=thickness_mm, field="heart"),
        contrast=0.15,
        mimics=1.5,
        wild=bool(seed % 2),
        burden=str(rng.choice(["mix", "some", "many"])),
    )
    made = make_case(seed, options=_without(options, ablate))
    heart = LocatedHeart(made.auxiliary["heart"] > 0, made.grid)
    crop = prepare(made.scan, heart, Preparation(preparation.spacing_mm, MARGIN))
    on_crop = replace(
        made,
        hu=np.clip(np.round(crop.hu), -1024, 3071).astype(np.int16),
        labels=nearest(made.labels, made.grid, crop.grid),
        auxiliary={k: nearest(v, made.grid, crop.grid) for k, v in made.auxiliary.items()},
        grid=crop.grid,
    )
    return _case(acquired_name(number), on_crop, rng)


def _without(options: PhantomOptions, ablate: Collection[str]) -> PhantomOptions:
    """Return the options of the same phantom, at rest or without look-alikes."""
    return replace(
        options,
        motion=0.0 if "motion" in ablate else options.motion,
        mimics=0.0 if "look-alikes" in ablate else options.mimics,
    )


def _case(name: str, made: PhantomCase, rng: np.random.Generator) -> Case:
    """Return a phantom as a training case."""
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
        name=name,
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
    made = make_chest(_FIRST_CHEST + number, spacing_mm)
    heart = made.auxiliary["heart"] > 0
    return Chest(chest_name(number), "phantom", made.hu.astype(np.float32), heart)


def _focus(made: PhantomCase, rng: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    """Return points on each artery, on its calcium, and on what resembles calcium."""
    masks = [made.labels == code for a in Artery for code in (a.vessel_code, a.calcium_code)]
    masks.append(made.auxiliary["other_calcium"] > 0)
    return tuple(some(mask, made.grid, rng) for mask in masks if mask.any())
