from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.reading import Reading
from corcal.report.pictures.colours import ARTERY_COLOURS
from corcal.report.pictures.straighten import STEP_MM, straighten
from corcal.report.pictures.strips import paint_strips

SHAPE = (40, 80, 80)
#: A quarter of a circle of 40 mm around the corner of the scan, in a slice 20 mm high.
RADIUS_MM = 40.0
ANGLES = np.linspace(0.2, np.pi / 2 - 0.2, 41)


def arc(angles: np.ndarray, radius_mm: float = RADIUS_MM) -> np.ndarray:
    x, y = radius_mm * np.cos(angles), radius_mm * np.sin(angles)
    return np.stack([x, y, np.full_like(x, 20.0)], axis=1)


@pytest.fixture
def bent(reading: Reading) -> Reading:
    """A vessel of 4 mm along the arc, 300 HU in 0 HU, with a calcified stretch in its middle."""
    grid = Grid.axial(SHAPE, (1.0, 1.0, 1.0))
    z, y, x = np.indices(SHAPE).astype(float)
    away = np.hypot(np.hypot(x, y) - RADIUS_MM, z - 20.0)
    angle = np.arctan2(y, x)
    vessel = (away <= 2.0) & (angle > ANGLES[0]) & (angle < ANGLES[-1])
    calcium = vessel & (np.abs(angle - np.pi / 4) < 0.1)
    codes = np.where(calcium, 4, np.where(vessel, 1, 0)).astype(np.uint8)
    hu = np.where(vessel, 300, 0).astype(np.int16)
    seen = np.ones(len(ANGLES), bool)
    seen[:10] = False
    course = ArteryCourse(Artery.RCA, Branch(arc(ANGLES), seen))
    return replace(
        reading,
        scan=replace(reading.scan, hu=hu, grid=grid),
        labels=ArteryLabels(codes, grid),
        courses=(course,),
        heart=None,
    )


def test_a_bent_vessel_lies_straight_in_the_middle(bent: Reading) -> None:
    (strip,) = straighten(bent, Artery.RCA)
    length_mm = RADIUS_MM * (ANGLES[-1] - ANGLES[0])
    assert strip.hu.shape[1] * STEP_MM == pytest.approx(length_mm, abs=2.0)
    middle = strip.hu.shape[0] // 2
    assert strip.hu[middle, 4:-4].min() > 250
    # 4 mm wide: within 1 mm of the line all vessel, from 4 mm on none of it.
    assert (strip.codes[middle - 2 : middle + 3, 6:-6] > 0).all()
    assert not strip.codes[: middle - 8].any()
    assert not strip.codes[middle + 9 :].any()
    assert strip.hu[: middle - 8].max() < 50


def test_calcium_and_inferred_stretches_keep_their_place(bent: Reading) -> None:
    (strip,) = straighten(bent, Artery.RCA)
    along = np.flatnonzero((strip.codes == 4).any(axis=0)) * STEP_MM
    start_mm = RADIUS_MM * (np.pi / 4 - 0.1 - ANGLES[0])
    assert along[0] == pytest.approx(start_mm, abs=2.5)
    assert np.ptp(along) == pytest.approx(RADIUS_MM * 0.2, abs=2.0)
    first_seen = np.flatnonzero(strip.seen)[0] * STEP_MM
    assert first_seen == pytest.approx(RADIUS_MM * (ANGLES[10] - ANGLES[0]), abs=2.0)
    assert strip.seen[np.flatnonzero(strip.seen)[0] :].all()


def test_what_lies_outside_the_scan_is_air(bent: Reading) -> None:
    edge = Branch(np.array([[2.0, 5.0, 20.0], [2.0, 40.0, 20.0]]), np.ones(2, bool))
    outside = replace(bent, courses=(ArteryCourse(Artery.RCA, edge),))
    (strip,) = straighten(outside, Artery.RCA)
    assert {float(strip.hu[0, 10]), float(strip.hu[-1, 10])} == {-1000.0, 0.0}


def test_only_long_branches_have_a_strip_of_their_own(bent: Reading) -> None:
    def branch(mm: float) -> Branch:
        return Branch(np.array([[20.0, 20.0, 20.0], [20.0 + mm, 20.0, 20.0]]), np.ones(2, bool))

    course = replace(bent.courses[0], branches=(branch(20.0), branch(10.0)))
    assert len(straighten(replace(bent, courses=(course,)), Artery.RCA)) == 2
    assert straighten(bent, Artery.LAD) == ()


def test_the_picture_names_the_image_of_a_lesion_and_how_much_is_seen(bent: Reading) -> None:
    (picture,) = paint_strips(bent)
    assert picture.artery is Artery.RCA
    main = bent.courses[0].main
    assert picture.caption == f"{main.length_mm:.0f} mm, of which {main.seen_mm:.0f} mm are seen"
    assert picture.plain.size == picture.marked.size
    colour = np.array(ARTERY_COLOURS[Artery.RCA])

    def coloured(image: np.ndarray) -> int:
        return int((np.abs(image.astype(int) - colour).max(axis=2) < 12).sum())

    assert coloured(np.asarray(picture.plain)) == 0
    assert coloured(np.asarray(picture.marked)) > 500
    assert paint_strips(replace(bent, courses=())) == ()
