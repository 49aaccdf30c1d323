from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.preparation import Preparation
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.phantoms import acquired_case


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
