"""Labels that cannot be of their scan, on a small chest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.annotate.checks.plausibility import require_plausible
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from tests.annotate.drawings import GRID, chest, heart

Change = Callable[[NDArray[np.uint8]], NDArray[np.generic]]


def checked(
    codes: NDArray[np.generic], seen: NDArray[np.uint8] | None = None, **given: bool
) -> tuple[dict[str, float], list[str]]:
    """Ask a chest with one set of labels about another."""
    scan = chest(heart() if seen is None else seen)
    labels = ArteryLabels(np.ascontiguousarray(codes).astype(np.uint8), GRID)
    checks, notices = require_plausible(labels, scan, threshold_hu=130.0, name="a.con", **given)
    return checks, [n.code for n in notices]


def test_right_labels_pass_and_leave_their_numbers() -> None:
    checks, notices = checked(heart())
    assert notices == []
    assert checks["calcium-bright"] > 0.9
    assert checks["arteries-outside-lung"] == 1.0
    assert checks["arteries-agree"] > 0.4
    assert checks["rca-lad-mm"] == pytest.approx(0.7 * 21, abs=2)
    assert set(checks) > {"rca-lcx-mm", "lad-lcx-mm"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: np.array([0, 2, 1, 3, 5, 4, 6])[c], "mm to the left of that of the LAD"),
        (lambda c: np.array([0, 1, 3, 2, 4, 6, 5])[c], "mm behind that of the LCX"),
        (lambda c: np.where(c > 3, c - 3, np.where(c > 0, c + 3, 0)), "% of the calcium's voxels"),
        (lambda c: np.roll(c, -8, axis=1), "the arteries hardly stand out"),
        (lambda c: np.roll(c, -11, axis=1), "of the arteries' voxels are lung"),
    ],
)
def test_what_cannot_be_is_refused_with_the_numbers(change: Change, words: str) -> None:
    with pytest.raises(AnnotationRefused) as error:
        checked(change(heart()))
    assert str(error.value).startswith("a.con: cannot be of this scan, or its classes are mixed up")
    assert words in str(error.value)
    _, notices = checked(change(heart()), refuse=False)
    assert notices


def test_what_is_only_doubtful_is_noted() -> None:
    codes = heart()
    faint = codes.copy()
    # A part of the calcium that is drawn cannot be seen.
    faint[5] = np.where(faint[5] > 3, faint[5] - 3, faint[5])
    assert checked(codes, faint)[1] == ["calcium-bright"]


def test_one_artery_alone_is_asked_for_its_values_only() -> None:
    codes = np.where(heart() == 3, 3, 0).astype(np.uint8)
    codes[heart() == 6] = 3
    checks, notices = checked(codes)
    assert set(checks) == {"arteries-outside-lung", "arteries-agree"}
    assert notices == []


def test_no_labels_are_no_doubt() -> None:
    assert checked(np.zeros(GRID.shape, dtype=np.uint8)) == ({}, [])
