"""The anatomy around a heart, on bodies of which every block is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.locate.anatomy import Evidence, evidence_of
from corcal.settings import Axes

SHAPE = (40, 60, 60)
LUNG, TISSUE, LIVER, BONE = -850.0, 40.0, 60.0, 400.0
#: (slice, row, column) of a body in voxels of 4 mm: foot at 0, front at 0, right at 0.
HEART = np.s_[12:26, 16:32, 28:44]
SPINE = np.s_[:, 40:46, 27:33]
AORTA = np.s_[:, 36:42, 34:40]
LIVER_DOME = np.s_[:13, 10:36, 4:34]


def body() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    hu = np.full(SHAPE, LUNG, np.float32)
    heart = np.zeros(SHAPE, np.bool_)
    hu[:12] = TISSUE - 30  # fat and bowel below
    hu[LIVER_DOME] = LIVER
    hu[AORTA] = TISSUE
    hu[HEART] = TISSUE
    hu[SPINE] = BONE
    heart[HEART] = True
    return hu, heart


def seen(
    axis: int | None = None, *, without: tuple[slice, ...] | None = None, foot_first: bool = True
) -> Evidence:
    hu, heart = body()
    if without is not None:
        hu[without] = LUNG
    if axis is not None:
        hu, heart = np.flip(hu, axis), np.flip(heart, axis)
    return evidence_of(hu, heart, Axes(), foot_first=foot_first)


def test_a_sound_body_speaks_for_its_axes() -> None:
    found = seen()
    # 14 slices of 36 spine voxels behind, none before: 504 / (504 + 20).
    assert found.spine_behind == pytest.approx(504 / 524)
    # The heart's middle is column 35.5, the spine's 29 or 30: 22 mm or more of 20.
    assert found.heart_left == 1.0
    assert found.aorta_left == 1.0
    assert found.liver_right == 1.0
    # All five slices at the lower end are tissue, two of five at the upper end: 0.6 of 0.3.
    assert found.base_below == 1.0
    assert found.left == 1.0


def test_each_flip_turns_what_speaks_for_its_axis() -> None:
    mirrored, back_to_front = seen(2), seen(1)
    assert mirrored.left == -1.0
    assert mirrored.spine_behind == seen().spine_behind
    assert back_to_front.spine_behind == -seen().spine_behind
    assert back_to_front.left == 1.0
    upside_down = seen(0, foot_first=False)
    assert upside_down.left == 1.0
    assert upside_down.base_below == -seen().base_below


def test_without_a_spine_nothing_is_known_of_left() -> None:
    found = seen(without=SPINE)
    assert (found.spine_behind, found.left) == (0.0, 0.0)


def test_the_liver_is_looked_for_at_the_foot() -> None:
    # At the other end the aorta alone is as dense, on the left.
    assert seen(foot_first=False).liver_right < 0.0
    assert seen(foot_first=True).liver_right == 1.0
