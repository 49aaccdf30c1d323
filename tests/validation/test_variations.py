"""Scans made again: each variation does what its name says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.scan import Acquisition, Scan
from validation.robustness import same_image
from validation.variations import (
    cropped,
    noise_of,
    noisy,
    resliced,
    sharp,
    shifted,
    smooth,
    stored,
    variations,
)

GRID = Grid.axial((20, 96, 128), (2.5, 0.8, 0.7), (-40.0, 12.0, -300.0))
HEART = Box((6, 30, 40), (14, 60, 90))


def scan(noise_hu: float = 15.0, smooth_px: float = 1.0) -> Scan:
    rng = np.random.default_rng(5)
    noise = ndimage.gaussian_filter(rng.normal(size=GRID.shape), (0.4, smooth_px, smooth_px))
    hu = 45.0 + noise_hu / noise.std() * noise
    hu[8:11, 40:44, 50:55] += 400
    hu[:, 88:] = -1000
    acquisition = Acquisition(kvp_kv=120.0, thickness_mm=2.5)
    return Scan(np.rint(hu).astype(np.int16), GRID, acquisition)


def centre_mm(made: Scan) -> NDArray[np.float64]:
    where = np.argwhere(made.hu > 250)
    weights = made.hu[tuple(where.T)].astype(float)
    middle = np.average(where, axis=0, weights=weights)
    return np.asarray(made.grid.to_lps(middle[None])[0])


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1, 2)])
def test_the_order_of_storage_leaves_the_scan_as_it_is(axes: tuple[int, ...]) -> None:
    made = stored(scan(), axes)
    assert same_image(made, scan())
    assert made.acquisition == scan().acquisition
    assert not same_image(shifted(scan(), (0.5, 0.5, 0.5)), scan())


def test_slices_of_another_thickness_cover_the_same_patient() -> None:
    thick, thin = resliced(scan(), 5.0), resliced(scan(), 1.0)
    assert thick is not None
    assert thin is not None
    assert (thick.grid.shape[0], thin.grid.shape[0]) == (10, 50)
    assert (thick.acquisition.thickness_mm, thin.acquisition.thickness_mm) == (5.0, 1.0)
    pairs = scan().hu.reshape(10, 2, 96, 128).mean(axis=1)
    assert np.abs(thick.hu - pairs).max() <= 0.5
    assert centre_mm(thin) == pytest.approx(centre_mm(scan()), abs=0.5)
    assert resliced(scan(), 2.5) is None


def test_noise_is_doubled_in_its_own_texture() -> None:
    before, after = scan(), noisy(scan(), np.random.default_rng(1))
    quiet = np.s_[:, :30]
    assert after.hu[quiet].std() / before.hu[quiet].std() == pytest.approx(2.0, rel=0.12)
    own, both = (np.asarray(x.hu[quiet], np.float64) for x in (before, after))
    added = both - own
    for axis in (0, 1, 2):
        assert _neighbours(added, axis) == pytest.approx(_neighbours(own, axis), abs=0.15)
    assert after.hu[quiet].mean() == pytest.approx(before.hu[quiet].mean(), abs=1.0)


def _neighbours(hu: NDArray[np.float64], axis: int) -> float:
    moved = np.moveaxis(hu, axis, 0)
    return float(np.corrcoef(moved[1:].ravel(), moved[:-1].ravel())[0, 1])


def test_noise_is_measured_in_even_soft_tissue() -> None:
    _, deviation, together = noise_of(scan(noise_hu=20.0))
    assert deviation == pytest.approx(20.0, rel=0.1)
    assert 0.0 < together < 0.35
    air = Scan(np.full(GRID.shape, -1000, np.int16), GRID)
    with pytest.raises(ValueError, match="no even piece"):
        noise_of(air)


def test_kernels_change_the_noise_and_keep_the_level() -> None:
    quiet, levels = np.s_[:, :30], []
    for made in (smooth(scan()), scan(), sharp(scan())):
        levels.append(float(made.hu[quiet].std()))
        assert made.hu[quiet].mean() == pytest.approx(45.0, abs=0.5)
    assert levels[0] < 0.85 * levels[1] < 0.85 * levels[2]


def test_a_shift_moves_the_grid_and_not_the_patient() -> None:
    made = shifted(scan(), (0.5, -0.25, 0.33))
    assert made.grid.affine[:3, 3] - GRID.affine[:3, 3] == pytest.approx((0.231, -0.2, 1.25))
    assert centre_mm(made) == pytest.approx(centre_mm(scan()), abs=0.15)


def test_a_crop_keeps_the_heart_and_its_margin() -> None:
    made = cropped(scan(), HEART, (1e4, 8.0, 7.0))
    assert made.grid.shape == (20, 50, 70)
    assert np.array_equal(made.hu, scan().hu[:, 20:70, 30:100])
    assert made.grid.to_lps(np.zeros((1, 3)))[0] == pytest.approx(
        GRID.to_lps(np.array([[0.0, 20.0, 30.0]]))[0]
    )


def test_variations_are_named_once_and_leave_the_scan_alone() -> None:
    given = scan()
    before = given.hu.copy()
    names = [v.name for v in variations()]
    assert len(set(names)) == len(names) == 14
    made = {v.name: v.make(given, HEART) for v in variations()}
    assert np.array_equal(given.hu, before)
    assert all(m is not None for m in made.values())
