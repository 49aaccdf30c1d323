"""Table a: fresh phantoms, whole chests as scanners store them, made on the fly."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.errors import InputRefused
from corcal.phantom import PhantomCase, PhantomOptions, agatston, make_case
from corcal.pipeline import score_scan
from corcal.settings import Settings
from validation.compare import Record
from validation.compare_all import COMPARED, compare_all
from validation.courses import traced_mask
from validation.models import Models
from validation.patches import patch_features
from validation.truth import Calcium, Traced, Truth
from validation.work import Task

#: Training draws its phantoms from other seeds.
FIRST_SEED = 900_000
#: Slice thicknesses in mm, and how often.
THICKNESSES = ((1.0, 1.25, 2.0, 2.5, 3.0, 5.0), (0.2, 0.2, 0.15, 0.15, 0.2, 0.1))
PLACES = {1: "other calcium", 2: "metal", 3: "aorta"}


def options_of(seed: int) -> PhantomOptions:
    """Return what a seed's phantom is: a chest without contrast agent, as scanners store it."""
    rng = np.random.default_rng([seed, 3])
    thickness_mm = float(rng.choice(THICKNESSES[0], p=THICKNESSES[1]))
    return replace(PhantomOptions.as_acquired(thickness_mm=thickness_mm), contrast=0.0)


def tasks(count: int, models: Models) -> list[Task]:
    """Return what to measure."""
    stamp = models.of().stamp()
    return [
        Task(
            table="phantoms",
            name=f"phantom-{seed}",
            asked={
                "seed": seed,
                "options": asdict(options_of(seed)),
                "models": stamp,
                "compared": COMPARED,
            },
            measure=measure,
            given={"seed": seed, "models": models},
        )
        for seed in range(FIRST_SEED, FIRST_SEED + count)
    ]


def measure(seed: int, models: Models) -> Record:
    """Make one phantom, score it and compare."""
    case = make_case(seed, options=options_of(seed))
    pair, settings = models.of(), Settings()
    heart = case.auxiliary["heart"] > 0
    known: Record = {
        "cluster": f"phantom-{seed}",
        "thickness_mm": case.parameters["scanner"]["thickness_mm"],
        "noise_hu": case.parameters["scanner"]["noise_hu"],
        "moving": case.parameters["beat"] is not None,
        "mimics": case.parameters["mimics"],
        "patches": patch_features(case.scan, heart, np.random.default_rng([seed, 4])),
    }
    try:
        reading = score_scan(case.scan, locator=pair.locator, segmenter=pair.segmenter)
    except InputRefused as error:
        return {**known, "refused": str(error)}
    truth = phantom_truth(case, heart)
    return {**known, **compare_all(reading, truth, settings.scoring, pair.segmenter)}


def phantom_truth(case: PhantomCase, heart: NDArray[np.bool_]) -> Truth:
    """Return the truth of a phantom: its calcium as visible without noise."""
    numbers, values = case.auxiliary["lesions"], case.hu.astype(np.float32)
    places = case.auxiliary["aorta"] * np.uint8(3)
    places[case.auxiliary["metal"] > 0] = 2
    places[case.auxiliary["other_calcium"] > 0] = 1
    heart_index = np.argwhere(heart[::2, ::2, ::2]).mean(0) * 2.0
    return Truth(
        numbers=numbers,
        lesions=tuple(
            Calcium(
                number=lesion.number,
                artery=Artery(lesion.artery),
                vessel=lesion.vessel,
                centre_mm=lesion.centre_mm,
                visible_mm3=lesion.visible_mm3,
                peak_hu=lesion.visible_peak_hu,
                volume_mm3=lesion.volume_mm3,
                hu=lesion.hu,
                agatston=agatston(
                    values,
                    numbers == lesion.number,
                    case.grid,
                    thickness_mm=case.parameters["scanner"]["thickness_mm"],
                ),
            )
            for lesion in case.lesions
        ),
        places=places,
        names=PLACES,
        heart_mm=case.grid.to_lps(heart_index[None])[0],
        courses=_courses(case),
    )


def _courses(case: PhantomCase) -> dict[str, Traced]:
    masks = {a.value: case.artery_labels.whole(a) for a in Artery}
    traced = {name: traced_mask(mask, case.grid) for name, mask in masks.items()}
    return {name: course for name, course in traced.items() if course is not None}
