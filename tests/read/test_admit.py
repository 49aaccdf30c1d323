"""Admission: every check passes where it should, and says its values where it does not."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from corcal.core.errors import ScanNotAdmitted
from corcal.core.grid import Grid
from corcal.core.scan import Acquisition, Scan, Source
from corcal.read import admit, check_scan
from corcal.settings import Admission, Settings

LIMITS = Admission()
SHAPE, SPACING_MM = (40, 80, 80), (5.0, 4.0, 4.0)


def scan(
    *,
    shape: tuple[int, int, int] = SHAPE,
    spacing_mm: tuple[float, float, float] = SPACING_MM,
    blood_hu: int = 45,
    acquisition: Acquisition | None = None,
    filled: tuple[int, ...] = (),
) -> Scan:
    hu = np.full(shape, blood_hu, dtype=np.int16)
    return Scan(
        hu,
        Grid.axial(shape, spacing_mm),
        acquisition or Acquisition(),
        Source(filled_slices=filled),
    )


def thin(**acquisition: object) -> Scan:
    made = replace(Acquisition(), **acquisition)  # type: ignore[arg-type]
    return scan(shape=(120, 80, 80), spacing_mm=(1.0, 4.0, 4.0), acquisition=made)


def test_an_ordinary_chest_ct_passes_every_check() -> None:
    made = Acquisition(120.0, 1.0, "Br40d\\3", contrast=False, gated=False)
    checks = check_scan(replace(thin(), acquisition=made), LIMITS)
    assert all(c.passed for c in checks)
    assert [c.name for c in checks] == [
        "slices",
        "coverage",
        "shifted",
        "body-size",
        "joined",
        "saturated",
        "repeated-slices",
        "thick-slices",
        "sharp-kernel",
        "tube-voltage",
        "contrast-tagged",
        "zoomed-field",
        "gating",
    ]
    assert [c.name for c in checks if c.refuses] == [
        "slices",
        "coverage",
        "shifted",
        "joined",
        "saturated",
    ]


def test_a_header_that_says_nothing_is_no_doubt() -> None:
    assert admit(thin(), LIMITS) == ()


def test_too_few_slices_and_too_short_are_refused_together() -> None:
    with pytest.raises(ScanNotAdmitted) as caught:
        admit(scan(shape=(8, 80, 80)), LIMITS)
    assert "has 8 slices; at least 12" in str(caught.value)
    assert "covers 40 mm from head to foot; at least 80 mm" in str(caught.value)


def test_the_paper_asks_for_100_slices() -> None:
    paper = Settings.paper().admission
    assert admit(thin(), paper) == ()
    with pytest.raises(ScanNotAdmitted, match="has 99 slices; at least 100"):
        admit(scan(shape=(99, 80, 80), spacing_mm=(3.0, 4.0, 4.0)), paper)


@pytest.mark.parametrize(
    ("acquisition", "code", "says"),
    [
        ({"kernel": "B70f"}, "sharp-kernel", "B70f"),
        ({"kvp_kv": 100.0}, "tube-voltage", "100 kV: 130 HU holds at 120 kV; this one raises"),
        ({"kvp_kv": 140.0}, "tube-voltage", "this one lowers"),
        ({"contrast": True}, "contrast-tagged", "names a contrast agent"),
        ({"thickness_mm": 5.0}, "thick-slices", "5.00 mm thick, every 1.00 mm, thicker than 3.0"),
    ],
)
def test_doubts_are_noticed(acquisition: dict[str, object], code: str, says: str) -> None:
    (notice,) = admit(thin(**acquisition), LIMITS)
    assert notice.code == code
    assert says in notice.text


def test_thick_slices_by_their_distance_alone() -> None:
    (notice,) = admit(scan(), LIMITS)
    assert notice.code == "thick-slices"
    assert "of unstated thickness, every 5.00 mm" in notice.text


def test_a_gated_calcium_scan_with_a_small_field_is_accepted() -> None:
    gated = scan(
        shape=(48, 80, 80),
        spacing_mm=(3.0, 2.5, 2.5),
        acquisition=Acquisition(120.0, 3.0, "Qr36f", gated=True),
    )
    (notice,) = admit(gated, LIMITS)
    assert notice.code == "zoomed-field"
    assert "200 x 200 mm, below 260 mm" in notice.text


@pytest.mark.parametrize(
    ("shift_hu", "says"),
    [
        (
            1024,
            "32 % of the voxels are as dense as bone (700 HU and more): the values are no Houns",
        ),
        (-1024, "Only 0.0 % of the voxels are denser than lung: the values are no Hounsfield unit"),
    ],
)
def test_an_intercept_left_out_or_applied_twice_is_named(shift_hu: int, says: str) -> None:
    hu = np.full(SHAPE, -1000, np.int16)
    hu[:, 20:70, 20:60] = 40
    assert all(
        c.passed
        for c in check_scan(Scan(hu, Grid.axial(SHAPE, SPACING_MM)), LIMITS)
        if c.name == "shifted"
    )
    shifted = np.clip(hu + np.int16(shift_hu), -1024, 3071)
    with pytest.raises(ScanNotAdmitted, match=re.escape(says)):
        admit(Scan(shifted, Grid.axial(SHAPE, (3.0, 4.0, 4.0))), LIMITS)


def test_a_field_in_which_no_heart_fits_is_noticed() -> None:
    # The pixel spacing of a chest, in cm.
    hu = np.full((40, 64, 64), -1000, np.int16)
    scan = Scan(hu, Grid.axial(hu.shape, (3.0, 0.8, 0.8)))
    texts = {c.name: c.text for c in check_scan(scan, LIMITS) if not c.passed}
    assert texts["zoomed-field"] == (
        "Field of view 51 x 51 mm, below 80 mm: no heart fits in. Is the voxel size in mm? If it "
        "is wrong, every area, volume and score is."
    )
    wider = {c.name: c.text for c in check_scan(scan, replace(LIMITS, least_field_mm=50.0))}
    assert wider["zoomed-field"].startswith("Field of view 51 x 51 mm, below 260 mm: zoomed on")
