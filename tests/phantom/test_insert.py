"""Deposits put into a scan: where, how much, and what of it can be seen."""

import numpy as np
import pytest

from corcal.core.grid import Grid
from corcal.phantom.insert import Deposit, insert_deposit, sample_deposit

SHARP = (0.05, 0.05, 0.05)
STILL = np.zeros((1, 3))


def tissue(shape: tuple[int, int, int] = (30, 40, 40)) -> tuple[np.ndarray, Grid]:
    return np.full(shape, 40.0, np.float32), Grid.axial(shape, (0.5, 0.5, 0.5))


def ball(thickness_mm: float, hu: float = 640.0) -> Deposit:
    return Deposit(np.array([[10.0, 10.0, 7.5]]), thickness_mm, hu, SHARP, STILL)


@pytest.mark.parametrize("thickness_mm", [3.0, 5.0])
def test_a_ball_adds_the_calcium_of_its_volume(thickness_mm: float) -> None:
    hu, grid = tissue()
    insert_deposit(hu, grid, ball(thickness_mm))
    added = float((hu - 40.0).sum()) / 600.0 * grid.voxel_mm3
    assert added == pytest.approx(np.pi / 6 * thickness_mm**3, rel=0.06)


def test_blur_moves_calcium_about_without_losing_any() -> None:
    sharp, grid = tissue()
    blurred = sharp.copy()
    deposit = ball(3.0)
    insert_deposit(sharp, grid, deposit)
    smeared = Deposit(
        deposit.path_mm, 3.0, 640.0, (0.8, 0.8, 0.8), np.array([[-1.0, 0, 0], [1.0, 0, 0]])
    )
    insert_deposit(blurred, grid, smeared)
    assert blurred.max() < sharp.max()
    assert (blurred - 40).sum() == pytest.approx((sharp - 40).sum(), rel=0.02)


def test_visible_is_where_the_deposit_alone_reaches_130_hu() -> None:
    hu, grid = tissue()
    visible = insert_deposit(hu, grid, ball(4.0))
    assert np.array_equal(visible, hu >= 130.0)


def test_a_deposit_outside_the_scan_changes_nothing() -> None:
    hu, grid = tissue()
    far = Deposit(np.array([[500.0, 10.0, 7.0]]), 3.0, 800.0, SHARP, STILL)
    assert not insert_deposit(hu, grid, far).any()
    assert (hu == 40.0).all()


def test_the_same_numbers_give_the_same_deposit() -> None:
    path = np.stack([np.arange(30.0), np.zeros(30), np.zeros(30)], 1)
    a, b = (sample_deposit(np.random.default_rng(5), path, SHARP) for _ in range(2))
    assert np.array_equal(a.path_mm, b.path_mm)
    assert (a.hu, a.thickness_mm) == (b.hu, b.thickness_mm)
