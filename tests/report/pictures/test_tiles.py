from __future__ import annotations

from dataclasses import replace

import numpy as np

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.core.score import OmittedPiece, Place
from corcal.report.pictures.colours import ARTERY_COLOURS, OMITTED_COLOUR
from corcal.report.pictures.tiles import make_tiles


def count_colour(image: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(image.astype(int) - np.array(colour)).max(axis=2) < 10).sum())


def test_every_slice_with_calcium_has_a_tile_largest_first(reading: Reading) -> None:
    tiles = make_tiles(reading)
    assert [(t.at, t.arteries, t.calcium_mm2) for t in tiles] == [
        (5, (Artery.RCA,), 16.0),
        (8, (Artery.LAD,), 12.0),
        (6, (Artery.RCA,), 1.0),
    ]


def test_marks_are_on_the_marked_picture_alone_and_of_arteries_that_are_there(
    reading: Reading,
) -> None:
    first = make_tiles(reading)[0]
    marked, plain = np.asarray(first.marked), np.asarray(first.plain)
    assert count_colour(marked, ARTERY_COLOURS[Artery.RCA]) > 50
    assert count_colour(marked, ARTERY_COLOURS[Artery.LCX]) > 20, "its outline without calcium"
    assert count_colour(marked, ARTERY_COLOURS[Artery.LAD]) == 0, "not in this slice"
    assert all(count_colour(plain, colour) == 0 for colour in ARTERY_COLOURS.values())


def test_a_piece_that_was_not_counted_is_ringed_in_a_tile_of_its_own(reading: Reading) -> None:
    piece = OmittedPiece(Place.INSIDE, 40.0, 700.0, (30.0, 30.0, 30.0), (9, 11))
    report = replace(reading.report, omitted=(piece,))
    tiles = make_tiles(replace(reading, report=report))
    assert [t.at for t in tiles] == [5, 8, 6, 10]
    assert tiles[-1].arteries == ()
    assert count_colour(np.asarray(tiles[-1].marked), OMITTED_COLOUR) > 50
    assert count_colour(np.asarray(tiles[0].marked), OMITTED_COLOUR) == 0
