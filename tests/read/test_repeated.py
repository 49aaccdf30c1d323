"""A slice that holds the image of the one before is named; a finer grid is no fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import Check, admit, admit_drawn, check_scan
from corcal.settings import Admission
from corcal.testing import tiny_phantom

SPACING_MM = (2.2, 2.2, 2.2)
ONE = (
    "1 of {} slices holds exactly the image of the slice before (slice {} as {}; the first at the "
    "feet): a slice was copied, and another may be missing. Calcium in it is counted twice."
)


def scan_of(hu: NDArray[np.int16]) -> Scan:
    return Scan(np.ascontiguousarray(hu), Grid.axial(hu.shape, SPACING_MM))


def check(hu: NDArray[np.int16], limits: Admission | None = None) -> Check:
    checks = check_scan(scan_of(hu), limits or Admission())
    (outcome,) = (c for c in checks if c.name == "repeated-slices")
    return outcome


def test_a_slice_pushed_in_twice_is_named() -> None:
    hu = np.insert(tiny_phantom().scan.hu, 31, tiny_phantom().scan.hu[30], axis=0)
    outcome = check(hu)
    assert (outcome.passed, outcome.refuses) == (False, False)
    assert outcome.text == ONE.format(65, 32, 31)
    for notices in (admit(scan_of(hu), Admission()), admit_drawn(scan_of(hu), Admission())):
        assert [n.text for n in notices if n.code == "repeated-slices"] == [outcome.text]


def test_a_copy_in_place_of_a_slice_is_named() -> None:
    hu = tiny_phantom().scan.hu.copy()
    hu[12] = hu[11]
    assert check(hu).text == ONE.format(64, 13, 12)


def test_several_copies_are_counted_and_listed() -> None:
    hu = tiny_phantom().scan.hu.copy()
    for k in (10, 20, 30, 31, 40, 50):
        hu[k] = hu[k - 1]
    text = check(hu).text
    assert text.startswith("6 of 64 slices hold exactly the image of the slice before (slice 11 ")
    assert "(slice 11 as 10, 21 as 20, 31 as 30, 32 as 31, 41 as 40 and 1 more; the first" in text


@pytest.mark.parametrize("finer", [1.25, 1.5, 2.0, 3.7])
def test_nearest_slices_of_a_finer_grid_are_no_fault(finer: float) -> None:
    hu = tiny_phantom().scan.hu
    nearest = np.rint(np.arange(0, len(hu) - 1, 1 / finer)).astype(int)
    assert check(hu[nearest]).passed


def test_many_copies_in_one_place_are_no_finer_grid() -> None:
    hu = tiny_phantom().scan.hu.copy()
    hu[20:30] = hu[20]
    assert check(hu).text.startswith("9 of 64 slices hold exactly")


def test_empty_slices_and_an_object_without_noise_are_no_fault() -> None:
    air = np.full((6, 64, 64), -1024, np.int16)
    assert check(np.concatenate([air, tiny_phantom().scan.hu, air])).passed
    cylinder = np.full((40, 64, 64), -1000, np.int16)
    cylinder[:, 12:52, 10:54] = 40
    assert check(cylinder).passed


def test_the_share_is_a_setting() -> None:
    hu = tiny_phantom().scan.hu
    nearest = np.rint(np.arange(0, len(hu) - 1, 1 / 1.25)).astype(int)
    assert not check(hu[nearest], replace(Admission(), repeated_share=0.9)).passed
