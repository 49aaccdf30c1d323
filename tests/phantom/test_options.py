"""Grids of phantoms, and thick slices as a scanner stores them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.grid import Grid
from corcal.phantom.case import PhantomCase, PhantomOptions, make_case
from corcal.phantom.options import THICKEST_LAYER_MM, finer

THICK = PhantomOptions(
    spacing_mm=(3.0, 2.2, 2.2), shape=(46, 64, 64), thickness_mm=3.0, layers=3,
    motion=0.0, contrast=0.0, mimics=0.0, burden="many", noise=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def thick() -> PhantomCase:
    return make_case(11, options=THICK)


@given(
    step=st.floats(0.5, 5.0),
    layers=st.sampled_from([1, 3, 5]),
    origin=st.tuples(*[st.floats(-300.0, 300.0)] * 3),
)
def test_layers_lie_evenly_in_their_slice(
    step: float, layers: int, origin: tuple[float, float, float]
) -> None:
    grid = Grid.axial((7, 5, 4), (step, 0.7, 0.8), origin)
    fine = finer(grid, layers)
    assert fine.shape == (7 * layers, 5, 4)
    z = fine.to_lps(np.stack([np.arange(7.0 * layers), *np.zeros((2, 7 * layers))], axis=1))
    slices = grid.to_lps(np.stack([np.arange(7.0), *np.zeros((2, 7))], axis=1))
    np.testing.assert_allclose(z.reshape(7, layers, 3).mean(axis=1), slices, atol=1e-9)
    assert fine.voxel_mm3 * layers == pytest.approx(grid.voxel_mm3)


@given(thickness=st.floats(0.5, 5.0))
def test_acquired_slices_are_contiguous_and_finely_painted(thickness: float) -> None:
    made = PhantomOptions.as_acquired(thickness_mm=thickness)
    assert made.thickness_mm == made.spacing_mm[0] == thickness
    assert made.layers % 2 == 1
    assert thickness / made.layers <= THICKEST_LAYER_MM


def test_thick_slices_hold_the_same_calcium(thick: PhantomCase) -> None:
    thin = make_case(11, options=replace(THICK, spacing_mm=(1.0, 2.2, 2.2), thickness_mm=1.0,
                                         shape=(138, 64, 64), layers=1))  # fmt: skip
    assert [x.volume_mm3 for x in thick.lesions] == [x.volume_mm3 for x in thin.lesions]
    assert [x.painted_mm3 for x in thick.lesions] == [x.painted_mm3 for x in thin.lesions]
    # Both begin at the same height: thick slice k is thin slices 3k - 1 to 3k + 1. Looked at in
    # the heart: the thin edges of steep ribs tell the two profiles of a slice apart.
    heart = thick.auxiliary["heart"][1:] > 0
    means = [np.roll(thin.hu, by, axis=0).reshape(46, 3, 64, 64).mean(1)[1:] for by in (0, 1, 2)]
    apart = [float(np.abs(thick.hu[1:] - mean)[heart].mean()) for mean in means]
    assert apart[1] < 2.0
    assert apart[1] < 0.4 * min(apart[0], apart[2])


def test_visible_calcium_in_thick_slices_reaches_the_threshold(thick: PhantomCase) -> None:
    assert thick.hu.shape == thick.labels.shape == (46, 64, 64)
    calcium = thick.labels >= 4
    assert calcium.any()
    assert thick.hu[calcium].min() >= thick.threshold_hu - 1


def test_steps_are_announced_in_order() -> None:
    from corcal.phantom.case import STEPS

    announced: list[str] = []
    make_case(3, options=replace(PhantomOptions.tiny(), motion=1.0), progress=announced.append)
    assert tuple(announced) == STEPS
