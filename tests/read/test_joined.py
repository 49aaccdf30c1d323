"""Slices that do not belong together are refused by the image alone; sound scans are not."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.errors import ScanNotAdmitted
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.phantom import PhantomOptions, make_case
from corcal.read import Check, admit, check_scan
from corcal.settings import Admission
from corcal.testing import tiny_phantom

LIMITS = Admission()
SPACING_MM = (2.2, 2.2, 2.2)


@cache
def heart(seed: int = 4) -> NDArray[np.int16]:
    """Return a phantom's 64 x 64 x 64 voxels of 2.2 mm."""
    return tiny_phantom(seed).scan.hu


def check(
    hu: NDArray[np.int16],
    limits: Admission = LIMITS,
    *,
    spacing_mm: tuple[float, float, float] = SPACING_MM,
    source: Source | None = None,
) -> Check:
    scan = Scan(
        np.ascontiguousarray(hu), Grid.axial(hu.shape, spacing_mm), source=source or Source()
    )
    (found,) = (c for c in check_scan(scan, limits) if c.name == "joined")
    return found


@pytest.mark.parametrize("cut", [12, 30, 47])
def test_two_people_end_to_end_are_refused_at_the_very_slice(cut: int) -> None:
    hu = np.concatenate([heart(4)[:cut], heart(5)[cut:]])
    found = check(hu)
    assert (found.passed, found.refuses) == (False, True)
    assert found.text.startswith(
        f"Slices {cut} and {cut + 1} of 64 (the first at the feet) do not belong together: "
    )
    assert (
        "Two people or two scans lie end to end, slices are missing or out of order, or these are "
        "no axial slices, because axes changed places."
    ) in found.text
    with pytest.raises(ScanNotAdmitted, match="Two people or two scans lie end to end"):
        admit(Scan(hu, Grid.axial(hu.shape, SPACING_MM)), LIMITS)


def test_two_people_resampled_after_they_were_joined_are_refused() -> None:
    hu = np.concatenate([heart(4)[:30], heart(5)[30:]])
    finer = ndimage.zoom(hu, (2.5, 1, 1), order=1, mode="nearest")
    found = check(finer, spacing_mm=(0.88, 2.2, 2.2))
    assert found.refuses
    assert re.match(r"Slices 7[2-7] and 7[3-8] of 160 ", found.text)


def _swapped(hu: NDArray[np.int16]) -> NDArray[np.int16]:
    return np.concatenate([hu[:16], hu[32:48], hu[16:32], hu[48:]])


def _reversed(hu: NDArray[np.int16]) -> NDArray[np.int16]:
    return np.concatenate([hu[:20], hu[20:44][::-1], hu[44:]])


@pytest.mark.parametrize("disorder", [_swapped, _reversed])
def test_slabs_out_of_order_and_the_other_way_round_are_refused(disorder) -> None:  # type: ignore[no-untyped-def]
    found = check(disorder(heart()))
    assert found.refuses
    assert "do not belong together" in found.text


def test_a_slab_that_comes_twice_is_named_by_its_slices() -> None:
    found = check(np.concatenate([heart()[:40], heart()[25:]]))
    assert found.refuses
    assert found.text.startswith("15 slices come twice: slice 26 again as 41. Export the series")


def test_slices_in_no_order_are_refused() -> None:
    shuffled = heart()[np.random.default_rng(1).permutation(64)]
    found = check(shuffled)
    assert found.refuses
    assert found.text.startswith("Neighbouring slices are as unlike as slices far apart")


def test_slices_sorted_by_their_names_are_refused() -> None:
    assert check(heart()[sorted(range(64), key=str)]).refuses


@pytest.mark.parametrize(("empty", "says"), [((30,), "Slice 31"), ((30, 31), "Slices 31 to 32")])
def test_empty_slices_between_others_are_refused(empty: tuple[int, ...], says: str) -> None:
    hu = heart().copy()
    hu[list(empty)] = -1024
    found = check(hu)
    assert found.refuses
    assert found.text.startswith(f"{says} between others hold no body.")


def test_empty_slices_at_the_ends_are_no_fault() -> None:
    air = np.full((6, 64, 64), -1000, np.int16)
    assert check(np.concatenate([air, heart(), air])).passed


def test_slices_that_were_left_out_are_doubted_by_their_number() -> None:
    hu = np.delete(heart(), slice(30, 33), axis=0)
    found = check(hu)
    assert (found.passed, found.refuses) == (False, False)
    assert found.text.startswith("Between slices 30 and 31 of 61 (the first at the feet) the image")


@pytest.mark.parametrize(("at", "parts"), [(40, 4), (20, 3), (45, 3)])
def test_a_single_slice_that_was_left_out_is_doubted_by_its_number(at: int, parts: int) -> None:
    # The phantom is less than half as wide as a chest.
    found = check(np.delete(heart(), at, axis=0), replace(LIMITS, left_out_parts=parts))
    assert (found.passed, found.refuses) == (False, False)
    assert found.text.startswith(
        f"Between slices {at} and {at + 1} of 63 (the first at the feet) the image changes "
    )
    assert found.text.endswith("a slice may have been left out, or the patient moved.")


def test_a_slice_that_comes_again_elsewhere_is_named() -> None:
    hu = heart().copy()
    hu[40] = hu[30]
    found = check(hu)
    assert found.refuses
    assert found.text.startswith(
        "Slice 31 comes twice: again as slice 41 (the first at the feet). Export the series"
    )


def test_each_slice_repeated_is_a_finer_grid_and_no_fault() -> None:
    finer = np.repeat(heart(), 4, axis=0)
    assert check(finer, spacing_mm=(0.55, 2.2, 2.2)).passed


def test_slices_that_were_filled_in_are_not_compared() -> None:
    hu = heart().copy()
    for i in range(1, 6):
        hu[30 + i] = ((6 - i) * hu[30].astype(int) + i * hu[36].astype(int)) // 6
    assert check(hu, source=Source(filled_slices=(31, 32, 33, 34, 35))).passed


def test_the_bounds_are_settings() -> None:
    hu = np.concatenate([heart(4)[:30], heart(5)[30:]])
    assert not check(hu, replace(LIMITS, joined_refused_ratio=50.0)).refuses
    gap = np.delete(heart(), slice(30, 33), axis=0)
    strict = replace(LIMITS, joined_doubted_ratio=1.6, joined_refused_ratio=1.6)
    assert check(gap, strict).refuses
    assert not check(gap, replace(strict, joined_refused_mm=60.0)).refuses
    never: dict[str, Any] = {"joined_doubted_ratio": 50.0, "joined_refused_ratio": 50.0}
    assert "in most parts" in check(hu, replace(LIMITS, **never)).text
    assert check(hu, replace(LIMITS, left_out_ratio=50.0, **never)).passed
    finer = ndimage.zoom(hu, (2.5, 1, 1), order=1, mode="nearest")
    coarse = replace(LIMITS, joined_step_mm=0.5)
    assert check(finer, coarse, spacing_mm=(0.88, 2.2, 2.2)).passed
    shuffled = heart()[np.random.default_rng(1).permutation(64)]
    assert "no order" not in check(shuffled, replace(LIMITS, disordered_ratio=9.0)).text
    assert "no order" not in check(shuffled, replace(LIMITS, disordered_far_mm=90.0)).text


def test_an_object_that_is_the_same_in_all_its_slices_is_not_compared() -> None:
    rng = np.random.default_rng(1)
    hu = np.full((40, 64, 64), -1000, np.int16)
    hu[:, 12:52, 10:54] = 40
    hu[15:, 20:40, 20:40] = 200  # an insert begins at one slice
    noisy = (hu + rng.normal(0, 15, hu.shape)).astype(np.int16)
    assert check(noisy).passed
    assert check(noisy, replace(LIMITS, joined_least_hu=5.0)).refuses


@pytest.mark.parametrize(("seed", "thickness_mm"), [(11, 3.0), (12, 5.0), (13, 2.5)])
def test_noise_a_beating_heart_and_thick_slices_are_no_fault(
    seed: int, thickness_mm: float
) -> None:
    options = PhantomOptions.as_acquired(thickness_mm=thickness_mm, field="heart")
    options = replace(options, spacing_mm=(thickness_mm, 2.0, 2.0), motion=1.0)
    hu = make_case(seed, options=options).scan.hu
    assert check(hu, spacing_mm=options.spacing_mm).passed
