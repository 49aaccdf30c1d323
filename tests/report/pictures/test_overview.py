from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report.pictures.colours import ARTERY_COLOURS, CALCIUM_COLOUR
from corcal.report.pictures.frame import View
from corcal.report.pictures.overview import (
    SIDE,
    draw_overview,
    paint_pictures,
    png_bytes,
    split_overview,
)
from corcal.report.pictures.paint import paint_marked, paint_plain
from corcal.report.pictures.views import take_views


@pytest.fixture
def view() -> View:
    """20 x 40 mm of soft tissue at the level of the window, calcium in a blue vessel."""
    hu = np.full((20, 20), 40, np.int16)
    codes = np.zeros((20, 20), np.uint8)
    codes[8:12, 4:16] = Artery.RCA.vessel_code
    codes[9:11, 8:12] = Artery.RCA.calcium_code
    hu[codes == Artery.RCA.calcium_code] = 600
    return View("rca", "RCA", "", hu, codes, (1.0, 2.0), (-135.0, 215.0), ("R", "L", "A", "P"))


def test_a_window_of_350_about_40_hu(view: View) -> None:
    grey = np.asarray(paint_plain(view, 400))
    assert tuple(grey[150, 100]) == (128, 128, 128)
    assert tuple(grey[200, 200]) == (255, 255, 255)


def test_proportions_are_those_of_the_patient(view: View) -> None:
    # 20 mm high and 40 mm wide in a square: a quarter stays black above and below.
    rows = np.asarray(paint_plain(view, 400))[:, 30].any(axis=1)
    assert (int(rows.argmax()), int(rows.sum())) == (100, 200)


def test_colours_are_those_of_the_paper(view: View) -> None:
    image = np.asarray(paint_marked(view, 400))
    seen = {tuple(int(c) for c in p) for p in image.reshape(-1, 3)}
    assert ARTERY_COLOURS[Artery.RCA] in seen
    assert CALCIUM_COLOUR in seen
    assert ARTERY_COLOURS[Artery.LCX] not in seen


def test_calcium_stays_brighter_than_its_vessel_under_the_mark(view: View) -> None:
    image = np.asarray(paint_marked(view, 400)).astype(int)
    calcium, vessel = image[200, 200], image[200, 120]
    assert calcium.sum() > vessel.sum() + 150
    assert calcium[0] > calcium[2], "tinted vermilion"
    assert vessel[2] > vessel[0], "tinted sky blue"


def test_a_lesion_of_one_voxel_is_marked(view: View) -> None:
    codes = np.zeros_like(view.codes)
    codes[5, 5] = Artery.LCX.calcium_code
    seen = np.asarray(paint_marked(replace(view, codes=codes), 400)).reshape(-1, 3)
    assert (seen == CALCIUM_COLOUR).all(axis=1).sum() > 50


def test_the_overview_opens_as_a_picture(reading: Reading, clean: Reading) -> None:
    for one in (reading, clean):
        sheet = draw_overview(one.report, paint_pictures(take_views(one)))
        opened = Image.open(io.BytesIO(png_bytes(sheet)))
        opened.load()
        assert opened.size == sheet.size
        assert opened.width > 4 * SIDE


def test_an_overview_is_taken_apart_into_its_pictures(reading: Reading) -> None:
    pictures = paint_pictures(take_views(reading))
    pairs = split_overview(draw_overview(reading.report, pictures))
    assert len(pairs) == 4
    for picture, (before, after) in zip(pictures, pairs, strict=False):
        assert before.tobytes() == picture.plain.tobytes()
        assert after.tobytes() == picture.marked.tobytes()


@pytest.mark.parametrize("size", [(2000, 1239), (1999, 1240), (10, 10)])
def test_what_is_no_overview_is_not_taken_apart(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="are no overview"):
        split_overview(Image.new("RGB", size))
