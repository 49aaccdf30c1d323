"""Thin slices are averaged to slabs before the Agatston score is taken."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.score import ArteryScore
from corcal.quantify import make_cac_drs, score_voxels
from corcal.quantify.slabs import slab_depth_mm
from corcal.settings import Scoring
from tests.quantify import blobs

SLABS = "averaged to 3.0 mm slabs"


def stack(values_hu: list[int], *, dz_mm: float = 1.0) -> tuple[Any, Any, Grid]:
    """Return slices of 40 HU with a plaque of 2 x 2 mm; 40 leaves a slice unlabelled."""
    hu = np.full((len(values_hu), 8, 8), 40, dtype=np.int16)
    codes = np.zeros(hu.shape, dtype=np.uint8)
    for i, value in enumerate(values_hu):
        hu[i, 3:5, 3:5] = value
        codes[i, 3:5, 3:5] = Artery.LAD.calcium_code if value != 40 else 0
    return hu, codes, Grid.axial(hu.shape, (dz_mm, 1.0, 1.0))


def lad(values_hu: list[int], *, dz_mm: float = 1.0) -> ArteryScore:
    score = score_voxels(*stack(values_hu, dz_mm=dz_mm), Scoring())
    assert score.method == SLABS
    return score.of(Artery.LAD)


@given(seed=blobs.seeds)
@settings(max_examples=60, deadline=None)
def test_thick_slices_cut_thin_score_as_they_did(seed: int) -> None:
    hu, codes = blobs.volume(seed)
    thick = score_voxels(hu, codes, Grid.axial(hu.shape, (3.0, 0.8, 0.7)), Scoring())
    cut_hu, cut_codes = np.repeat(hu, 3, axis=0), np.repeat(codes, 3, axis=0)
    thin = score_voxels(cut_hu, cut_codes, Grid.axial(cut_hu.shape, (1.0, 0.8, 0.7)), Scoring())

    assert (thick.method, thin.method) == ("native slices, increment/3", SLABS)
    for a, b in zip(thick.arteries, thin.arteries, strict=True):
        assert b.agatston == pytest.approx(a.agatston)
        assert b.volume_mm3 == pytest.approx(a.volume_mm3)
        assert b.density == pytest.approx(a.density)
        assert [x.agatston for x in b.lesions] == pytest.approx([x.agatston for x in a.lesions])


@given(
    dz_mm=st.floats(0.3, 2.4),
    slices=st.integers(1, 30),
    hu=st.sampled_from([130, 199, 200, 300, 400, 1500]),
)
@settings(deadline=None)
def test_a_plaque_through_every_slice_scores_by_its_length(
    dz_mm: float, slices: int, hu: int
) -> None:
    weight = 1 + sum(hu >= bound for bound in (200, 300, 400))
    assert lad([hu] * slices, dz_mm=dz_mm).agatston == pytest.approx(
        4 * weight * slices * dz_mm / 3
    )


def test_slices_share_in_slabs_by_how_much_of_them_lies_inside() -> None:
    # Calcium from 2.5 to 7.5 mm: slab 1 holds 0.5 mm of it (140 HU), slab 2 nothing else
    # (640 HU), slab 3 holds 1.5 mm (340 HU).
    score = lad([40, 40, 640, 640, 640, 640, 40, 40, 40, 40, 40, 40], dz_mm=1.25)
    assert score.agatston == pytest.approx(4 * (1 + 4 + 3))
    assert score.density == pytest.approx(8 / 3)
    assert score.volume_mm3 == pytest.approx(4 * 4 * 1.25)


def test_a_small_dense_lesion_survives_the_averaging() -> None:
    score = lad([40, 500, 40])  # (40 + 500 + 40) / 3 = 193 HU
    assert score.agatston == pytest.approx(4)
    assert score.peak_hu == 500


def test_a_faint_lesion_is_present_but_scores_nothing() -> None:
    score = score_voxels(*stack([40, 150, 40]), Scoring())
    artery = score.of(Artery.LAD)
    assert (artery.present, artery.agatston, artery.density) == (True, 0.0, None)
    assert artery.volume_mm3 == pytest.approx(4)
    assert len(artery.lesions) == 1
    assert str(make_cac_drs(score, Scoring(), gated=False)) == "V1/N1"
    assert str(make_cac_drs(score, Scoring(), gated=True)) == "A0/N0"


def test_lesions_that_share_a_slab_share_its_score_by_volume() -> None:
    first, second = lad([500, 40, 500]).lesions  # 347 HU, weight 3
    assert (first.agatston, second.agatston) == pytest.approx((6, 6))


def test_the_last_slab_counts_for_what_there_is_of_it() -> None:
    assert lad([40, 40, 40, 450]).agatston == pytest.approx(4 * 4 / 3)


def test_unlabelled_calcium_in_the_slab_stays_out() -> None:
    hu, codes, grid = stack([450, 450, 450])
    hu[:, 3:5, 5:7] = 900
    assert score_voxels(hu, codes, grid, Scoring()).agatston == pytest.approx(16)


@pytest.mark.parametrize(
    ("dz_mm", "thickness_mm", "slab_mm"),
    [
        (1.0, 1.0, 3.0),
        (1.0, None, 3.0),
        (0.7, 1.4, 3.0),
        (2.0, 2.0, 3.0),
        (1.5, 3.0, None),
        (2.5, 2.5, None),
        (2.5, None, None),
        (3.0, 3.0, None),
        (5.0, 1.0, None),
    ],
)
def test_only_thin_slices_are_averaged(
    dz_mm: float, thickness_mm: float | None, slab_mm: float | None
) -> None:
    grid = Grid.axial((10, 4, 4), (dz_mm, 1.0, 1.0))
    assert slab_depth_mm(grid, thickness_mm, Scoring()) == slab_mm


def test_slabs_no_deeper_than_a_slice_are_no_slabs() -> None:
    grid = Grid.axial((10, 4, 4), (2.0, 1.0, 1.0))
    assert slab_depth_mm(grid, None, Scoring(slab_mm=2.0)) is None
