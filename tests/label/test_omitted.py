from __future__ import annotations

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.score import OmittedPiece, Place
from corcal.core.steps import LocatedHeart
from corcal.label import LabelledScan, find_omitted
from corcal.settings import Omitted, Settings

GRID = Grid.axial((30, 60, 60), (2.0, 1.0, 1.0))
RULES = Omitted()
INSIDE, EDGE, ARTERY = (15, 30, 30), (15, 30, 12), (15, 20, 40)


def pieces_of(
    *places: tuple[int, int, int],
    hu: int = 400,
    lowest_hu: float = 130.0,
    counted: bool = False,
    rules: Omitted = RULES,
    courses: tuple[ArteryCourse, ...] = (),
) -> tuple[OmittedPiece, ...]:
    """Return what is listed of a heart of 40 x 40 x 40 mm with cubes of 8 voxels in it."""
    heart = np.zeros(GRID.shape, bool)
    heart[5:25, 10:50, 10:50] = True
    voxels = np.where(heart, 40, 0).astype(np.int16)
    codes = np.zeros(GRID.shape, np.uint8)
    codes[15, 18:20, 38:44] = 2
    for z, y, x in places:
        voxels[z : z + 2, y : y + 2, x : x + 2] = hu
        if counted:
            codes[z : z + 2, y : y + 2, x : x + 2] = 5
    located, labels = LocatedHeart(heart, GRID), ArteryLabels(codes, GRID)
    settings = Settings(omitted=rules)
    labelled = LabelledScan(labels, (), courses, lowest_hu, ())
    return find_omitted(Scan(voxels, GRID), located, labelled, settings)


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
    assert pieces_of(INSIDE, hu=600, lowest_hu=360.0) == ()


def test_pieces_begin_above_bright_blood() -> None:
    assert pieces_of(INSIDE, hu=190, lowest_hu=195.0) == ()
    assert len(pieces_of(INSIDE, hu=200, lowest_hu=195.0)) == 1


def test_distances_decide_the_place_to_the_millimetre() -> None:
    # The drawn artery ends in row 19; the cubes begin 4 and 5 mm further on.
    beside, apart = pieces_of((15, 23, 40))[0], pieces_of((15, 24, 40))[0]
    assert (beside.place, apart.place) == (Place.ARTERY, Place.INSIDE)
    # The heart begins in column 10: two columns at 6 and 7 mm, or at 5 and 6 mm.
    deep, shallow = pieces_of((15, 30, 15))[0], pieces_of((15, 30, 14))[0]
    assert (deep.place, shallow.place) == (Place.INSIDE, Place.EDGE)


def test_the_largest_pieces_are_listed_first_and_no_more_than_the_settings_say() -> None:
    listed = pieces_of(INSIDE, (17, 30, 30), EDGE)
    assert [p.volume_mm3 for p in listed] == [32.0, 16.0]
    assert pieces_of(INSIDE, (17, 30, 30), EDGE, rules=Omitted(max_pieces=1)) == listed[:1]


def course(artery: Artery, start: tuple[float, float, float]) -> ArteryCourse:
    points = np.array(start) + np.array([[0.0, 0.0, 0.0], [0.0, 0.0, -20.0]])
    return ArteryCourse(artery, Branch(points, np.ones(2, bool)))


#: Upper ends 30 mm apart: the root's centre is at (20, 20, 40) mm, LPS.
OSTIA = (course(Artery.RCA, (5.0, 20.0, 40.0)), course(Artery.LAD, (35.0, 20.0, 40.0)))


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ((20, 26, 20), Place.AORTIC_ROOT),
        ((17, 26, 20), Place.AORTIC_VALVE),
        ((8, 45, 40), Place.MITRAL),
        ((8, 45, 15), Place.EDGE),
        (ARTERY, Place.ARTERY),
    ],
)
def test_landmarks_name_the_place(at: tuple[int, int, int], place: Place) -> None:
    (piece,) = pieces_of(at, courses=OSTIA)
    assert piece.place is place


def test_without_both_ends_of_the_arteries_no_landmark_is_known() -> None:
    far = course(Artery.LAD, (80.0, 20.0, 40.0))
    for courses in ((), OSTIA[:1], (OSTIA[0], far)):
        assert pieces_of((17, 26, 20), courses=courses)[0].place is Place.INSIDE
