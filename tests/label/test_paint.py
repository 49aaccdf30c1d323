"""From region probabilities to label codes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from corcal.core.artery import REGIONS
from corcal.label.paint import add_candidates, paint
from tests.grids import shapes

#: Whether each of the six regions holds a voxel.
sextets = arrays(np.bool_, (6, 3, 4, 5))


def regions_of(codes: np.ndarray) -> np.ndarray:
    return np.stack([np.isin(codes, r.codes) for r in REGIONS]).astype(np.float32)


@given(held=sextets)
def test_the_last_region_that_holds_a_voxel_paints_it(held: np.ndarray) -> None:
    found = paint(np.where(held, np.float32(0.51), np.float32(0.49)), 0.5)
    assert found.dtype == np.uint8
    for index in np.ndindex(found.shape):
        holding = [i + 1 for i in range(6) if held[(i, *index)]]
        assert found[index] == (holding[-1] if holding else 0)


@given(codes=arrays(np.uint8, shapes(5), elements={"min_value": 0, "max_value": 6}))
def test_labels_to_regions_and_back(codes: np.ndarray) -> None:
    np.testing.assert_array_equal(paint(regions_of(codes), 0.5), codes)


def test_calcium_wins_over_the_vessel_however_sure_the_vessel_is() -> None:
    probabilities = np.array([0.99, 0.98, 0.97, 0.6, 0.0, 0.0], np.float32).reshape(6, 1, 1, 1)
    assert paint(probabilities, 0.5).item() == 4
    assert paint(probabilities, 0.7).item() == 3


def test_the_threshold_itself_is_outside() -> None:
    probabilities = np.full((6, 1, 1, 1), 0.5, np.float32)
    assert paint(probabilities, 0.5).item() == 0


def test_what_is_no_number_is_background() -> None:
    assert paint(np.full((6, 1, 1, 1), np.nan, np.float32), 0.5).item() == 0


@pytest.mark.parametrize("channels", [3, 5, 7])
def test_another_number_of_regions_is_refused(channels: int) -> None:
    with pytest.raises(ValueError, match=f"6 regions are painted, not {channels}"):
        paint(np.zeros((channels, 2, 2, 2), np.float32), 0.5)


def test_candidates_go_to_the_likeliest_artery_and_paint_over_no_calcium() -> None:
    regions = np.zeros((6, 1, 1, 4), np.float32)
    regions[3:, 0, 0] = [[0.35, 0.1, 0.6, 0.2], [0.4, 0.2, 0.0, 0.2], [0.1, 0.0, 0.9, 0.25]]
    codes = np.array([[[2, 0, 4, 3]]], np.uint8)
    add_candidates(codes, regions, 0.3)
    assert codes.tolist() == [[[5, 0, 4, 3]]]
