"""Readings made up for tests of the command line: no scan, no model."""

from __future__ import annotations

import numpy as np

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Provenance, Reading, Report
from corcal.core.scan import Notice, Scan
from corcal.core.score import ArteryScore, CalciumScore, Lesion
from corcal.core.severity import CacDrs

GRID = Grid.axial((2, 3, 4), (3.0, 0.7, 0.7))


def empty_scan() -> Scan:
    return Scan(np.zeros(GRID.shape, np.int16), GRID)


def with_calcium(artery: Artery, *, agatston: float, peak_hu: float) -> ArteryScore:
    lesion = Lesion(artery, 98.2, agatston, peak_hu, 250.0, (1.0, 2.0, 3.0))
    return ArteryScore(
        artery=artery,
        present=True,
        mask_volume_ml=0.107,
        volume_mm3=98.2,
        agatston=agatston,
        mass_mg=None,
        density=2.9,
        peak_hu=peak_hu,
        mean_hu=250.0,
        vessel_ml=2.0,
        lesions=(lesion, lesion),
    )


def without_calcium(artery: Artery) -> ArteryScore:
    return ArteryScore(artery, False, 0.0, 0.0, 0.0, None, None, None, None, 2.0, ())


def reading(
    *, scale: str = "V", percentile: str | None = None, age: float | None = None
) -> Reading:
    """Return calcium in RCA (Agatston 118.4) and LAD (1204), none in LCX, and one notice."""
    score = CalciumScore(
        (
            with_calcium(Artery.RCA, agatston=118.4, peak_hu=612.0),
            with_calcium(Artery.LAD, agatston=1204.0, peak_hu=887.0),
            without_calcium(Artery.LCX),
        ),
        "averaged to 3.0 mm slabs",
    )
    report = Report(
        score=score,
        counted=CacDrs(scale, 3, 2),
        percentile=percentile,
        arterial_age_years=age,
        notices=(
            Notice(
                "sharp-kernel",
                "The reconstruction kernel B70f is sharp: noise and edges are brighter than in "
                "the soft-tissue images the score is defined on, so it may be too high.",
            ),
        ),
        provenance=Provenance("0.1.0", (), {}, {"read": 0.9}, "CPU"),
    )
    scan = empty_scan()
    return Reading(scan, ArteryLabels(np.zeros(GRID.shape, np.uint8), GRID), None, report)
