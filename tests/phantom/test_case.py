"""A phantom scan and its truth agree."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from corcal.core.artery import Artery
from corcal.phantom.case import PhantomCase, PhantomOptions, make_case, make_chest
from corcal.phantom.files.as_json import case_truth, truth_text

TINY = PhantomOptions.tiny()


@pytest.fixture(scope="module")
def calcified() -> PhantomCase:
    return make_case(
        11, options=replace(TINY, burden="many", contrast=0.0, mimics=0.0, noise=False)
    )


def test_types_and_codes(calcified: PhantomCase) -> None:
    assert calcified.hu.dtype == np.int16
    assert calcified.labels.dtype == np.uint8
    assert calcified.hu.shape == calcified.labels.shape == calcified.grid.shape == (64, 64, 64)
    assert set(np.unique(calcified.labels)) <= set(range(7))
    assert {1, 2, 3} <= set(np.unique(calcified.labels))


def test_the_same_seed_is_the_same_scan() -> None:
    one, two, other = (make_case(seed, options=TINY) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.hu, two.hu)
    np.testing.assert_array_equal(one.labels, two.labels)
    assert not np.array_equal(one.hu, other.hu)


def test_visible_calcium_reaches_the_threshold(calcified: PhantomCase) -> None:
    calcium = calcified.labels >= 4
    assert calcium.any()
    # Without noise the stored image is the clean image, rounded.
    assert calcified.hu[calcium].min() >= calcified.threshold_hu - 1


def test_calcium_lies_on_its_artery(calcified: PhantomCase) -> None:
    for artery in Artery:
        calcium = calcified.labels == artery.calcium_code
        vessel = (calcified.labels == artery.vessel_code) | calcium
        others = (calcified.labels > 0) & ~vessel
        if calcium.any():
            near = binary_dilation(vessel & ~calcium, iterations=2)
            assert np.mean(near[calcium]) > 0.8
            assert not (calcium & others).any()


def test_no_calcium_without_plaques() -> None:
    case = make_case(6, options=replace(TINY, burden="zero"))
    assert case.labels.max() == 3
    assert case.lesions == ()


def test_lesion_table_agrees_with_the_label_map(calcified: PhantomCase) -> None:
    total = sum(lesion.visible_mm3 for lesion in calcified.lesions)
    assert total == pytest.approx((calcified.labels >= 4).sum() * calcified.grid.voxel_mm3)
    for lesion in calcified.lesions:
        assert lesion.painted_mm3 == pytest.approx(lesion.volume_mm3, rel=0.5, abs=2.0)


def test_painted_volume_is_unbiased(calcified: PhantomCase) -> None:
    painted = sum(lesion.painted_mm3 for lesion in calcified.lesions)
    assert painted == pytest.approx(sum(lesion.volume_mm3 for lesion in calcified.lesions), rel=0.1)


def test_arteries_lie_in_the_heart(calcified: PhantomCase) -> None:
    heart = calcified.auxiliary["heart"] > 0
    assert np.mean(heart[calcified.labels > 0]) > 0.93


def test_motion_moves_labels_with_the_image() -> None:
    small = replace(TINY, contrast=0.0, mimics=0.0, noise=False, burden="many")
    still, beating = (make_case(7, options=replace(small, motion=m)) for m in (0.0, 1.0))
    assert not np.array_equal(still.hu, beating.hu)
    assert not np.array_equal(still.labels, beating.labels)
    calcium = beating.labels >= 4
    assert calcium.any()
    assert beating.hu[calcium].min() >= beating.threshold_hu - 1


def test_contrast_fills_the_heart() -> None:
    case = make_case(8, options=replace(TINY, contrast=1.0))
    assert case.threshold_hu > 130.0
    assert case.scan.acquisition.contrast is True
    assert np.median(case.hu[case.auxiliary["aorta"] > 0]) > 65


def test_chest_holds_the_whole_heart() -> None:
    case = make_chest(2, spacing_mm=6.0)
    heart = case.auxiliary["heart"] > 0
    millilitres = heart.sum() * case.grid.voxel_mm3 / 1000
    assert 350 < millilitres < 1300
    edge = heart.copy()
    edge[1:-1, 1:-1, 1:-1] = False
    assert not edge.any()


def test_the_case_can_be_made_again_from_its_json(calcified: PhantomCase) -> None:
    truth = json.loads(truth_text(case_truth(calcified, "0")))
    options = PhantomOptions.from_dict(truth["parameters"]["options"])
    again = make_case(truth["seed"], options=options)
    np.testing.assert_array_equal(again.hu, calcified.hu)
    assert len(truth["parameters"]["plaques"]) == len(calcified.lesions)
    assert set(truth["parameters"]["anatomy"]["courses"]) >= {"RCA", "LM", "LAD", "LCX"}


def test_an_option_leaves_all_else_as_it_is(calcified: PhantomCase) -> None:
    other = make_case(11, options=replace(TINY, burden="zero", contrast=1.0, mimics=1.0))
    assert other.parameters["anatomy"] == calcified.parameters["anatomy"]
    assert other.parameters["scanner"]["sigma_mm"] == calcified.parameters["scanner"]["sigma_mm"]


def test_agatston_of_an_artery_is_that_of_its_lesions(calcified: PhantomCase) -> None:
    for artery in Artery:
        alone = [x.agatston for x in calcified.lesions if x.artery == artery.value]
        together = calcified.agatston[artery.value]
        # Lesions that touch share a peak, so that the artery may score more.
        assert sum(alone) * 0.7 <= together <= 2.0 * sum(alone) + 1e-6


def test_fat_is_that_of_hearts(calcified: PhantomCase) -> None:
    assert 30.0 <= calcified.parameters["fat_ml"] <= 200.0
