"""Table b: lesions of known size put into real scans, along their traced arteries."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from corcal.core.artery import Artery
from corcal.core.errors import InputRefused
from corcal.core.scan import Scan
from corcal.phantom import InsertionPlan, Vessel, agatston, insert_lesions, read_centrelines
from corcal.pipeline import score_scan
from corcal.settings import Settings
from validation.annotated import Annotated, annotated, names, usable
from validation.compare import Record, compare
from validation.models import Models
from validation.truth import Calcium, Truth
from validation.work import Task

#: Insertions into each background, and how likely each of its arteries gets lesions in one.
ROUNDS, SHARE = 12, 0.6
PLAN = InsertionPlan(per_artery=3, volume_mm3=(2.0, 150.0))


def backgrounds(data: Path) -> list[str]:
    """Return the scans with arteries that were traced well enough."""
    return [n for n in names(data) if usable(data, n)]


def tasks(data: Path, models: Models, rounds: int = ROUNDS) -> list[Task]:
    """Return what to measure."""
    return [
        Task(
            table="insertions",
            name=f"{name}-{number:02d}",
            asked={
                "scan": name,
                "round": number,
                "plan": asdict(PLAN),
                "share": SHARE,
                "visible_from_hu": Settings().scoring.threshold_hu,
                "models": models.of(name).stamp(),
            },
            measure=measure,
            given={"data": data, "name": name, "number": number, "models": models},
        )
        for name in backgrounds(data)
        for number in range(rounds)
    ]


def measure(data: Path, name: str, number: int, models: Models) -> Record:
    """Put lesions into one scan, score it and compare."""
    case, pair, settings = annotated(data, name), models.of(name), Settings()
    # The whole name decides: a scan that is added later changes none of the others.
    rng = np.random.default_rng([number, *name.encode()])
    made, truth = _inserted(case, _courses(data, name, rng), rng)
    calcified = {x.artery.value for x in case.truth.lesions}
    blood = float(np.median(case.scan.hu[case.heart]))
    known: Record = {
        "scan": name,
        "cluster": name,
        "unseen": pair.unseen,
        "contrast": blood > settings.admission.contrast_blood_hu,
        "traced": _named(data, name),
        "examined": [a for a in _named(data, name) if a not in calcified],
    }
    case = replace(case, scan=made, truth=truth)
    try:
        reading = score_scan(case.scan, locator=pair.locator, segmenter=pair.segmenter)
    except InputRefused as error:
        return {**known, "refused": str(error)}
    return {**known, **compare(reading, truth, settings.scoring, pair.segmenter)}


def _trusted(data: Path, name: str) -> tuple[Vessel, ...]:
    path = data / "annotations" / f"{name}_centrelines.json"
    return tuple(
        v
        for v in read_centrelines(path, least_confidence=PLAN.least_confidence)
        if v.artery.value in usable(data, name)
    )


def _named(data: Path, name: str) -> list[str]:
    return sorted({v.artery.value for v in _trusted(data, name)})


def _courses(data: Path, name: str, rng: np.random.Generator) -> tuple[Vessel, ...]:
    """Return the courses of the arteries that get lesions: at random, but at least one."""
    courses = _trusted(data, name)
    there = [a for a in Artery if any(v.artery is a for v in courses)]
    chosen = [a for a in there if rng.random() < SHARE]
    chosen = chosen or [there[int(rng.integers(len(there)))]]
    return tuple(v for v in courses if v.artery in chosen)


def _inserted(
    case: Annotated, courses: tuple[Vessel, ...], rng: np.random.Generator
) -> tuple[Scan, Truth]:
    """Return the scan with lesions, and its truth: what was drawn counts neither way.

    Visible is what a reader could draw: the lesion's voxels of 130 HU and more. In fat these are
    fewer than in a vessel of soft tissue, as which a lesion's own table counts them.
    """
    made, numbers, lesions = insert_lesions(case.scan, courses, rng, PLAN)
    numbers[made.hu < Settings().scoring.threshold_hu] = 0
    drawn = (case.truth.numbers > 0) & (numbers == 0)
    excused = drawn if case.truth.excused is None else drawn | case.truth.excused
    thickness_mm = case.scan.acquisition.thickness_mm or made.grid.spacing_mm[0]
    values = made.hu.astype(np.float32)
    calcium = tuple(
        Calcium(
            number=x.number,
            artery=x.artery,
            vessel="",
            centre_mm=x.centre_mm,
            visible_mm3=float(np.count_nonzero(numbers == x.number)) * made.grid.voxel_mm3,
            peak_hu=float(made.hu[numbers == x.number].max(initial=0)),
            volume_mm3=x.volume_mm3,
            hu=x.hu,
            agatston=agatston(values, numbers == x.number, made.grid, thickness_mm=thickness_mm),
        )
        for x in lesions
    )
    return made, replace(case.truth, numbers=numbers, lesions=calcium, excused=excused)
