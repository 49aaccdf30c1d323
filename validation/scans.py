"""Table c: real annotated scans."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corcal.core.errors import InputRefused
from corcal.core.reading import Reading
from corcal.pipeline import score_scan
from corcal.settings import Settings
from validation.annotated import Annotated, annotated, names
from validation.compare import Record
from validation.compare_all import COMPARED, compare_all
from validation.models import Models
from validation.patches import patch_features
from validation.work import Task


def tasks(data: Path, models: Models) -> list[Task]:
    """Return what to measure: every annotated scan, by networks that never saw it if there are."""
    return [
        Task(
            table="scans",
            name=name,
            asked={"scan": name, "models": models.of(name).stamp(), "compared": COMPARED},
            measure=measure,
            given={"data": data, "name": name, "models": models},
        )
        for name in names(data)
    ]


def measure(data: Path, name: str, models: Models) -> Record:
    """Score one annotated scan and compare."""
    case = annotated(data, name)
    pair, settings = models.of(name), Settings()
    rng = np.random.default_rng([7, names(data).index(name)])
    known: Record = {
        "scan": name,
        "cluster": name,
        "unseen": pair.unseen,
        "known": case.known,
        "free": case.free,
        "contrast": bool(
            np.median(case.scan.hu[case.heart]) > settings.admission.contrast_blood_hu
        ),
        "patches": patch_features(case.scan, case.heart, rng),
    }
    try:
        reading = score_scan(case.scan, locator=pair.locator, segmenter=pair.segmenter)
    except InputRefused as error:
        return {**known, "refused": str(error)}
    return {
        **known,
        **_heart(case, reading),
        **compare_all(reading, case.truth, settings.scoring, pair.segmenter),
    }


def _heart(case: Annotated, reading: Reading) -> Record:
    """Return how much of the drawn heart, and whether the ostia, lie in the crop."""
    box = _crop(reading)
    inside = float(np.count_nonzero(case.heart[box]) / np.count_nonzero(case.heart))
    index = case.scan.grid.to_index(case.ostia_mm) if len(case.ostia_mm) else np.empty((0, 3))
    low = np.array([s.start for s in box])
    high = np.array([s.stop for s in box])
    within = bool(((index >= low) & (index < high)).all())
    return {
        "heart_inside": inside,
        "ostia_inside": within if len(index) else None,
    }


def _crop(reading: Reading) -> tuple[slice, slice, slice]:
    assert reading.heart is not None
    preparation = Settings().preparation
    spans = []
    for axis in range(3):
        pad = preparation.padding_voxels[axis] * preparation.spacing_mm[axis]
        extra = round(pad / reading.scan.grid.spacing_mm[axis])
        low, high = reading.heart.start[axis] - extra, reading.heart.stop[axis] + extra
        spans.append(slice(max(0, low), high))
    return spans[0], spans[1], spans[2]
