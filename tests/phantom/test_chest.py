"""What surrounds the heart, and what ails it."""

from dataclasses import replace

import numpy as np
import pytest

from corcal.core.grid import Grid
from corcal.phantom.body.anatomy import Anatomy, sample_anatomy
from corcal.phantom.body.lungs import LungState, lung_vessels, sample_lungs
from corcal.phantom.paint.tissue import Tissue
from corcal.phantom.paint.voxelise import AORTA, HEART, Rendering, render

HEALTHY = LungState(0.0, 0.0, 0.0, (0.0, 0.0), 0.0)


@pytest.fixture(scope="module")
def patient() -> Anatomy:
    found = sample_anatomy(np.random.default_rng(6))
    return replace(found, thorax=replace(found.thorax, lungs=HEALTHY, hernia=None))


def painted(patient: Anatomy, lungs: LungState = HEALTHY) -> tuple[Rendering, Grid]:
    ill = replace(patient, thorax=replace(patient.thorax, lungs=lungs))
    chest = patient.thorax
    low = (chest.midline_mm - 140.0, chest.centre_y_mm - 105.0, float(patient.low_mm[2]))
    grid = Grid.axial((30, 70, 93), (3.0, 3.0, 3.0), low)
    rng = np.random.default_rng(1)
    return render(ill, grid, Tissue(), plaques=(), mimics=(), rng=rng), grid


@pytest.fixture(scope="module")
def healthy(patient: Anatomy) -> Rendering:
    return painted(patient)[0]


def behind(grid: Grid, patient: Anatomy) -> np.ndarray:
    """Points of the right lung near the back wall, half way up the heart."""
    chest = patient.thorax
    x = chest.midline_mm - 0.5 * chest.cavity_mm[0]
    y = chest.centre_y_mm + 0.72 * chest.cavity_mm[1]
    z = patient.low_mm[2] + np.arange(25.0, 50.0, 3.0)
    points = np.stack([np.full(z.size, x), np.full(z.size, y), z], axis=1)
    return np.rint(grid.to_index(points)).astype(int)


def test_an_effusion_is_water_behind_the_lung(patient: Anatomy, healthy: Rendering) -> None:
    wet, grid = painted(patient, replace(HEALTHY, effusion_mm=(40.0, 0.0)))
    there = tuple(behind(grid, patient).T)
    assert np.median(healthy.hu[there]) < -600
    assert abs(np.median(wet.hu[there]) - 8.0) < 25


def test_emphysema_empties_its_share_of_the_lung(patient: Anatomy, healthy: Rendering) -> None:
    sick, _ = painted(patient, replace(HEALTHY, emphysema=0.3))
    lung = healthy.hu < -700
    before, after = ((r.hu[lung] < -910).mean() for r in (healthy, sick))
    assert after > before + 0.1


def test_fibrosis_raises_the_lung_beneath_the_pleura(patient: Anatomy, healthy: Rendering) -> None:
    sick, grid = painted(patient, replace(HEALTHY, fibrosis=1.0))
    lung = healthy.hu < -700
    indices = np.argwhere(lung)
    depth = -patient.thorax.cavity(grid.to_lps(indices.astype(float)))
    more = sick.hu[lung] - healthy.hu[lung]
    assert more[depth < 8].mean() > more[depth > 35].mean() + 40


def test_the_heart_does_not_depend_on_the_lungs(patient: Anatomy, healthy: Rendering) -> None:
    sick, _ = painted(patient, replace(HEALTHY, emphysema=0.2, haze=60.0))
    for bit in (HEART, AORTA):
        np.testing.assert_array_equal(sick.structures & bit, healthy.structures & bit)


def test_lung_vessels_grow_thinner_to_the_outside() -> None:
    tubes = lung_vessels(np.random.default_rng(2), -14.0)
    assert 300 < len(tubes) < 5000
    radius = np.array([t.radii_mm[0] for t in tubes])
    far = np.array([np.linalg.norm(t.points_mm[0] - [-14.0, 38.0, 34.0]) for t in tubes])
    assert radius.min() >= 0.8
    assert np.median(radius[far < 60]) > 1.5 * np.median(radius[far > 100])


def test_about_half_of_all_lungs_are_healthy() -> None:
    rng = np.random.default_rng(4)
    drawn = [sample_lungs(rng) for _ in range(300)]
    well = np.mean([s.emphysema + s.fibrosis + s.haze + sum(s.effusion_mm) == 0 for s in drawn])
    assert 0.35 < well < 0.65
