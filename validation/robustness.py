"""Table d: the same scan made again in other ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corcal.core.artery import Artery
from corcal.core.errors import InputRefused
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.pipeline import score_scan
from corcal.settings import Settings
from validation.annotated import annotated, names
from validation.compare import Record
from validation.drawn import drawn_category
from validation.models import Models
from validation.variations import variations
from validation.work import Task

AS_ACQUIRED = "as acquired"


def tasks(data: Path, models: Models) -> list[Task]:
    """Return what to measure: all variations of a scan are one case."""
    return [
        Task(
            table="robustness",
            name=name,
            asked={
                "scan": name,
                "variations": [v.name for v in variations()],
                "models": models.of(name).stamp(),
                "compared": ["score", "drawn"],
            },
            measure=measure,
            given={"data": data, "name": name, "models": models},
        )
        for name in names(data)
    ]


def measure(data: Path, name: str, models: Models) -> Record:
    """Score one scan and every variation of it."""
    case, pair = annotated(data, name), models.of(name)

    def scored(scan: Scan) -> Reading:
        return score_scan(scan, locator=pair.locator, segmenter=pair.segmenter)

    blood = float(np.median(case.scan.hu[case.heart]))
    known: Record = {
        "scan": name,
        "cluster": name,
        "unseen": pair.unseen,
        "contrast": blood > Settings().admission.contrast_blood_hu,
    }
    first = scored(case.scan)
    assert first.heart is not None
    drawn = drawn_category(case, case.scan)
    rows = [{"kind": AS_ACQUIRED, "name": AS_ACQUIRED, **_numbers(first), "drawn": drawn}]
    for variation in variations():
        made = variation.make(case.scan, first.heart)
        if made is None:
            continue
        row: Record = {"kind": variation.kind, "name": variation.name}
        if same_image(made, case.scan):
            # The same input cannot give another result.
            rows.append({**row, "identical": True, **_numbers(first), "drawn": drawn})
            continue
        row["drawn"] = drawn_category(case, made)
        try:
            rows.append({**row, "identical": False, **_numbers(scored(made))})
        except InputRefused as error:
            rows.append({**row, "refused": str(error)})
    return {**known, "variations": rows}


def same_image(made: Scan, scan: Scan) -> bool:
    return made.grid.matches(scan.grid, 1e-3) and bool(np.array_equal(made.hu, scan.hu))


def _numbers(reading: Reading) -> Record:
    score = reading.report.score
    return {
        "agatston": score.agatston,
        "volume_mm3": score.volume_mm3,
        "category": reading.report.counted.category,
        "arteries": {a.value: score.of(a).agatston for a in Artery},
        "method": score.method,
    }
