"""Calcium labels made to fit the scan's own voxels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from corcal.core.artery import Artery
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.label.completion import complete_calcium
from corcal.settings import Segmentation, Settings

SHAPE = (6, 20, 24)
GRID = Grid.axial(SHAPE, (2.0, 1.0, 1.0))
RCA, LAD, LCX = Artery
DATA = Path(__file__).parents[3] / "shared" / "data"


class Case:
    """A scan at 40 HU and its labels, to be painted."""

    def __init__(self) -> None:
        self.hu = np.full(SHAPE, 40, dtype=np.int16)
        self.codes = np.zeros(SHAPE, dtype=np.uint8)

    def vessel(self, artery: Artery, *where: Any) -> None:
        self.codes[where] = artery.vessel_code

    def label(self, artery: Artery, *where: Any) -> None:
        self.codes[where] = artery.calcium_code

    def bright(self, *where: Any, hu: int = 300) -> None:
        self.hu[where] = hu

    def tidied(self, **changes: Any) -> np.ndarray:
        settings = Segmentation(**changes)
        scan, labels = Scan(self.hu, GRID), ArteryLabels(self.codes, GRID)
        before = self.codes.copy()
        after = complete_calcium(scan, labels, settings=settings, threshold_hu=130.0)
        np.testing.assert_array_equal(labels.codes, before)
        return after.codes


@pytest.fixture
def case() -> Case:
    """An RCA along row 10, from column 2 to 12, without calcium."""
    case = Case()
    case.vessel(RCA, 3, slice(9, 12), slice(2, 12))
    return case


def painted(**regions: tuple[Any, ...]) -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=bool)
    for where in regions.values():
        mask[where] = True
    return mask


def test_a_plaque_wider_than_its_label_is_completed(case: Case) -> None:
    case.bright(slice(2, 5), slice(9, 12), slice(5, 9))
    case.label(RCA, 3, 10, slice(6, 8))
    expected = case.codes.copy()
    expected[2:5, 9:12, 5:9] = RCA.calcium_code
    np.testing.assert_array_equal(case.tidied(), expected)


def test_label_voxels_below_the_threshold_become_vessel(case: Case) -> None:
    case.bright(3, 10, slice(5, 9), hu=130)
    case.bright(3, 9, slice(5, 9), hu=129)
    case.label(RCA, 3, slice(9, 12), slice(5, 9))
    expected = case.codes.copy()
    expected[3, 9:12, 5:9] = RCA.vessel_code
    expected[3, 10, 5:9] = RCA.calcium_code
    np.testing.assert_array_equal(case.tidied(), expected)


def test_completion_stops_at_the_reach(case: Case) -> None:
    case.bright(3, 10, slice(5, 24))  # touches bone that runs out of the picture
    case.label(RCA, 3, 10, slice(5, 7))
    calcium = case.tidied() == RCA.calcium_code
    np.testing.assert_array_equal(calcium, painted(a=(3, 10, slice(5, 11))))  # 4 mm beyond 6


def test_bright_voxels_near_by_but_apart_do_not_join(case: Case) -> None:
    case.bright(3, 10, slice(5, 7))
    case.bright(3, 10, slice(8, 10))
    case.label(RCA, 3, 10, slice(5, 7))
    calcium = case.tidied() == RCA.calcium_code
    np.testing.assert_array_equal(calcium, painted(a=(3, 10, slice(5, 7))))


def test_a_path_out_of_the_reach_does_not_connect(case: Case) -> None:
    case.bright(3, 10, slice(5, 7))
    case.bright(3, slice(3, 10), 6)  # away from the label, out of reach,
    case.bright(3, 3, slice(6, 9))
    case.bright(3, slice(3, 11), 8)  # and back to 2 mm from it
    case.label(RCA, 3, 10, slice(5, 7))
    calcium = case.tidied(reach_mm=3.0) == RCA.calcium_code
    expected = painted(a=(3, 10, slice(5, 7)), b=(3, slice(7, 10), 6))
    np.testing.assert_array_equal(calcium, expected)


def test_a_label_beside_its_calcium_still_finds_it(case: Case) -> None:
    case.bright(3, 9, slice(5, 9))
    case.label(RCA, 3, 10, slice(5, 9))  # one row off: not one of its voxels is bright
    calcium = case.tidied() == RCA.calcium_code
    np.testing.assert_array_equal(calcium, painted(a=(3, 9, slice(5, 9))))


def test_two_arteries_share_a_plaque_at_the_middle(case: Case) -> None:
    case.vessel(LAD, 3, 10, slice(13, 18))
    case.bright(3, 10, slice(5, 16))
    case.label(RCA, 3, 10, slice(5, 8))
    case.label(LAD, 3, 10, slice(13, 16))
    case.codes[3, 10, 8:13] = 0
    after = case.tidied()
    # 10 lies 3 mm from both: the first in the order of arteries.
    np.testing.assert_array_equal(after == RCA.calcium_code, painted(a=(3, 10, slice(5, 11))))
    np.testing.assert_array_equal(after == LAD.calcium_code, painted(a=(3, 10, slice(11, 16))))


def test_another_arterys_voxels_never_change_sides(case: Case) -> None:
    case.vessel(LCX, 3, 10, slice(8, 12))
    case.bright(3, 10, slice(5, 12))
    case.label(RCA, 3, 10, slice(5, 8))
    after = case.tidied()
    np.testing.assert_array_equal(after[3, 10, 5:12], [4] * 3 + [3] * 4)


@pytest.mark.parametrize(
    ("columns", "min_voxels", "min_mm3", "stays"),
    [(1, 2, 0.0, False), (2, 2, 0.0, True), (2, 1, 4.1, False), (2, 1, 4.0, True)],
)
@pytest.mark.parametrize("fill", [True, False])
def test_specks_become_vessel(
    case: Case, fill: bool, columns: int, min_voxels: int, min_mm3: float, stays: bool
) -> None:
    where = (3, 10, slice(5, 5 + columns))
    case.bright(*where)
    case.label(RCA, *where)
    after = case.tidied(fill_calcium=fill, min_lesion_voxels=min_voxels, min_lesion_mm3=min_mm3)
    code = RCA.calcium_code if stays else RCA.vessel_code
    assert after[where].tolist() == [code] * columns


def test_background_that_joined_a_dropped_speck_stays_background(case: Case) -> None:
    case.bright(3, 12, 5)  # one voxel, beside a label with nothing in it
    case.label(RCA, 3, 11, 5)
    expected = case.codes.copy()
    expected[3, 11, 5] = RCA.vessel_code
    np.testing.assert_array_equal(case.tidied(), expected)


@given(seed=st.integers(0, 9999))
@hypothesis_settings(max_examples=40, deadline=None)
def test_the_papers_settings_leave_labels_as_painted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = ArteryLabels(rng.integers(0, 7, SHAPE).astype(np.uint8), GRID)
    scan = Scan(rng.integers(0, 300, SHAPE).astype(np.int16), GRID)
    after = complete_calcium(
        scan, labels, settings=Settings.paper().segmentation, threshold_hu=130.0
    )
    np.testing.assert_array_equal(after.codes, labels.codes)


@given(seed=st.integers(0, 9999))
@hypothesis_settings(max_examples=40, deadline=None)
def test_calcium_is_bright_and_vessels_keep_their_artery(seed: int) -> None:
    rng = np.random.default_rng(seed)
    painted_codes = rng.integers(0, 7, SHAPE) * (rng.random(SHAPE) < 0.1)
    labels = ArteryLabels(painted_codes.astype(np.uint8), GRID)
    scan = Scan(rng.integers(0, 260, SHAPE).astype(np.int16), GRID)
    after = complete_calcium(scan, labels, settings=Segmentation(), threshold_hu=130.0).codes
    assert scan.hu[after > 3].min(initial=130) >= 130
    vessel = (labels.codes > 0) & (labels.codes <= 3)
    np.testing.assert_array_equal(labels.codes[vessel], (after[vessel] - 1) % 3 + 1)


def test_labels_without_calcium_come_back_as_they_are(case: Case) -> None:
    np.testing.assert_array_equal(case.tidied(), case.codes)


def test_labels_on_another_grid_are_refused() -> None:
    elsewhere = ArteryLabels(np.zeros(SHAPE, np.uint8), Grid.axial(SHAPE, (2.0, 1.0, 1.1)))
    with pytest.raises(GridMismatch, match="labels to complete"):
        complete_calcium(
            Scan(np.zeros(SHAPE, np.int16), GRID),
            elsewhere,
            settings=Segmentation(),
            threshold_hu=130.0,
        )


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the annotated scans are not beside the project")
def test_labels_one_voxel_off_still_find_the_outlined_calcium() -> None:
    name = "LCTSC-Test-S1-104"
    hu, calcium, vessels = (
        sitk.GetArrayFromImage(sitk.ReadImage(str(DATA / f"{name}.nii.gz")))
        for name in (f"ct/{name}", f"annotations/{name}_calcium", f"annotations/{name}_vessels")
    )
    grid = Grid.axial(hu.shape, (3.0, 0.9765625, 0.9765625))
    truth = np.where(np.isin(calcium, (1, 2, 3)), calcium + 3, vessels).astype(np.uint8)
    shifted = ArteryLabels(np.roll(truth, (1, 1), axis=(1, 2)), grid)

    after = complete_calcium(
        Scan(hu, grid), shifted, settings=Segmentation(), threshold_hu=130.0
    ).codes

    for artery in Artery:
        np.testing.assert_array_equal(after == artery.calcium_code, truth == artery.calcium_code)
