"""Readings made by hand: no reader, no model and no scorer takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import ModelStamp, Provenance, Reading, Report
from corcal.core.scan import Acquisition, Notice, Scan, Source
from corcal.core.score import ArteryScore, CalciumScore, Lesion
from corcal.core.severity import CacDrs
from corcal.settings import Settings

SERIES_UID = "1.2.826.0.1.3680043.8.498.1"

RCA_LESION = Lesion(Artery.RCA, 98.25, 118.5, 612.0, 301.5, (12.0, 20.0, 15.0))
RCA = ArteryScore(
    Artery.RCA, True, 0.107, 98.25, 118.5, None, 2.9, 612.0, 301.5, 1.2, (RCA_LESION,)
)
LAD_LESIONS = (
    Lesion(Artery.LAD, 30.0, 24.0, 410.0, 250.0, (30.0, 18.0, 24.0)),
    Lesion(Artery.LAD, 6.5, 3.25, 190.0, 150.0, (34.0, 18.0, 27.0)),
)
LAD = ArteryScore(Artery.LAD, True, 0.04, 36.5, 27.25, None, 2.1, 410.0, 240.0, 1.6, LAD_LESIONS)


def no_calcium(artery: Artery) -> ArteryScore:
    return ArteryScore(artery, False, 0.0, 0.0, 0.0, None, None, None, None, 0.5, ())


def make_report(
    scores: tuple[ArteryScore, ...] = (RCA, LAD, no_calcium(Artery.LCX)),
    cac_drs: CacDrs = CacDrs("V", 2, 2),  # noqa: B008
) -> Report:
    stamp = Provenance(
        version="0.1.0",
        models=(
            ModelStamp("heart", "corcal-heart 1", "a" * 64),
            ModelStamp("arteries", "corcal-arteries 1", "b" * 64),
        ),
        settings=Settings().as_dict(),
        seconds={"read": 0.5, "segment": 1.25},
        device="CPU",
    )
    return Report(
        score=CalciumScore(scores, "native slices, increment/3"),
        counted=cac_drs,
        percentile=None,
        arterial_age_years=None,
        notices=(Notice("thick-slices", "Slices are 3.0 mm apart."),),
        provenance=stamp,
    )


def make_codes() -> NDArray[np.uint8]:
    """Labels 12 x 48 x 64: an RCA and an LAD with calcium, an LCX without."""
    codes = np.zeros((12, 48, 64), np.uint8)
    codes[2:8, 20:24, 10:14] = 1
    codes[5, 20:24, 10:14] = 4
    codes[6, 21, 11] = 4
    codes[7:11, 16:20, 30:40] = 2
    codes[8, 17:19, 30:36] = 5
    codes[3:8, 30:34, 44:48] = 3
    return codes


def make_reading() -> Reading:
    codes = make_codes()
    grid = Grid.axial(codes.shape, (3.0, 1.0, 1.0))
    hu = np.full(codes.shape, 40, np.int16)
    hu[:, :4] = -900
    hu[codes > 3] = 450
    scan = Scan(
        hu,
        grid,
        Acquisition(kvp_kv=120.0, thickness_mm=3.0, kernel="B30f", contrast=False, gated=False),
        Source(
            "dicom",
            SERIES_UID,
            ("1.2.3",),
            files=("/somewhere/DOE^JANE/0001.dcm",),
            sha256="c" * 64,
        ),
    )
    return Reading(scan, ArteryLabels(codes, grid), Box((1, 8, 4), (12, 40, 60)), make_report())


@pytest.fixture
def reading() -> Reading:
    return make_reading()


@pytest.fixture
def with_scores() -> Callable[[Reading, tuple[ArteryScore, ...], CacDrs], Reading]:
    def change(reading: Reading, scores: tuple[ArteryScore, ...], cac_drs: CacDrs) -> Reading:
        return replace(reading, report=make_report(scores, cac_drs))

    return change


@pytest.fixture
def clean(with_scores: Callable[..., Reading], reading: Reading) -> Reading:
    """A reading without any calcium: vessels alone."""
    codes = reading.labels.codes.copy()
    codes[codes > 3] -= 3
    bare = replace(reading, labels=ArteryLabels(codes, reading.labels.grid))
    changed: Reading = with_scores(bare, tuple(no_calcium(a) for a in Artery), CacDrs("V", 0, 0))
    return changed
