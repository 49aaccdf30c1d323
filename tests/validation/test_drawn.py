"""The category of drawn calcium on the same scan made again."""

from __future__ import annotations

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.scan import Acquisition, Scan
from validation.annotated import Annotated
from validation.drawn import drawn_category
from validation.truth import Calcium, Truth
from validation.variations import resliced, shifted

GRID = Grid.axial((20, 40, 40), (1.0, 0.5, 0.5))
#: 16 mm2 in three slices of 1 mm, 500 HU: 16 x 4 x 3 / 3 = 64.
DRAWN = Box((11, 10, 10), (14, 18, 18))


def case(hu: int = 500, *, known: bool = True) -> Annotated:
    values = np.full(GRID.shape, 40, np.int16)
    values[DRAWN.slices] = hu
    values[2:8, 20:30, 20:30] = 900  # bright, and not drawn
    numbers = np.zeros(GRID.shape, np.uint8)
    numbers[DRAWN.slices] = 1
    nothing = np.zeros(GRID.shape, np.uint8)
    truth = Truth(
        numbers=numbers,
        lesions=(Calcium(1, Artery.LAD, "", (0.0, 0.0, 0.0), 48.0, float(hu)),),
        excused=nothing > 0,
        places=nothing,
        names={},
        heart_mm=np.zeros(3),
        courses={},
    )
    scan = Scan(values, GRID, Acquisition(thickness_mm=1.0))
    return Annotated("x", scan, nothing == 0, truth, known, False, np.empty((0, 3)))


def test_only_drawn_calcium_counts() -> None:
    assert drawn_category(case(), case().scan) == 1


def test_calcium_in_the_next_voxel_belongs_to_it_and_no_further() -> None:
    def with_ring(voxels: int) -> Scan:
        hu = case().scan.hu.copy()
        ring = hu[DRAWN.pad((voxels, voxels, voxels)).slices]
        ring[ring < 130] = 300
        return Scan(hu, GRID, Acquisition(thickness_mm=1.0))

    # 25 mm2 in five slices: 25 x 4 x 5 / 3 = 167; all of two voxels would score 336.
    assert drawn_category(case(), with_ring(1)) == 2
    assert drawn_category(case(), with_ring(2)) == 2


@pytest.mark.parametrize(("hu", "category"), [(500, 1), (150, 0)])
def test_thick_slices_dilute_it(hu: int, category: int) -> None:
    thick = resliced(case(hu).scan, 10.0)
    assert thick is not None
    assert drawn_category(case(hu), thick) == category


def test_it_is_found_on_a_shifted_grid() -> None:
    # Cubic interpolation overshoots at edges: of 500 HU it makes 600, and the score crosses 100.
    assert drawn_category(case(250), shifted(case(250).scan, (0.0, 0.5, -0.33))) == 1


def test_a_scan_that_nobody_read_has_none() -> None:
    assert drawn_category(case(known=False), case().scan) is None
