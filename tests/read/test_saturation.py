"""Values cut off at the top: named with what they cost, and nothing else called so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.errors import ScanNotAdmitted
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import Check, admit, check_scan
from corcal.settings import Admission

LIMITS = Admission()
SHAPE = (40, 80, 80)
GRID = Grid.axial(SHAPE, (2.5, 4.0, 4.0))


def chest() -> NDArray[np.int16]:
    """Return values whose number falls to the top as bone's does: 40,000 exponentials."""
    rng = np.random.default_rng(1)
    hu = np.full(SHAPE, -800, np.int16)
    hu.flat[:40_000] = np.minimum(rng.exponential(150.0, 40_000) + 20, 1500)
    return hu


def check(hu: NDArray[np.int16], limits: Admission = LIMITS) -> Check:
    (found,) = (c for c in check_scan(Scan(hu, GRID), limits) if c.name == "saturated")
    return found


@pytest.mark.parametrize(
    ("top", "lost"),
    [
        (190, "weights 2 to 4 of the Agatston score cannot occur"),
        (250, "weights 3 and 4 of the Agatston score cannot occur"),
        (350, "weight 4 of the Agatston score cannot occur"),
    ],
)
def test_cut_off_below_400_hu_is_refused_with_the_weights_that_are_lost(
    top: int, lost: str
) -> None:
    clipped = np.minimum(chest(), np.int16(top))
    found = check(clipped)
    assert (found.passed, found.refuses) == (False, True)
    held = np.count_nonzero(clipped == top)
    assert found.text.startswith(f"Values were cut off at {top} HU, which {held} voxels hold: ")
    assert lost in found.text
    with pytest.raises(ScanNotAdmitted, match="Give the scan as it was acquired"):
        admit(Scan(clipped, GRID), LIMITS)


@pytest.mark.parametrize("top", [400, 700])
def test_cut_off_above_it_is_noticed_with_what_is_too_low(top: int) -> None:
    (notice,) = admit(Scan(np.minimum(chest(), np.int16(top)), GRID), LIMITS)
    assert notice.code == "saturated"
    assert "denser calcium is stored as this, so that peak values and mass are too" in notice.text


@pytest.mark.parametrize("top", [250, 300, 350])
@pytest.mark.parametrize("noise_hu", [5.0, 12.0])
def test_cut_off_and_then_made_noisy_is_refused_by_the_pile(top: int, noise_hu: float) -> None:
    noise = np.random.default_rng(2).normal(0, noise_hu, SHAPE)
    noisy = np.rint(np.minimum(chest(), np.int16(top)) + noise).astype(np.int16)
    found = check(noisy)
    assert (found.passed, found.refuses) == (False, True)
    near = int(found.text.split(" HU")[0].removeprefix("Values were cut off near "))
    assert abs(near - top) <= noise_hu
    assert "and then resampled or changed: " in found.text
    assert "voxels pile up there and hardly any is denser: weight" in found.text


def test_cut_off_and_then_interpolated_is_refused_by_the_pile() -> None:
    smooth = ndimage.gaussian_filter(chest().astype(float), (0, 0.5, 0.5))
    assert check(np.rint(smooth).astype(np.int16)).passed
    cut = np.minimum(1.6 * smooth, 300.0)
    cubic = ndimage.shift(cut, (0.4, 0.3, 0.3), order=3, mode="nearest")
    assert check(np.rint(cubic).astype(np.int16)).refuses


def test_a_pile_in_which_denser_voxels_follow_is_no_cut() -> None:
    blood = chest()
    blood[20:30] = np.random.default_rng(3).normal(300, 15, (10, 80, 80))  # contrast agent
    assert check(blood).passed


def test_what_counts_as_a_pile_is_a_setting() -> None:
    noise = np.random.default_rng(2).normal(0, 5.0, SHAPE)
    noisy = np.rint(np.minimum(chest(), np.int16(300)) + noise).astype(np.int16)
    for change in (
        {"saturated_pile_below_hu": 280},
        {"saturated_pile_ratio": 100.0},
        {"saturated_pile_voxels": 20_000},
    ):
        assert check(noisy, replace(LIMITS, **change)).passed
    narrow = replace(LIMITS, saturated_pile_width_hu=5)
    assert "near 310 HU" in check(noisy, narrow).text  # where the pile's own slope has ended
    noisy[0, 0, :80] = 900
    assert check(noisy, replace(LIMITS, saturated_pile_tail=0.001)).passed
    assert check(noisy).refuses


def test_coarse_steps_of_8_bits_are_no_cut_but_can_be_cut() -> None:
    steps = ((chest().astype(np.int32) + 1024) // 16 * 16 - 1024).astype(np.int16)
    assert check(steps).passed
    assert not check(np.minimum(steps, np.int16(400))).passed


def test_metal_noise_and_painted_blocks_are_no_cut() -> None:
    metal = chest()
    metal[5, 5, 5:30] = 1499  # 25 voxels
    assert check(metal).passed
    painted = np.minimum(chest(), np.int16(1000))
    painted[painted == 1000] = 900
    painted[0, :40, :40] = 1200  # 1,600 voxels, and none just below
    assert check(painted).passed


def test_what_counts_as_cut_off_is_a_setting() -> None:
    clipped = np.minimum(chest(), np.int16(700))
    held = int(np.count_nonzero(clipped == 700))
    assert check(clipped, replace(LIMITS, saturated_voxels=held + 1)).passed
    assert check(clipped, replace(LIMITS, saturated_below_hu=700)).passed
    assert check(clipped, replace(LIMITS, saturated_refused_below_hu=701)).refuses
