"""Lesions found and made up, and the free-response curve, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from corcal.core.grid import Grid
from corcal.evaluate.overlap.froc import free_response
from corcal.evaluate.overlap.lesions import (
    Candidate,
    LesionCounts,
    LesionMatch,
    match_lesions,
    sum_lesions,
)

GRID = Grid.axial((4, 12, 12), (3.0, 1.0, 0.5))


def test_lesions_that_meet_by_hand() -> None:
    predicted, reference = np.zeros(GRID.shape, np.bool_), np.zeros(GRID.shape, np.bool_)
    reference[1, 1:3, 1:3] = True  # found
    reference[1, 6, 1:3] = True  # found by the same prediction
    predicted[1, 2:7, 2] = True
    reference[3, 10, 10] = True  # missed
    predicted[0, 10, 3:5] = True  # made up
    found = match_lesions(predicted, reference, GRID, connectivity=26)
    assert (found.reference, found.found, found.right) == (3, 2, 1)
    # 1.5 mm3 a voxel: the made-up one comes first in the scan.
    assert [c.volume_mm3 for c in found.candidates] == pytest.approx([3.0, 7.5])
    counts = sum_lesions([found])
    assert counts == LesionCounts(3, 2, 2, 1)
    assert (counts.sensitivity, counts.precision) == (2 / 3, 0.5)
    assert counts.f1 == pytest.approx(4 / 7)


@pytest.mark.parametrize("connectivity", [6, 26])
def test_number_of_lesions_as_itk_counts_them(connectivity: int) -> None:
    mask = np.random.default_rng(2).random(GRID.shape) < 0.15
    labelled = sitk.ConnectedComponent(
        sitk.GetImageFromArray(mask.astype(np.uint8)), connectivity == 26
    )
    found = match_lesions(mask, mask, GRID, connectivity=connectivity)
    assert found.reference == int(sitk.GetArrayFromImage(labelled).max())
    assert found.found == found.right == found.reference


def test_touching_corners_join_only_where_the_settings_say_so() -> None:
    mask = np.zeros(GRID.shape, np.bool_)
    mask[0, 0, 0] = mask[1, 1, 1] = True
    assert match_lesions(mask, mask, GRID, connectivity=26).reference == 1
    assert match_lesions(mask, mask, GRID, connectivity=18).reference == 2


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (LesionCounts(0, 0, 0, 0), (None, None, None)),
        (LesionCounts(0, 0, 2, 0), (None, 0.0, 0.0)),
        (LesionCounts(2, 0, 0, 0), (0.0, None, 0.0)),
        (LesionCounts(2, 0, 2, 0), (0.0, 0.0, 0.0)),
        (LesionCounts(2, 2, 3, 3), (1.0, 1.0, 1.0)),
    ],
)
def test_without_lesions_on_a_side(
    counts: LesionCounts, expected: tuple[float | None, ...]
) -> None:
    assert (counts.sensitivity, counts.precision, counts.f1) == expected


def match(reference: int, *candidates: tuple[float, set[int]]) -> LesionMatch:
    return LesionMatch(reference, tuple(Candidate(v, frozenset(h)) for v, h in candidates))


def test_free_response_by_hand() -> None:
    # Ranked: 9 (hit), 8 (false), 5 (hit and a tie: false), 2 (hits one found already), 1 (hit).
    curve = free_response([match(2, (9.0, {0}), (5.0, set()), (1.0, {1})), match(2, (8.0, set()),
                          (5.0, {0}), (2.0, {0}))])  # fmt: skip
    assert curve is not None
    assert [(p.volume_mm3, p.false_per_scan, p.sensitivity) for p in curve.points] == [
        (9.0, 0.0, 0.25),
        (8.0, 0.5, 0.25),
        (5.0, 1.0, 0.5),
        (2.0, 1.0, 0.5),
        (1.0, 1.0, 0.75),
    ]
    read = [curve.sensitivity_at(r) for r in (0.0, 0.125, 0.5, 1.0, 8.0)]
    assert read == [0.25, 0.25, 0.25, 0.75, 0.75]
    assert curve.mean_sensitivity == pytest.approx((3 * 0.25 + 4 * 0.75) / 7)


def test_free_response_of_nothing() -> None:
    assert free_response([match(0, (3.0, set()))]) is None
    curve = free_response([match(2)])
    assert curve is not None
    assert (curve.points, curve.sensitivity_at(8.0)) == ((), 0.0)
