"""Example panels: one slice and frame for prediction and reference, and no name in the file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.evaluate.panels import Panel, panel, panels_plot
from corcal.report import ARTERY_COLOURS, CALCIUM_COLOUR, key_slice
from tests.evaluate.conftest import NAMES
from tests.evaluate.on_disk import GRID, make_hu, write_phantom
from tests.report.conftest import make_codes, make_reading


def labels(codes: np.ndarray, grid: Grid = GRID) -> ArteryLabels:
    return ArteryLabels(codes, grid)


@pytest.fixture
def scan() -> Scan:
    return Scan(make_hu(make_codes(), 1), GRID)


def colours(one: Panel, column: int) -> set[tuple[int, ...]]:
    counted = one.images[column].getcolors(maxcolors=640 * 640)
    assert counted is not None
    return {colour for _, colour in counted if isinstance(colour, tuple)}


def test_columns_are_ct_prediction_and_reference(scan: Scan) -> None:
    missed = make_codes()
    missed[missed > 3] -= 3
    one = panel(scan, labels(missed), labels(make_codes()), Artery.RCA)
    assert len(one.images) == 3
    assert CALCIUM_COLOUR in colours(one, 2)
    assert CALCIUM_COLOUR not in colours(one, 1)
    assert ARTERY_COLOURS[Artery.RCA] in colours(one, 1)
    assert ARTERY_COLOURS[Artery.RCA] not in colours(one, 0)
    assert {i.size for i in one.images} == {(640, 640)}


def test_both_maps_are_framed_alike(scan: Scan) -> None:
    far = np.zeros_like(make_codes())
    far[10, 40:44, 50:60] = 1
    one = panel(scan, labels(far), labels(make_codes()), Artery.RCA)
    other = panel(scan, labels(make_codes()), labels(far), Artery.LAD)
    for shown in (one, other):
        assert len({i.size for i in shown.images}) == 1
    bare = panel(scan, labels(np.zeros_like(far)), None, Artery.LCX)
    assert len(bare.images) == 2


def test_the_figure_names_nobody(tmp_path: Path) -> None:
    reading = write_phantom(tmp_path, NAMES[0], 0)
    rows = [panel(reading.scan, reading.labels, None, a, heart=reading.heart) for a in Artery]
    plot = panels_plot(rows)
    assert "(A) RCA; (B) Left main + LAD; (C) LCX" in plot.caption
    words = re.sub(rb"base64,[A-Za-z0-9+/=\s]+", b"", plot.svg)
    for word in (*NAMES[0].split("_"), str(tmp_path)):
        assert word.encode() not in words
    assert b"tEXt" not in plot.png


def test_the_slice_is_that_of_the_references_largest_calcium() -> None:
    assert key_slice(make_reading(), Artery.RCA) == 5
    assert key_slice(make_reading(), Artery.LCX) == 5
