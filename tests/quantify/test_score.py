"""Scores of whole volumes: an independent referee, and what must never change them."""

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from corcal.core.artery import Artery
from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Acquisition, Scan
from corcal.core.score import CalciumScore
from corcal.quantify import quantify, score_voxels
from corcal.settings import Scoring
from tests.quantify import blobs, referee

SPACING_MM = (2.5, 0.8, 0.7)
GRID = Grid.axial(blobs.SHAPE, SPACING_MM)


def scored(hu: Any, codes: Any, grid: Grid = GRID) -> CalciumScore:
    return score_voxels(hu, codes, grid, Scoring())


def numbers(score: CalciumScore) -> list[tuple[float | None, ...]]:
    return [
        (
            a.agatston,
            a.volume_mm3,
            a.mask_volume_ml,
            a.density,
            a.peak_hu,
            a.mean_hu,
            len(a.lesions),
        )
        for a in score.arteries
    ]


def same(first: CalciumScore, second: CalciumScore) -> None:
    for a, b in zip(numbers(first), numbers(second), strict=True):
        assert a == pytest.approx(b, rel=1e-9)


@given(seed=blobs.seeds)
@settings(max_examples=60, deadline=None)
def test_score_agrees_with_the_slow_and_obvious_way(seed: int) -> None:
    hu, codes = blobs.volume(seed)
    score = scored(hu, codes)
    for artery in Artery:
        mask = codes == artery.calcium_code
        expected = referee.agatston(hu, mask, SPACING_MM[1] * SPACING_MM[2], SPACING_MM[0])
        assert score.of(artery).agatston == pytest.approx(expected, rel=1e-9)
        assert score.of(artery).mask_volume_ml == pytest.approx(mask.sum() * 1.4 / 1000)


@given(seed=blobs.seeds)
@settings(max_examples=40, deadline=None)
def test_lesions_agree_with_simpleitk(seed: int) -> None:
    hu, codes = blobs.volume(seed)
    found = score_voxels(hu, codes, GRID, Scoring(min_area_mm2=0.0))
    for artery in Artery:
        mask = ((codes == artery.calcium_code) & (hu >= 130)).astype(np.uint8)
        parts = sitk.ConnectedComponent(sitk.GetImageFromArray(mask), True)
        shapes = sitk.LabelIntensityStatisticsImageFilter()
        shapes.Execute(parts, sitk.GetImageFromArray(hu))
        expected = sorted(
            (shapes.GetNumberOfPixels(n) * GRID.voxel_mm3, shapes.GetMaximum(n), shapes.GetMean(n))
            for n in shapes.GetLabels()
        )
        lesions = found.of(artery).lesions
        assert sorted((x.volume_mm3, x.peak_hu, x.mean_hu) for x in lesions) == [
            pytest.approx(e) for e in expected
        ]


@given(seed=blobs.seeds, thin=st.booleans())
@settings(max_examples=60, deadline=None)
def test_lesions_add_up_to_their_artery(seed: int, thin: bool) -> None:
    hu, codes = blobs.volume(seed)
    score = scored(hu, codes, Grid.axial(blobs.SHAPE, (1.25 if thin else 2.5, 0.8, 0.7)))
    for artery in score.arteries:
        assert sum(x.agatston for x in artery.lesions) == artery.agatston
        assert sum(x.volume_mm3 for x in artery.lesions) == artery.volume_mm3
        assert artery.present == bool(artery.lesions)
        assert [x.volume_mm3 for x in artery.lesions] == sorted(
            (x.volume_mm3 for x in artery.lesions), reverse=True
        )


@given(seed=blobs.seeds, axis=st.sampled_from([0, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_mirrored_volumes_score_alike(seed: int, axis: int) -> None:
    hu, codes = blobs.volume(seed)
    same(scored(hu, codes), scored(np.flip(hu, axis), np.flip(codes, axis)))


@given(seed=blobs.seeds, before=st.tuples(*[st.integers(0, 4)] * 3))
@settings(max_examples=40, deadline=None)
def test_calcium_elsewhere_in_the_scan_scores_alike(seed: int, before: tuple[int, ...]) -> None:
    hu, codes = blobs.volume(seed)
    pad = [(b, 2) for b in before]
    moved_hu, moved_codes = np.pad(hu, pad, constant_values=40), np.pad(codes, pad)
    moved = scored(moved_hu, moved_codes, Grid.axial(moved_hu.shape, SPACING_MM))
    same(scored(hu, codes), moved)


@given(first=blobs.seeds, second=blobs.seeds)
@settings(max_examples=40, deadline=None)
def test_separate_calcium_adds_up(first: int, second: int) -> None:
    a_hu, a_codes = blobs.volume(first)
    b_hu, b_codes = blobs.volume(second)
    both_hu, both_codes = np.concatenate([a_hu, b_hu]), np.concatenate([a_codes, b_codes])
    both = scored(both_hu, both_codes, Grid.axial(both_hu.shape, SPACING_MM))
    a, b = scored(a_hu, a_codes), scored(b_hu, b_codes)
    for artery in Artery:
        one, two, sum_of = a.of(artery), b.of(artery), both.of(artery)
        assert sum_of.agatston == pytest.approx(one.agatston + two.agatston)
        assert sum_of.volume_mm3 == pytest.approx(one.volume_mm3 + two.volume_mm3)
        assert len(sum_of.lesions) == len(one.lesions) + len(two.lesions)


@given(seed=blobs.seeds, by=st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_brighter_calcium_never_scores_less(seed: int, by: int) -> None:
    hu, codes = blobs.volume(seed)
    dim, bright = scored(hu, codes), scored(hu + np.int16(by), codes)
    for artery in Artery:
        assert bright.of(artery).agatston >= dim.of(artery).agatston - 1e-9
        assert bright.of(artery).volume_mm3 >= dim.of(artery).volume_mm3 - 1e-9


def plaque(spacing_mm: tuple[float, float, float], slices: slice) -> tuple[Any, Any, Grid]:
    hu = np.full((12, 12, 12), 40, dtype=np.int16)
    codes = np.zeros(hu.shape, dtype=np.uint8)
    hu[slices, 3:5, 3:5] = 450
    codes[slices, 3:5, 3:5] = Artery.LCX.calcium_code
    return hu, codes, Grid.axial((12, 12, 12), spacing_mm)


@pytest.mark.parametrize(
    ("thickness_mm", "dz_mm", "factor"),
    [(3.0, 3.0, 1.0), (3.0, 1.5, 0.5), (1.0, 1.0, 1 / 3), (5.0, 5.0, 5 / 3), (3.0, 5.0, 5 / 3)],
    ids=["contiguous", "overlapping", "thin", "thick", "gaps"],
)
def test_slices_weigh_by_their_distance_not_their_thickness(
    thickness_mm: float, dz_mm: float, factor: float
) -> None:
    hu, codes, grid = plaque((dz_mm, 1.0, 1.0), slice(4, 5))
    native = Scoring(slab_below_mm=0.0)
    score = score_voxels(hu, codes, grid, native, thickness_mm=thickness_mm)
    assert score.agatston == pytest.approx(4 * 4 * factor)


def test_a_plaque_scores_alike_contiguous_and_overlapping() -> None:
    contiguous = score_voxels(*plaque((3, 1, 1), slice(2, 4)), Scoring(), thickness_mm=3)
    overlapping = score_voxels(*plaque((1.5, 1, 1), slice(4, 8)), Scoring(), thickness_mm=3)
    assert contiguous.agatston == pytest.approx(overlapping.agatston)
    assert contiguous.method == overlapping.method == "native slices, increment/3"


def test_tilted_slices_count_by_the_distance_between_their_planes() -> None:
    hu, codes, upright = plaque((3, 1, 1), slice(2, 4))
    affine = upright.affine.copy()
    affine[1, 0] = 1.2  # each slice moves to the back: a tilted gantry
    tilted = score_voxels(hu, codes, Grid(upright.shape, affine), Scoring())
    assert tilted.agatston == pytest.approx(32)
    assert tilted.volume_mm3 == pytest.approx(24)


def test_centre_of_a_lesion_lies_in_the_patient() -> None:
    hu, codes, _ = plaque((3, 1, 1), slice(2, 4))
    grid = Grid.axial((12, 12, 12), (3, 1, 1), (-50.0, 20.0, 1000.0))
    (lesion,) = score_voxels(hu, codes, grid, Scoring()).of(Artery.LCX).lesions
    assert lesion.centre_lps_mm == pytest.approx((-46.5, 23.5, 1007.5))


def test_a_scan_without_calcium_scores_nothing_and_has_no_density() -> None:
    hu = np.full((4, 5, 6), 40, dtype=np.int16)
    codes = np.zeros(hu.shape, dtype=np.uint8)
    codes[1, 1:3, 1:3] = Artery.RCA.vessel_code
    score = scored(hu, codes, Grid.axial((4, 5, 6), (1.0, 1.0, 1.0)))
    rca = score.of(Artery.RCA)
    assert (rca.present, rca.agatston, rca.density, rca.peak_hu, rca.mean_hu) == (
        False, 0.0, None, None, None,
    )  # fmt: skip
    assert rca.vessel_ml == pytest.approx(0.004)
    assert (score.vessels, score.mass_mg) == (0, None)


def test_quantify_takes_thickness_and_mass_calibration_from_the_scan() -> None:
    hu, codes, grid = plaque((1.5, 1, 1), slice(4, 8))
    acquisition = Acquisition(thickness_mm=3.0, mass_factors=(0.0008,))
    score = quantify(Scan(hu, grid, acquisition), ArteryLabels(codes, grid), Scoring())
    assert score.method == "native slices, increment/3"
    assert score.of(Artery.LCX).mass_mg == pytest.approx(0.0008 * 450 * 24)
    assert score.of(Artery.RCA).mass_mg == 0.0
    assert score.mass_mg == pytest.approx(8.64)


def test_labels_on_another_grid_are_refused() -> None:
    hu, codes, grid = plaque((3, 1, 1), slice(2, 4))
    elsewhere = Grid.axial(grid.shape, (3, 1, 1), (0.0, 0.0, 30.0))
    with pytest.raises(GridMismatch, match="labels to score"):
        quantify(Scan(hu, grid), ArteryLabels(codes, elsewhere), Scoring())
