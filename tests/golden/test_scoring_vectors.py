"""Scores computed by hand, from a file that another implementation can read as well."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.quantify import make_cac_drs, score_voxels
from corcal.settings import Scoring

CASES = json.loads((Path(__file__).parent / "scoring.json").read_text(encoding="utf-8"))["cases"]


def volumes(case: dict[str, Any]) -> tuple[Any, Any, Grid]:
    hu = np.full((6, 12, 12), 40.0)
    codes = np.zeros(hu.shape, dtype=np.uint8)
    for *ranges, value, artery in case["patches"]:
        where = tuple(slice(*r) for r in ranges)
        hu[where] = value
        codes[where] = Artery(artery).calcium_code if artery else 0
    return hu, codes, Grid.axial((6, 12, 12), tuple(case["spacing_mm"]))


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_score_is_the_one_computed_by_hand(case: dict[str, Any]) -> None:
    hu, codes, grid = volumes(case)
    settings = Scoring(connectivity_2d=case.get("connectivity_2d", 8), slab_below_mm=0.0)

    score = score_voxels(hu, codes, grid, settings)

    assert score.agatston == pytest.approx(case["agatston"], rel=1e-12, abs=0)
    assert score.volume_mm3 == pytest.approx(case["volume_mm3"], rel=1e-12, abs=0)
    assert score.mask_volume_ml == pytest.approx(case["mask_mm3"] / 1000, rel=1e-12)
    assert score.vessels == case["vessels"]
    if case["id"] != "T7":
        assert score.of(Artery.LAD).density == pytest.approx(case["density"])


def test_t7_keeps_arteries_apart_and_is_category_a1_n2() -> None:
    hu, codes, grid = volumes(next(c for c in CASES if c["id"] == "T7"))

    score = score_voxels(hu, codes, grid, Scoring())

    assert [a.agatston for a in score.arteries] == pytest.approx([16, 8, 0])
    assert [a.density for a in score.arteries] == [4, 2, None]
    assert str(make_cac_drs(score, Scoring(), gated=True)) == "A1/N2"
    assert str(make_cac_drs(score, Scoring(), gated=False)) == "V1/N2"
