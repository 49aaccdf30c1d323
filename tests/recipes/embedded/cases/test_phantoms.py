from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.preparation import Preparation
from corcal.phantom import PhantomOptions, make_case
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.phantoms import acquired_case, phantom_case, training_options


def test_a_phantom_in_scanner_slices_is_prepared_as_a_scan_is() -> None:
    preparation = Preparation((2.4, 2.2, 2.2))
    case = acquired_case(3, preparation)
    assert case.name == "acquired-00003"
    assert case.kind == "phantom"
    np.testing.assert_allclose(case.grid.spacing_mm, preparation.spacing_mm, rtol=0.02)
    heart = (case.packed & targets.HEART) > 0
    assert float(heart.sum()) * case.grid.voxel_mm3 / 1000.0 == pytest.approx(case.heart_ml)
    codes = case.packed & targets.CODE_MASK
    for vessel in (1, 2, 3):
        assert np.isin(codes, (vessel, vessel + 3)).any()
    assert case.focus
    again = acquired_case(3, preparation)
    np.testing.assert_array_equal(case.hu, again.hu)


COARSE = (3.0, 3.0, 3.0)


def options_of(seed: int) -> PhantomOptions:
    return training_options(seed, np.random.default_rng([seed, 1]), COARSE)


def other_calcium(case: Case) -> int:
    return int(np.count_nonzero(case.packed & targets.OTHER))


@pytest.mark.parametrize(
    ("ablated", "options"),
    [
        ("motion", replace(options_of(4), motion=0.0)),
        ("look-alikes", replace(options_of(4), mimics=0.0)),
    ],
)
def test_an_ablated_phantom_is_the_same_one_without_the_part(
    ablated: str, options: PhantomOptions
) -> None:
    case = phantom_case(4, COARSE, (ablated,))
    np.testing.assert_array_equal(case.hu, make_case(4, options=options).hu)
    assert (case.hu != phantom_case(4, COARSE).hu).any()


def test_scanner_slices_can_be_without_look_alikes() -> None:
    preparation = Preparation((2.4, 2.2, 2.2))
    assert other_calcium(acquired_case(3, preparation)) > 0
    assert other_calcium(acquired_case(3, preparation, ("look-alikes",))) == 0
