"""A reading against a truth that is known voxel by voxel."""

from __future__ import annotations

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Acquisition, Scan
from corcal.phantom import agatston
from corcal.pipeline import quantify_labels
from corcal.quantify import quantify
from corcal.settings import Settings
from validation.compare import Record, compare
from validation.truth import Calcium, Truth

GRID = Grid.axial((8, 30, 30), (3.0, 1.0, 1.0))
#: Lesion 1 on the RCA: 2 x 2 voxels of 300 HU. Lesion 2 on the LAD: 3 voxels of 500 HU.
FIRST, SECOND = np.s_[2, 5:7, 5:7], np.s_[5, 20, 20:23]
ALOOF, DOUBT = np.s_[6, 2:4, 25:27], np.s_[1, 25:27, 2:4]


def scan() -> Scan:
    hu = np.full(GRID.shape, 40, np.int16)
    hu[FIRST], hu[SECOND], hu[ALOOF], hu[DOUBT] = 300, 500, 200, 200
    return Scan(hu, GRID, Acquisition(thickness_mm=3.0))


def truth() -> Truth:
    numbers = np.zeros(GRID.shape, np.uint8)
    numbers[FIRST], numbers[SECOND] = 1, 2
    excused = np.zeros(GRID.shape, bool)
    excused[DOUBT] = True
    places = np.zeros(GRID.shape, np.uint8)
    places[ALOOF] = 10
    lesions = (
        Calcium(1, Artery.RCA, "", (5.5, 5.5, 6.0), 12.0, 300.0, 10.0, 600.0, 12.0),
        Calcium(2, Artery.LAD, "D1", (21.0, 20.0, 15.0), 9.0, 500.0, 4.0, 900.0, 12.0),
    )
    return Truth(numbers, lesions, excused, places, {10: "aortic wall"}, np.zeros(3))


def compared(*calcium: tuple[Artery, object]) -> Record:
    codes = np.zeros(GRID.shape, np.uint8)
    for artery, where in calcium:
        codes[where] = artery.calcium_code  # type: ignore[call-overload]
    reading = quantify_labels(scan(), ArteryLabels(codes, GRID))
    return compare(reading, truth(), Settings().scoring)


def test_a_perfect_reading() -> None:
    record = compared((Artery.RCA, FIRST), (Artery.LAD, SECOND))
    assert [(x["found"], x["right"], x["counts"]) for x in record["lesions"]] == [(True,) * 3] * 2
    assert record["false"] == []
    rca = record["arteries"]["RCA"]
    assert (rca["truth_present"], rca["present"]) == (True, True)
    volumes = [rca[k] for k in ("truth_mm3", "found_mm3", "right_mm3", "reported_mm3")]
    assert volumes == pytest.approx([12.0] * 4)
    # 4 mm2 of weight 3.
    assert [rca[k] for k in ("agatston", "truth_agatston", "solid_mm3")] == pytest.approx(
        [12.0, 12.0, 10.0]
    )
    assert record["arteries"]["LCX"]["truth_present"] is False


def test_a_lesion_is_missed() -> None:
    record = compared((Artery.RCA, FIRST))
    lad = record["arteries"]["LAD"]
    assert [x["found"] for x in record["lesions"]] == [True, False]
    assert (lad["truth_present"], lad["present"], lad["reported_mm3"]) == (True, False, 0.0)


def test_the_wrong_artery_is_named() -> None:
    record = compared((Artery.LCX, FIRST), (Artery.LAD, SECOND))
    first = record["lesions"][0]
    assert (first["found"], first["right"], first["called"]) == (True, False, {"LCX": 4})
    assert record["arteries"]["RCA"]["found_mm3"] == pytest.approx(12.0)
    assert record["arteries"]["RCA"]["right_mm3"] == 0.0
    assert record["arteries"]["LCX"]["present"] is True


def test_half_of_the_voxels_is_no_majority() -> None:
    record = compared((Artery.RCA, np.s_[2, 5, 5:7]), (Artery.LCX, np.s_[2, 6, 5:7]))
    assert record["lesions"][0]["called"] == {"RCA": 2, "LCX": 2}
    assert record["lesions"][0]["right"] is False


def test_a_corner_is_enough_to_touch() -> None:
    hu = scan().hu.copy()
    hu[3, 7:9, 7:9] = 300
    codes = np.zeros(GRID.shape, np.uint8)
    codes[3, 7:9, 7:9] = Artery.RCA.calcium_code
    reading = quantify_labels(Scan(hu, GRID), ArteryLabels(codes, GRID))
    record = compare(reading, truth(), Settings().scoring)
    assert record["lesions"][0]["found"] is True
    assert record["lesions"][0]["found_mm3"] == 0.0
    assert record["false"] == []


def test_what_lies_elsewhere_is_false_and_its_place_is_reported() -> None:
    record = compared((Artery.RCA, FIRST), (Artery.LAD, SECOND), (Artery.LCX, ALOOF))
    (false,) = record["false"]
    assert false["mm3"] == pytest.approx(12.0)
    assert (false["voxels"], false["artery"]) == (4, "LCX")
    assert (false["place"], false["peak_hu"]) == ("aortic wall", 200.0)
    assert false["from_heart_mm"] == [25.5, 2.5, 18.0]
    assert record["arteries"]["LCX"]["present"] is True


def test_what_is_uncertain_counts_neither_way() -> None:
    record = compared((Artery.RCA, FIRST), (Artery.LAD, SECOND), (Artery.LCX, DOUBT))
    lcx = record["arteries"]["LCX"]
    assert record["false"] == []
    assert (lcx["present"], lcx["reported_mm3"], lcx["agatston"]) == (False, 0.0, 0.0)


def test_what_the_score_does_not_count_is_not_reported() -> None:
    fine = Grid.axial(GRID.shape, (3.0, 0.5, 0.5))
    codes = np.zeros(GRID.shape, np.uint8)
    codes[SECOND] = Artery.LAD.calcium_code
    reading = quantify_labels(Scan(scan().hu, fine), ArteryLabels(codes, fine))
    record = compare(reading, truth(), Settings().scoring)
    # Three pixels of 0.25 mm2 are under 1 mm2, in the report and in the truth.
    assert record["lesions"][1]["found"] is False
    assert record["lesions"][1]["counts"] is False
    assert record["arteries"]["LAD"]["truth_present"] is False


@pytest.mark.parametrize(("step", "thickness"), [(3.0, 3.0), (1.0, 1.0), (0.7, 0.7), (1.5, 3.0)])
def test_the_independent_agatston_score_is_that_of_quantify(step: float, thickness: float) -> None:
    rng = np.random.default_rng(2)
    grid = Grid.axial((20, 24, 24), (step, 0.8, 0.8))
    hu = rng.normal(40, 25, grid.shape)
    hu[6:12, 8:13, 9:15] += rng.uniform(50, 600, (6, 5, 6))
    mask = np.zeros(grid.shape, bool)
    mask[6:12, 8:13, 9:15] = hu[6:12, 8:13, 9:15] >= 130
    values = hu.astype(np.int16)
    mask &= values >= 130
    made = Scan(values, grid, Acquisition(thickness_mm=thickness))
    labels = ArteryLabels(mask.astype(np.uint8) * np.uint8(4), grid)
    expected = quantify(made, labels, Settings().scoring).agatston
    assert expected > 50
    assert agatston(values.astype(np.float32), mask, grid, thickness_mm=thickness) == pytest.approx(
        expected
    )
