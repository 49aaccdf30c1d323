"""Bodies of known size: lost and wrong voxel sizes are noticed or refused, right ones pass."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.errors import ScanNotAdmitted
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import Check, admit, check_scan
from corcal.settings import Admission

LIMITS = Admission()
SHAPE = (100, 100, 120)
#: (slice, row, column): a body 80 columns wide and lungs 60 slices high.
BODY, LUNGS = np.s_[:, 20:80, 20:100], np.s_[20:80, 30:70, 30:90]


def chest() -> NDArray[np.int16]:
    hu = np.full(SHAPE, -1000, np.int16)
    hu[BODY] = 40
    hu[LUNGS] = -850
    hu[:, 84:86, 10:110] = 200  # a table
    hu[0, 20, 20] = 1600
    return hu


def check(
    spacing_mm: tuple[float, float, float],
    hu: NDArray[np.int16] | None = None,
    origin_mm: tuple[float, float, float] = (-9.0, 4.0, 7.0),
) -> Check:
    scan = Scan(chest() if hu is None else hu, Grid.axial(SHAPE, spacing_mm, origin_mm))
    (found,) = (c for c in check_scan(scan, LIMITS) if c.name == "body-size")
    return found


def test_a_body_of_a_persons_size_passes_with_its_size() -> None:
    found = check((3.0, 4.0, 4.0))
    assert (found.passed, found.text) == (
        True,
        "The body is 32 cm wide, the lungs are 18 cm high.",
    )


@pytest.mark.parametrize(
    ("spacing_mm", "says"),
    [
        ((3.0, 2.5, 2.5), "The body is 20 cm wide (a chest is 25 to 60 cm)"),
        ((1.0, 4.0, 4.0), "the lungs are 6 cm high (they are 10 to 45 cm)"),
    ],
)
def test_an_unusual_size_is_noticed(spacing_mm: tuple[float, float, float], says: str) -> None:
    found = check(spacing_mm)
    assert (found.passed, found.refuses) == (False, False)
    assert says in found.text
    assert found.text.endswith("Is the voxel size right?")


def test_an_impossible_width_is_refused() -> None:
    scan = Scan(chest(), Grid.axial(SHAPE, (3.0, 12.0, 12.0), (1.0, 1.0, 1.0)))
    with pytest.raises(ScanNotAdmitted, match=r"The body is 96 cm wide .*voxel size is wrong"):
        admit(scan, LIMITS)


def test_the_geometry_of_a_bare_array_is_refused_where_no_body_has_it() -> None:
    found = check((1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0))
    assert (found.passed, found.refuses) == (False, True)
    assert found.text.startswith("Voxels of exactly 1 x 1 x 1 mm, with the origin at 0, are those")
    assert "The body is 8 cm wide (a chest is 25 to 60 cm)" in found.text


def test_the_geometry_of_a_bare_array_is_noticed_where_the_body_says_nothing() -> None:
    whole = np.full(SHAPE, 40, np.int16)
    for origin_mm in ((0.0, 0.0, 0.0), (-119.0, 0.0, 0.0), (0.0, -99.0, -99.0)):
        found = check((1.0, 1.0, 1.0), whole, origin_mm)
        assert (found.passed, found.refuses) == (False, False)
        assert "cannot be measured. If the voxel size was lost, every area" in found.text
    # An origin of a scanner, or other voxels, are no sign of a loss.
    assert check((1.0, 1.0, 1.0), whole, (-119.5, 0.0, 0.0)).passed
    assert check((1.0, 1.0, 1.01), whole, (0.0, 0.0, 0.0)).passed


def test_a_field_inside_the_chest_is_not_measured() -> None:
    hu = chest()
    hu[:, :, :30] = hu[:, :, 90:] = -850  # lung to both edges
    assert "cannot be measured" in check((3.0, 2.0, 2.0), hu).text.replace(", the lungs", "")


def test_a_round_field_that_cuts_the_body_is_not_measured() -> None:
    rows, columns = np.indices(SHAPE[1:])
    circle = ((rows - 49.5) / 50) ** 2 + ((columns - 59.5) / 60) ** 2 <= 1
    hu = np.where(circle, 40, -1024).astype(np.int16)[None].repeat(SHAPE[0], 0)
    assert check((3.0, 1.5, 1.5), hu).text == (
        "The body is not whole in the field, and cannot be measured."
    )
