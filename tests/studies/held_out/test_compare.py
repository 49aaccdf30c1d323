"""Found beside drawn, by artery."""

from __future__ import annotations

import numpy as np
import pytest

from corcal.core.errors import GridMismatch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.studies.held_out.compare import compare, summarise

GRID = Grid.axial((4, 4, 10), (1.0, 1.0, 1.0))


def labels(**rows: int) -> ArteryLabels:
    """Return labels with a code from the start of row r of the first slice, n voxels long."""
    codes = np.zeros(GRID.shape, np.uint8)
    for name, count in rows.items():
        _, code, row = name.split("_")
        codes[0, int(row), :count] = int(code)
    return ArteryLabels(codes, GRID)


def test_volumes_and_dice() -> None:
    rca, lad, lcx = compare(
        "c", labels(code_4_0=4, code_2_1=6), labels(code_4_0=8, code_5_1=6, code_3_2=5)
    )
    assert (rca.drawn_ml, rca.found_ml) == (0.004, 0.008)
    assert rca.calcium_dice == pytest.approx(2 * 4 / 12)
    assert (lad.drawn_ml, lad.found_ml, lad.calcium_dice, lad.artery_dice) == (0, 0.006, 0.0, 1.0)
    assert (lcx.calcium_dice, lcx.artery_dice) == (None, 0.0)


def test_presence_over_scans() -> None:
    rows = [
        *compare("a", labels(code_4_0=2), labels(code_4_0=2)),
        *compare("b", labels(code_4_0=2), labels()),
        *compare("c", labels(), labels()),
    ]
    rca, lad, _ = summarise(rows)
    assert (rca.scans, rca.present, rca.sensitivity, rca.specificity) == (3, 2, 0.5, 1.0)
    assert rca.calcium_dice == 0.5
    assert (lad.present, lad.sensitivity, lad.specificity) == (0, None, 1.0)
    assert lad.calcium_dice is None


def test_labels_of_two_scans_are_not_compared() -> None:
    other = Grid.axial((4, 4, 10), (2.0, 1.0, 1.0))
    found = ArteryLabels(np.zeros(other.shape, np.uint8), other)
    with pytest.raises(GridMismatch):
        compare("c", labels(), found)
