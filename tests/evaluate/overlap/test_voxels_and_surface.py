"""Overlap and surface distances against ITK's own filters, and where one side is empty."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.evaluate.overlap.surface import border, surface_distance
from corcal.evaluate.overlap.voxels import overlap_of

GRID = Grid.axial((14, 20, 24), (2.5, 0.7, 0.9))
EMPTY = np.zeros(GRID.shape, np.bool_)


def blob(seed: int, shape: tuple[int, int, int] = GRID.shape) -> NDArray[np.bool_]:
    """A few boxes at random: surfaces with corners, holes between them, and the array's edge."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(shape, np.bool_)
    for _ in range(4):
        a = [int(rng.integers(0, n - 2)) for n in shape]
        b = [int(rng.integers(lo + 1, n + 1)) for lo, n in zip(a, shape, strict=True)]
        mask[a[0] : b[0], a[1] : b[1], a[2] : b[2]] = True
    return mask


def as_itk(mask: NDArray[np.bool_], grid: Grid) -> sitk.Image:
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(grid.spacing_mm[::-1])
    return image


def itk_distances(first: sitk.Image, second: sitk.Image) -> NDArray[np.float32]:
    """Distance of every contour voxel of the first to the contour of the second, by ITK."""
    # A rim of background: ITK's contour filter does not see the edge of the image as one.
    first, second = (sitk.ConstantPad(i, [1, 1, 1], [1, 1, 1], 0) for i in (first, second))
    contour = sitk.LabelContour(second, fullyConnected=False)
    away = sitk.Abs(sitk.SignedMaurerDistanceMap(contour, squaredDistance=False,
                                                 useImageSpacing=True))  # fmt: skip
    on = sitk.GetArrayFromImage(sitk.LabelContour(first, fullyConnected=False)) > 0
    distances: NDArray[np.float32] = sitk.GetArrayFromImage(away)[on]
    return distances


@pytest.mark.parametrize("seed", range(12))
def test_overlap_as_itk_measures_it(seed: int) -> None:
    a, b = blob(seed), blob(seed + 100)
    measured = sitk.LabelOverlapMeasuresImageFilter()
    measured.Execute(as_itk(a, GRID), as_itk(b, GRID))
    found = overlap_of(a, b, GRID)
    assert found.dice == pytest.approx(measured.GetDiceCoefficient())
    assert found.jaccard == pytest.approx(measured.GetJaccardCoefficient())
    assert found.presence == "both"


@pytest.mark.parametrize("seed", range(12))
def test_surface_distances_as_itk_measures_them(seed: int) -> None:
    a, b = blob(seed), blob(seed + 100)
    to_b = itk_distances(as_itk(a, GRID), as_itk(b, GRID))
    to_a = itk_distances(as_itk(b, GRID), as_itk(a, GRID))
    found = surface_distance(a, b, GRID)
    assert found is not None
    assert found.mean_mm == pytest.approx(np.concatenate([to_a, to_b]).mean(), rel=1e-5)
    expected = max(np.percentile(to_a, 95), np.percentile(to_b, 95))
    assert found.hd95_mm == pytest.approx(expected, rel=1e-5)


def test_hausdorff_distance_of_two_voxels() -> None:
    a, b = EMPTY.copy(), EMPTY.copy()
    a[2, 3, 4], b[4, 3, 7] = True, True
    found = surface_distance(a, b, GRID)
    filtered = sitk.HausdorffDistanceImageFilter()
    filtered.Execute(as_itk(a, GRID), as_itk(b, GRID))
    assert found is not None
    assert found.hd95_mm == found.mean_mm == pytest.approx(np.hypot(5.0, 2.7))
    assert found.hd95_mm == pytest.approx(filtered.GetHausdorffDistance())


def test_shifted_cubes_by_hand() -> None:
    grid = Grid.axial((10, 10, 20), (1.0, 1.0, 1.0))
    a, b = np.zeros(grid.shape, np.bool_), np.zeros(grid.shape, np.bool_)
    a[2:6, 2:6, 2:6] = True
    b[2:6, 2:6, 4:8] = True
    found = overlap_of(a, b, grid)
    assert found.dice == 0.5
    assert found.jaccard == pytest.approx(1 / 3)
    assert found.predicted_ml == pytest.approx(0.064)
    assert found.difference_ml == 0.0
    assert found.hd95_mm == pytest.approx(2.0)


def test_distances_are_the_same_on_a_turned_grid() -> None:
    a, b = blob(3), blob(4)
    turn = np.array([[0.6, -0.8, 0, 0], [0.8, 0.6, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    turned = Grid(GRID.shape, turn @ GRID.affine)
    straight, oblique = surface_distance(a, b, GRID), surface_distance(a, b, turned)
    assert straight is not None
    assert oblique is not None
    assert oblique.mean_mm == pytest.approx(straight.mean_mm)
    assert oblique.hd95_mm == pytest.approx(straight.hd95_mm)


def test_the_border_is_what_has_a_face_outside() -> None:
    mask = np.ones((3, 3, 3), np.bool_)
    assert len(border(mask)) == 26
    assert len(border(EMPTY)) == 0


@pytest.mark.parametrize(
    ("predicted", "reference", "dice", "presence"),
    [
        (EMPTY, EMPTY, None, "neither"),
        (blob(1), EMPTY, 0.0, "prediction"),
        (EMPTY, blob(1), 0.0, "reference"),
        (blob(1), blob(1), 1.0, "both"),
    ],
)
def test_every_empty_case_is_defined(
    predicted: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    dice: float | None,
    presence: str,
) -> None:
    found = overlap_of(predicted, reference, GRID)
    assert (found.dice, found.jaccard, found.presence) == (dice, dice, presence)
    defined = presence == "both"
    assert (found.hd95_mm, found.mean_surface_mm) == ((0.0, 0.0) if defined else (None, None))
