"""The checks of a located heart: what is refused, and what is doubted with its values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.errors import GeometryRefused, HeartCutOff, HeartNotFound
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.core.steps import LocatedHeart
from corcal.locate import check_heart
from corcal.settings import Admission

LIMITS = Admission()
SHAPE, SPACING_MM = (40, 80, 80), (5.0, 4.0, 4.0)
GRID = Grid.axial(SHAPE, SPACING_MM)


def scan(*, blood_hu: int = 45, filled: tuple[int, ...] = ()) -> Scan:
    hu = np.full(SHAPE, blood_hu, dtype=np.int16)
    return Scan(hu, GRID, source=Source(filled_slices=filled))


def ball(centre: tuple[int, int, int] = (20, 40, 40), radius_mm: float = 55.0) -> LocatedHeart:
    away = np.indices(SHAPE).astype(float) - np.array(centre)[:, None, None, None]
    apart_mm2 = ((away * np.array(SPACING_MM)[:, None, None, None]) ** 2).sum(0)
    return LocatedHeart(np.asarray(apart_mm2 < radius_mm**2), GRID)


def test_a_plain_heart_raises_no_doubt() -> None:
    assert check_heart(scan(), ball(), LIMITS) == ()


def test_no_heart() -> None:
    with pytest.raises(HeartNotFound, match="no heart in the scan"):
        check_heart(scan(), LocatedHeart(np.zeros(SHAPE, dtype=bool), GRID), LIMITS)


@pytest.mark.parametrize(("radius_mm", "says"), [(25.0, "6[0-9]"), (95.0, "3[56][0-9]{2}")])
def test_something_of_another_size_is_no_heart(radius_mm: float, says: str) -> None:
    with pytest.raises(HeartNotFound, match=rf"measures ({says}) mL, which is no heart"):
        check_heart(scan(), ball(radius_mm=radius_mm), LIMITS)


@pytest.mark.parametrize(
    ("centre", "face"),
    [
        ((2, 40, 40), "lowest slice"),
        ((37, 40, 40), "highest slice"),
        ((20, 2, 40), "front edge"),
        ((20, 77, 40), "back edge"),
        ((20, 40, 2), "right edge"),
        ((20, 40, 77), "left edge"),
    ],
)
def test_a_heart_cut_off_on_any_side(centre: tuple[int, int, int], face: str) -> None:
    with pytest.raises(HeartCutOff, match=f"the {face}"):
        check_heart(scan(), ball(centre), LIMITS)


def test_a_heart_that_only_touches_the_last_slice_is_whole() -> None:
    # Its tip ends in the first slice: less than the cut face of a heart cut through.
    assert check_heart(scan(), ball((10, 40, 40), radius_mm=51.0), LIMITS) == ()


def test_slices_missing_inside_the_heart_are_refused_outside_not() -> None:
    with pytest.raises(GeometryRefused, match=r"2 slices are missing inside the heart \(at 20, 21"):
        check_heart(scan(filled=(2, 20, 21)), ball(), LIMITS)
    assert check_heart(scan(filled=(2, 38)), ball(), LIMITS) == ()


def test_enhanced_blood_is_suspected_whatever_the_fat_around() -> None:
    enhanced = scan(blood_hu=150)
    (notice,) = check_heart(enhanced, ball(), LIMITS)
    assert notice.code == "contrast-suspected"
    assert "is 150 HU" in notice.text
    fatty = np.where(ball(radius_mm=45.0).mask, 150, -100).astype(np.int16)
    (notice,) = check_heart(replace(enhanced, hu=fatty), ball(), LIMITS)
    assert notice.code == "contrast-suspected"


def test_metal_near_the_heart_is_noticed() -> None:
    hu = np.full(SHAPE, 45, dtype=np.int16)
    hu[20, 40, 54:56] = 3000
    (notice,) = check_heart(replace(scan(), hu=hu), ball(), LIMITS)
    assert notice.code == "metal"
    assert "160 mm3 at or above 2500 HU" in notice.text
    hu = np.full(SHAPE, 45, dtype=np.int16)
    hu[20, 40, 75] = 3000
    assert check_heart(replace(scan(), hu=hu), ball(), LIMITS) == ()
