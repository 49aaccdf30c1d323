"""Patients of the phantom have plausible hearts."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.phantom.body import great_vessels
from corcal.phantom.body.anatomy import FAT_ML, Anatomy, sample_anatomy
from corcal.phantom.body.coronaries import LENGTHS_MM
from corcal.phantom.body.heart import APPENDAGES
from corcal.phantom.body.pose import sample_pose
from corcal.phantom.body.shapes import distance

MAIN = ("LAD", "LCX", "RCA", "PDA")

SEEDS = (1, 2, 3, 4)


@pytest.fixture(scope="module", params=SEEDS)
def patient(request: pytest.FixtureRequest) -> Anatomy:
    return sample_anatomy(np.random.default_rng(request.param))


def test_lengths_are_those_of_hearts(patient: Anatomy) -> None:
    tree = patient.coronaries
    for name, (low, high) in LENGTHS_MM.items():
        whole = tree.vessel(name).tube.length_mm
        whole += tree.vessel("LM").tube.length_mm if name == "LAD" else 0.0
        assert 0.5 * low <= whole <= 1.1 * high, name
    assert 4.0 <= tree.vessel("LM").tube.length_mm <= 20.0


def test_right_is_right_and_the_circumflex_is_behind(patient: Anatomy) -> None:
    middle = {
        name: patient.coronaries.vessel(name).tube.points_mm.mean(axis=0)
        for name in ("RCA", "LAD", "LCX")
    }
    assert middle["RCA"][0] < middle["LAD"][0] - 20.0  # x grows to the patient's left
    assert middle["LCX"][1] > middle["LAD"][1] + 10.0  # y grows to the back
    assert middle["LCX"][0] > middle["RCA"][0]


def test_arteries_spring_from_the_aortic_root(patient: Anatomy) -> None:
    for name in ("RCA", "LM"):
        ostium = patient.coronaries.vessel(name).tube.points_mm[0]
        assert np.linalg.norm(ostium - patient.heart.root_mm) < 26.0


def test_courses_run_outside_the_muscle_and_close_to_it(patient: Anatomy) -> None:
    for name in ("LAD", "RCA", "LCX"):
        course = patient.coronaries.vessel(name).tube.points_mm[20:-10]
        gap = patient.heart.muscle(course)
        assert np.mean(gap > 0.0) > 0.9
        assert np.median(gap) < 6.0


def test_branches_are_counted_with_their_artery(patient: Anatomy) -> None:
    expected = {"LM": Artery.LAD, "LAD": Artery.LAD, "LCX": Artery.LCX, "RCA": Artery.RCA}
    for vessel in patient.coronaries.vessels:
        if vessel.name in expected:
            assert vessel.artery is expected[vessel.name]


def test_the_same_seed_is_the_same_patient() -> None:
    one, two = (sample_anatomy(np.random.default_rng(9)) for _ in range(2))
    a, b = (p.coronaries.vessel("LAD").tube.points_mm for p in (one, two))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("seed", range(4))
def test_pulmonary_hypertension_widens_the_trunk_beyond_the_aorta(seed: int) -> None:
    ill, well = (sample_pose(np.random.default_rng(seed), chance) for chance in (1.0, 0.0))
    assert ill.hypertension
    assert not well.hypertension
    for pose, wider in ((ill, True), (well, False)):
        trunk = great_vessels.pulmonary(pose)[0].radii_mm[0]
        root = great_vessels.aorta(np.random.default_rng(0), pose)[1].radii_mm[0]
        assert bool(trunk > root) is wider
        assert 18.0 < 2 * trunk < 50.0


def test_veins_run_beside_the_arteries_not_in_them(patient: Anatomy) -> None:
    tree = patient.coronaries
    assert len(tree.veins) >= 2
    courses = np.vstack([v.tube.points_mm for v in tree.vessels if v.name in MAIN])
    for vein in tree.veins:
        gap, _ = cKDTree(courses).query(vein.points_mm)
        assert np.median(gap) > 2.0


def test_fat_is_within_its_bounds_and_counted_right(patient: Anatomy) -> None:
    assert FAT_ML[0] <= patient.fat_ml <= FAT_ML[1]
    # The same volume by throwing points.
    rng = np.random.default_rng(0)
    low, high = patient.low_mm, patient.high_mm
    points = low + rng.random((40_000, 3)) * (high - low)
    heart = patient.heart
    muscle = heart.muscle(points) <= 0
    ears = np.minimum(*heart.parts(points, APPENDAGES).values()) <= 0
    solid = muscle | ears
    for tube in (*heart.root(), *heart.vessels["veins"]):
        solid |= distance(tube, points) <= 0
    free = (heart.sac(points) < 0) & ~solid
    millilitres = free.mean() * float(np.prod(high - low)) / 1000.0
    assert patient.fat_ml == pytest.approx(millilitres, rel=0.12)
