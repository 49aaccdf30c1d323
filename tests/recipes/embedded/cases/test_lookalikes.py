"""Look-alikes go where no artery runs: on the wall of the aortic root, or away from grooves."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.lookalikes import lookalikes

SHAPE = (100, 140, 140)
GRID = Grid.axial(SHAPE, (0.8, 0.73, 0.73), (-50.0, -50.0, 0.0))
#: The right ostium in front, the left behind it and to the left, 30 mm apart, 12 mm higher.
RIGHT, LEFT = np.array([0.0, -15.0, 30.0]), np.array([5.0, 15.0, 42.0])


def line(start: NDArray[np.float64], step: tuple[float, float, float]) -> NDArray[np.float64]:
    return np.asarray(start + np.arange(30.0)[:, None] * step)


def case(courses: dict[int, list[NDArray[np.float64]]]) -> Case:
    packed = np.zeros(SHAPE, np.uint16)
    packed[10:90, 20:120, 20:120] = targets.HEART
    hu = np.full(SHAPE, 40, np.int16)
    return Case("made", "real", hu, packed, GRID, (0, 0, 40), 600.0, (1.0, 0.5, 0.5), courses, ())


def traced() -> Case:
    return case({1: [line(RIGHT, (-0.4, -0.9, -0.2))], 2: [line(LEFT, (0.9, -0.3, 0.3))]})


def plates(made: Case) -> list[NDArray[np.float64]]:
    """Paths of one radius about an upright axis: plates. Random walks are none."""
    found = []
    for seed in range(80):
        for path in lookalikes(made, Box.whole(SHAPE), np.random.default_rng(seed)):
            steps = np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1)
            if len(path) > 3 and np.ptp(steps) < 1e-6:
                found.append(path)
    return found


def test_plates_lie_on_circles_about_the_size_of_a_root_to_the_right_of_the_ostia() -> None:
    made = plates(traced())
    assert len(made) > 10
    for path in made:
        a, b, c = path[0, :2], path[len(path) // 2, :2], path[-1, :2]
        centre = np.linalg.solve(2 * np.array([b - a, c - a]), [b @ b - a @ a, c @ c - a @ a])
        radius = np.linalg.norm(a - centre)
        assert 15.0 < radius <= 24.0
        for ostium in (RIGHT, LEFT):
            assert np.linalg.norm(ostium[:2] - centre) == pytest.approx(radius, abs=1e-6)
        assert centre[0] < 2.5


def test_nothing_is_put_onto_an_artery() -> None:
    made = traced()
    arteries = np.concatenate([c[3:] for traced in made.courses.values() for c in traced])
    for path in plates(made):
        assert np.linalg.norm(path[:, None] - arteries[None], axis=2).min() > 4.0


def test_a_scan_without_both_ostia_gets_no_plates() -> None:
    assert plates(case({2: [line(LEFT, (0.9, -0.3, 0.3))]})) == []


def test_walks_start_deep_in_the_heart_or_clear_of_it() -> None:
    made = case({})
    starts = []
    for seed in range(30):
        paths = lookalikes(made, Box.whole(SHAPE), np.random.default_rng(seed))
        starts += [made.grid.to_index(path[:1])[0] for path in paths]
    assert len(starts) > 15
    low, high = np.array((10, 20, 20)), np.array((90, 120, 120))
    for index in starts:
        depth = min((index - low).min(), (high - index).min())
        # Within about 8 voxels of the surface of this box a groove may run.
        assert depth > 8 or depth < -4
