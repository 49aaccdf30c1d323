"""Calcium in the whole of a real scan: as dense as in patches, labelled where it is bright."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.insertions import insert_calcium, insert_everywhere

SHAPE = (100, 120, 150)


def case() -> Case:
    grid = Grid.axial(SHAPE, (0.8, 0.73, 0.73))
    across = np.stack([np.full(100, 50.0), np.full(100, 60.0), np.arange(20.0, 120)], 1)
    packed = np.full(SHAPE, targets.HEART, np.uint16)
    hu = np.full(SHAPE, 40, np.int16)
    blur, courses = (1.0, 0.5, 0.5), {2: [grid.to_lps(across)]}
    return Case("A", "real", hu, packed, grid, (0, 0, 0), 600.0, blur, courses, ())


def test_no_part_is_touched_where_none_is_to_be() -> None:
    made = case()
    same = insert_everywhere(made, 0.0, np.random.default_rng(0))
    np.testing.assert_array_equal(same.hu, made.hu)
    np.testing.assert_array_equal(same.packed, made.packed)


def test_deposits_lie_along_the_course_and_carry_its_label() -> None:
    made = case()
    lesions = [insert_everywhere(made, 1.0, np.random.default_rng(seed)) for seed in range(6)]
    marked = [(c.packed & targets.CODE_MASK) == 5 for c in lesions]
    assert sum(m.any() for m in marked) >= 4
    for changed, calcium in zip(lesions, marked, strict=True):
        if calcium.any():
            assert changed.hu[calcium].mean() > 150
            away = np.abs(np.argwhere(calcium)[:, :2] - (50, 60)).max()
            assert away < 25  # voxels: an artery's wall, swept by up to 14 mm of motion
        assert ((changed.packed & targets.HEART) != 0).all()
    assert (made.hu == 40).all()


def test_look_alikes_can_be_left_out_of_what_is_put_in() -> None:
    made = replace(case(), packed=np.full(SHAPE, targets.HEART | targets.AORTA, np.uint16))
    box = Box.whole(SHAPE)
    seen = {}
    for alike in (True, False):
        new = [
            insert_calcium(
                made, box, made.hu.astype(np.float32), made.packed, np.random.default_rng(s), alike
            )
            for s in range(6)
        ]
        seen[alike] = (
            sum(int(((p & targets.OTHER) != 0).sum()) for p in new),
            sum(int(((p & targets.CODE_MASK) == 5).sum()) for p in new),
        )
    assert seen[True][0] > 0
    assert seen[False][0] == 0
    assert seen[False][1] > 0
