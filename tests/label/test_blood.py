"""The brightest blood, whatever the noise and however much calcium there is."""

import numpy as np
import pytest

from corcal.label.blood import blood_hu
from corcal.settings import Segmentation


@pytest.mark.parametrize("blood", [40.0, 120.0, 320.0])
def test_noise_and_calcium_are_not_blood(blood: float) -> None:
    rng = np.random.default_rng(3)
    hu = rng.normal(45.0, 25.0, (40, 50, 60)).astype(np.float32)
    hu[10:30, 15:35, 20:40] = rng.normal(blood, 25.0, (20, 20, 20))
    heart = np.zeros(hu.shape, bool)
    heart[5:35, 8:42, 10:50] = True
    hu[20, 20, 20:26] = 1200.0
    assert blood_hu(hu, heart, Segmentation()) == pytest.approx(max(blood, 45.0), abs=8.0)


def test_a_heart_of_a_few_voxels_is_enough() -> None:
    hu = np.full((9, 9, 9), 50.0, np.float32)
    heart = np.zeros(hu.shape, bool)
    heart[4, 4, 4] = True
    assert blood_hu(hu, heart, Segmentation()) == 50.0
