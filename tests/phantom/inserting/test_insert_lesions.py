"""Lesions put into a scan: how much, where, and what of them can be seen."""

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.scan import Acquisition, Scan
from corcal.phantom.body.coronaries import Vessel
from corcal.phantom.body.shapes import Tube
from corcal.phantom.inserting.insert_lesions import insert_lesions
from corcal.phantom.inserting.insertion_plan import InsertionPlan

STILL = InsertionPlan(motion=0.0)


def scan_of(
    grid: Grid | None = None, noise_hu: float = 0.0, thickness_mm: float | None = None
) -> Scan:
    grid = grid or Grid.axial((50, 90, 90), (1.0, 0.8, 0.8), (-36.0, -36.0, -25.0))
    noise = np.random.default_rng(0).normal(0.0, noise_hu, grid.shape)
    hu = np.rint(40.0 + noise).astype(np.int16)
    return Scan(hu, grid, Acquisition(thickness_mm=thickness_mm))


def bow(artery: Artery, x_mm: float = 0.0) -> Vessel:
    """Return a course of 50 mm that bends as arteries do."""
    t = np.linspace(-0.8, 0.8, 51)
    points = np.stack([x_mm + 0 * t, 30.0 * np.cos(t) - 25.0, 30.0 * np.sin(t)], axis=1)
    return Vessel(artery.value, artery, Tube(points, np.full(51, 1.8)))


COURSES = (bow(Artery.RCA, -15.0), bow(Artery.LAD, 0.0), bow(Artery.LCX, 15.0))


def test_every_artery_gets_its_lesions_within_the_plan() -> None:
    plan = replace(STILL, per_artery=2, volume_mm3=(5.0, 30.0), hu=(400.0, 900.0))
    _, _, lesions = insert_lesions(scan_of(), COURSES, np.random.default_rng(1), plan)
    assert [x.artery for x in lesions] == [a for a in Artery for _ in range(2)]
    assert [x.number for x in lesions] == [1, 2, 3, 4, 5, 6]
    for lesion in lesions:
        assert 5.0 * 0.97 <= lesion.volume_mm3 <= 30.0 * 1.03
        assert 400.0 <= lesion.hu <= 900.0
        assert lesion.mass_mg == pytest.approx(
            lesion.volume_mm3 * (lesion.hu - 45.0) / 1320.0, rel=1e-6
        )


@pytest.mark.parametrize("thickness_mm", [1.0, 3.0])
def test_what_is_added_is_the_volume_times_the_contrast(thickness_mm: float) -> None:
    scan = scan_of(thickness_mm=thickness_mm)
    plan = replace(STILL, per_artery=1, volume_mm3=(20.0, 60.0))
    out, _, (lesion,) = insert_lesions(scan, (bow(Artery.LAD),), np.random.default_rng(2), plan)
    added = float((out.hu.astype(int) - 40).sum()) * scan.grid.voxel_mm3
    assert added == pytest.approx(lesion.volume_mm3 * (lesion.hu - 40.0), rel=0.01)


def test_a_lesion_lies_on_its_artery() -> None:
    out, numbers, lesions = insert_lesions(scan_of(), COURSES, np.random.default_rng(3), STILL)
    for lesion in lesions:
        line = next(v for v in COURSES if v.artery is lesion.artery).tube.points_mm
        assert np.linalg.norm(line - np.array(lesion.centre_mm), axis=1).min() < 3.0
        where = np.argwhere(numbers == lesion.number).astype(float)
        if len(where):
            middle = out.grid.to_lps(where).mean(axis=0)
            assert np.linalg.norm(middle - np.array(lesion.centre_mm)) < 1.5


def test_visible_is_what_reaches_130_hu_without_noise() -> None:
    clean, numbers, lesions = insert_lesions(scan_of(), COURSES, np.random.default_rng(4), STILL)
    assert np.array_equal(numbers > 0, clean.hu >= 130)
    for lesion in lesions:
        mine = numbers == lesion.number
        assert lesion.visible_mm3 == pytest.approx(mine.sum() * clean.grid.voxel_mm3)
        if mine.any():
            assert lesion.visible_peak_hu == pytest.approx(float(clean.hu[mine].max()), abs=1.0)
            assert lesion.agatston > 0 or lesion.visible_mm3 < 5.0
        else:
            assert (lesion.visible_mm3, lesion.agatston) == (0.0, 0.0)
    noisy, seen, _ = insert_lesions(
        scan_of(noise_hu=20.0), COURSES, np.random.default_rng(4), STILL
    )
    assert noisy.hu[0, 0].std() > 10
    # Noise moves what tissue gives way, a little; what is visible is measured without it.
    assert np.mean((seen > 0) != (numbers > 0)) < 1e-4


def test_all_else_of_the_scan_stays() -> None:
    scan = scan_of(noise_hu=20.0)
    out, numbers, _ = insert_lesions(scan, COURSES, np.random.default_rng(5), STILL)
    assert out.grid is scan.grid
    assert out.acquisition == scan.acquisition
    assert [n.code for n in out.notices] == ["calcium-inserted"]
    far = np.abs(scan.grid.to_lps(np.argwhere(numbers >= 0).astype(float))[:, 0]) > 28.0
    assert np.array_equal(out.hu.ravel()[far], scan.hu.ravel()[far])


def test_a_tilted_scan_gets_the_same_lesions_as_an_upright_one() -> None:
    turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    upright = scan_of()
    affine = upright.grid.affine.copy()
    affine[:3] = turn @ affine[:3]
    tilted = scan_of(Grid(upright.grid.shape, affine))
    turned = tuple(
        replace(v, tube=Tube(v.tube.points_mm @ turn.T, v.tube.radii_mm)) for v in COURSES
    )
    _, a, straight = insert_lesions(upright, COURSES, np.random.default_rng(6), STILL)
    _, b, oblique = insert_lesions(tilted, turned, np.random.default_rng(6), STILL)
    assert np.mean((a > 0) != (b > 0)) < 1e-4
    for one, other in zip(straight, oblique, strict=True):
        assert turn @ np.array(one.centre_mm) == pytest.approx(np.array(other.centre_mm), abs=0.05)


def test_motion_smears_a_lesion() -> None:
    plan = replace(STILL, per_artery=1, volume_mm3=(20.0, 60.0), hu=(800.0, 1200.0))
    peaks = []
    for motion in (0.0, 1.0):
        moving = replace(plan, motion=motion, motion_mm=(8.0, 8.0))
        found = [
            insert_lesions(scan_of(), (bow(Artery.RCA),), np.random.default_rng(s), moving)
            for s in range(6)
        ]
        peaks.append(np.mean([x.visible_peak_hu for _, _, lesions in found for x in lesions]))
    assert peaks[1] < 0.9 * peaks[0]


def test_lesions_keep_apart_from_each_other_and_from_what_is_bright() -> None:
    scan = scan_of()
    hu = scan.hu.copy()
    hu[:25] = 400
    bright = Scan(hu, scan.grid, scan.acquisition)
    plan = replace(STILL, per_artery=4, volume_mm3=(2.0, 10.0))
    _, _, lesions = insert_lesions(bright, COURSES, np.random.default_rng(7), plan)
    assert lesions
    assert all(x.centre_mm[2] > 0.0 for x in lesions)
    centres = np.array([x.centre_mm for x in lesions])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    assert apart[~np.eye(len(centres), dtype=bool)].min() > 4.0


def test_a_course_outside_the_scan_gets_nothing() -> None:
    scan = scan_of()
    out, numbers, lesions = insert_lesions(
        scan, (bow(Artery.LAD, 300.0),), np.random.default_rng(8), STILL
    )
    assert (len(lesions), int(numbers.max())) == (0, 0)
    assert np.array_equal(out.hu, scan.hu)


def test_the_same_numbers_give_the_same_scan() -> None:
    plan = replace(STILL, motion=0.5)
    one, two = (
        insert_lesions(scan_of(), COURSES, np.random.default_rng(9), plan) for _ in range(2)
    )
    assert np.array_equal(one[0].hu, two[0].hu)
    assert one[2] == two[2]
