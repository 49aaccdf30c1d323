"""Deposits put into a scan: where, how much, and what of it can be seen."""

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Tube
from corcal.phantom.calcium.plaque import Plaque
from corcal.phantom.inserting.deposit import Deposit, insert_deposit, sample_deposit
from corcal.phantom.scanner.lesion_on_grid import Motion
from corcal.phantom.scanner.motion import Beat
from corcal.phantom.scanner.physics import Scanner

SHARP = Scanner(0.1, 0.05, 0.0, 0.0, 0.0, 0.0)
HOST = Tube(
    np.stack([np.full(21, 10.0), np.full(21, 10.0), np.linspace(2, 13, 21)], 1), np.ones(21)
)
#: Contracts within one window.
QUICK = Beat(0.0, 1.0, 0.0, 0.6, 0.25, 30.0, 0.17, 0.3, 0.5)


def tissue(shape: tuple[int, int, int] = (30, 40, 40)) -> tuple[np.ndarray, Grid]:
    return np.full(shape, 40.0, np.float32), Grid.axial(shape, (0.5, 0.5, 0.5))


def plaque(length_mm: float, thickness_mm: float, hu: float = 640.0) -> Plaque:
    return Plaque(HOST, 5.5, length_mm, thickness_mm, 1.4, 0.4, 2.0, hu, "LAD", None)


def deposit(solid: Plaque) -> Deposit:
    return Deposit(solid, SHARP, None)


def added_mm3(hu: np.ndarray, grid: Grid) -> float:
    return float((hu - 40.0).sum()) / 600.0 * grid.voxel_mm3


@pytest.mark.parametrize(("length_mm", "thickness_mm"), [(4.0, 1.6), (7.0, 2.0)])
def test_a_plaque_adds_the_calcium_of_its_volume(length_mm: float, thickness_mm: float) -> None:
    hu, grid = tissue()
    solid = plaque(length_mm, thickness_mm)
    insert_deposit(hu, grid, deposit(solid))
    assert added_mm3(hu, grid) == pytest.approx(solid.volume_mm3, rel=0.03)


def test_blur_and_motion_move_calcium_about_without_losing_any() -> None:
    sharp, grid = tissue((60, 60, 60))
    soft, moving = sharp.copy(), sharp.copy()
    solid = plaque(5.0, 1.8)
    insert_deposit(sharp, grid, deposit(solid))
    scanner = Scanner(1.5, 0.6, 0.0, 0.0, 0.0, 0.0)
    insert_deposit(soft, grid, Deposit(solid, scanner, None))
    by = np.array([0.0, 6.0, 4.0])
    insert_deposit(moving, grid, Deposit(solid, scanner, Motion(QUICK, by)))
    assert moving.max() < soft.max() < sharp.max()
    assert added_mm3(soft, grid) == pytest.approx(added_mm3(sharp, grid), rel=0.03)
    assert added_mm3(moving, grid) == pytest.approx(added_mm3(sharp, grid), rel=0.3)


def test_visible_is_where_the_deposit_alone_reaches_130_hu() -> None:
    hu, grid = tissue()
    visible = insert_deposit(hu, grid, deposit(plaque(5.0, 2.0)))
    assert visible.any()
    assert np.array_equal(visible, hu >= 130.0)


def test_noise_of_the_scan_stays() -> None:
    hu, grid = tissue()
    noise = np.random.default_rng(3).normal(0, 20, hu.shape).astype(np.float32)
    noisy = hu + noise
    insert_deposit(hu, grid, deposit(plaque(5.0, 2.0)))
    insert_deposit(noisy, grid, deposit(plaque(5.0, 2.0)))
    assert np.abs(noisy - noise - hu).max() < 20.0


def test_a_deposit_outside_the_scan_changes_nothing() -> None:
    hu, grid = tissue()
    far = Tube(HOST.points_mm + 500.0, HOST.radii_mm)
    assert not insert_deposit(hu, grid, deposit(replace(plaque(4.0, 1.6), host=far))).any()
    assert (hu == 40.0).all()


def test_a_deposit_whose_margin_alone_reaches_the_last_slice_changes_nothing() -> None:
    grid = Grid.axial((3, 40, 40), (2.5, 0.5, 0.5))
    hu = np.full(grid.shape, 40.0, np.float32)
    lying = np.stack([np.linspace(5, 16, 21), np.full(21, 10.0), np.full(21, 15.0)], 1)
    below = replace(plaque(5.0, 2.0), host=Tube(lying, HOST.radii_mm))
    assert not insert_deposit(
        hu, grid, Deposit(below, replace(SHARP, thickness_mm=5.0), None)
    ).any()
    assert (hu == 40.0).all()


def test_a_deposit_partly_outside_keeps_its_size() -> None:
    whole, grid = tissue()
    insert_deposit(whole, grid, deposit(plaque(5.0, 2.0)))
    cut = grid.cut(Box((0, 0, 0), (13, 40, 40)))
    part = np.full(cut.shape, 40.0, np.float32)
    insert_deposit(part, cut, deposit(plaque(5.0, 2.0)))
    assert 0 < added_mm3(part, cut) < 0.9 * added_mm3(whole, grid)
    assert added_mm3(part[:12], cut) == pytest.approx(added_mm3(whole[:12], cut), rel=0.05)


def test_a_tilted_grid_takes_a_deposit_where_it_lies() -> None:
    hu, grid = tissue()
    turn = np.eye(4)
    turn[:3, :3] = np.array([[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    tilted = Grid(grid.shape, turn @ grid.affine)
    host = Tube(HOST.points_mm @ turn[:3, :3].T, HOST.radii_mm)
    visible = insert_deposit(hu, tilted, deposit(replace(plaque(5.0, 2.0), host=host)))
    middle = tilted.to_lps(np.argwhere(visible).mean(0)[None])[0]
    assert np.linalg.norm(middle - host.at(5.5)) < 2.5


@pytest.mark.parametrize("points", [1, 2, 30])
def test_the_same_numbers_give_the_same_deposit(points: int) -> None:
    path = np.stack([0.5 * np.arange(points) + 2.0, np.full(points, 9.0), np.full(points, 7.0)], 1)
    scans = []
    for _ in range(2):
        hu, grid = tissue()
        insert_deposit(hu, grid, sample_deposit(np.random.default_rng(5), path, (0.5, 0.4, 0.4)))
        scans.append(hu)
    assert np.array_equal(scans[0], scans[1])
    assert (scans[0] != 40.0).any()
