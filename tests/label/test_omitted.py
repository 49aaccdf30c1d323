from __future__ import annotations

import numpy as np
import pytest

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.score import OmittedPiece, Place
from corcal.core.steps import LocatedHeart
from corcal.label import find_omitted
from corcal.prepare import Prepared
from corcal.settings import Settings

GRID = Grid.axial((30, 60, 60), (2.0, 1.0, 1.0))
INSIDE, EDGE, ARTERY = (15, 30, 30), (15, 30, 12), (15, 20, 40)


def pieces_of(
    *places: tuple[int, int, int], hu: int = 400, blood: int = 40, counted: bool = False
) -> tuple[OmittedPiece, ...]:
    """Return what is listed of a heart of 40 x 40 x 40 mm with cubes of 8 voxels in it."""
    heart = np.zeros(GRID.shape, bool)
    heart[5:25, 10:50, 10:50] = True
    voxels = np.where(heart, blood, 0).astype(np.int16)
    codes = np.zeros(GRID.shape, np.uint8)
    codes[15, 18:20, 38:44] = 2
    for z, y, x in places:
        voxels[z : z + 2, y : y + 2, x : x + 2] = hu
        if counted:
            codes[z : z + 2, y : y + 2, x : x + 2] = 5
    prepared = Prepared(voxels.astype(np.float32), heart, GRID, GRID, Box.whole(GRID.shape))
    found = LocatedHeart(heart, GRID)
    return find_omitted(Scan(voxels, GRID), found, prepared, ArteryLabels(codes, GRID), Settings())


@pytest.mark.parametrize(
    ("at", "place"), [(INSIDE, Place.INSIDE), (EDGE, Place.EDGE), (ARTERY, Place.ARTERY)]
)
def test_a_piece_is_listed_with_its_place(at: tuple[int, int, int], place: Place) -> None:
    (piece,) = pieces_of(at)
    assert (piece.place, piece.volume_mm3, piece.peak_hu) == (place, 16.0, 400.0)
    assert piece.slices == (15, 16)
    assert piece.centre_lps_mm == (at[2] + 0.5, at[1] + 0.5, 31.0)


def test_what_was_counted_is_not_listed() -> None:
    assert pieces_of(INSIDE, counted=True) == ()


def test_bone_outside_the_heart_is_not_listed() -> None:
    assert pieces_of((15, 2, 2)) == ()


def test_faint_specks_are_not_listed() -> None:
    assert pieces_of(INSIDE, hu=150) == ()


def test_metal_is_named() -> None:
    assert pieces_of(INSIDE, hu=3000)[0].place is Place.METAL


def test_contrast_agent_is_not_listed() -> None:
    assert pieces_of(INSIDE, hu=600, blood=300) == ()
