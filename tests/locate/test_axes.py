"""Chests flipped against their axes are refused or accepted by name; sound ones pass."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import product

import numpy as np
import pytest

from corcal.core.errors import AxesRefused, HeartNotFound
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.core.steps import LocatedHeart
from corcal.locate import EmbeddedLocator, check_axes, locate_heart
from corcal.pipeline import score_scan
from corcal.settings import Axes, Settings
from corcal.testing import tiny_phantom

MIRRORED = "it is mirrored, left for right, or the patient has situs inversus"
ON_ITS_HEAD = "it stands on its head: the end called head is the foot's"
BACK_TO_FRONT = "front and back are the wrong way round"
WAYS = tuple(product((1, -1), repeat=3))


@pytest.fixture(scope="module")
def chest() -> Scan:
    return tiny_phantom(5).scan


@pytest.fixture(scope="module")
def locator() -> EmbeddedLocator:
    return EmbeddedLocator()


def flipped(scan: Scan, way: tuple[int, ...]) -> Scan:
    turned = scan.hu[tuple(slice(None, None, step) for step in way)]
    return replace(scan, hu=np.ascontiguousarray(turned))


def heart_of(scan: Scan, locator: EmbeddedLocator) -> LocatedHeart | None:
    try:
        return locate_heart(scan, locator)
    except HeartNotFound:
        return None


def test_a_chest_that_lies_as_stated_passes(chest: Scan, locator: EmbeddedLocator) -> None:
    heart = heart_of(chest, locator)
    assert check_axes(chest, heart, Axes()) == ()
    # And where no locator saw a heart, the axes are not what is wrong.
    assert check_axes(chest, None, Axes()) == ()


@pytest.mark.parametrize("way", [w for w in WAYS if w != (1, 1, 1)])
def test_every_flip_is_refused_by_its_name(
    way: tuple[int, ...], chest: Scan, locator: EmbeddedLocator
) -> None:
    turned = flipped(chest, way)
    with pytest.raises(AxesRefused) as caught:
        check_axes(turned, heart_of(turned, locator), Axes())
    text = str(caught.value)
    said = [phrase in text for phrase in (ON_ITS_HEAD, BACK_TO_FRONT, MIRRORED)]
    assert said == [step < 0 for step in way]
    assert "--accept-axes (the setting axes.accept) scores it as it is, if you are sure" in text


def test_accepted_axes_are_a_notice(chest: Scan, locator: EmbeddedLocator) -> None:
    turned = flipped(chest, (1, 1, -1))
    (notice,) = check_axes(turned, heart_of(turned, locator), Axes(accept=True))
    assert notice.code == "axes-accepted"
    assert f"The anatomy contradicts the axes of this scan: {MIRRORED}." in notice.text
    assert "accepted as stated: arteries are named by them" in notice.text


def test_swapped_axes_are_refused(chest: Scan, locator: EmbeddedLocator) -> None:
    turned = replace(chest, hu=np.ascontiguousarray(chest.hu.transpose(2, 1, 0)))
    heart = LocatedHeart(chest.hu > -100, chest.grid)
    with pytest.raises(AxesRefused, match="its axes are swapped: what is called one of them is"):
        check_axes(turned, heart, Axes())


@pytest.mark.parametrize("plane", [(0, 1), (0, 2)])
def test_a_quarter_turn_out_of_the_axial_plane_is_named(
    plane: tuple[int, int], chest: Scan, locator: EmbeddedLocator
) -> None:
    turned = replace(chest, hu=np.ascontiguousarray(np.rot90(chest.hu, 1, plane)))
    with pytest.raises(AxesRefused, match="its axes are swapped: what is called one of them is"):
        check_axes(turned, heart_of(turned, locator), Axes())


def test_where_no_heart_is_seen_the_axes_are_doubted() -> None:
    grid = Grid.axial((40, 60, 60), (4.0, 4.0, 4.0))
    box = np.zeros(grid.shape, np.bool_)
    box[10:30, 20:40, 20:40] = True
    block = Scan(np.where(box, 45, -1000).astype(np.int16), grid)
    (notice,) = check_axes(block, LocatedHeart(box, grid), Axes())
    assert notice.code == "axes-doubtful"
    assert "Whether head and foot, front and back, left and right lie as the file" in notice.text
    assert check_axes(block, None, Axes()) == ()


def test_scoring_gives_the_axes_as_the_reason_before_all_that_follows_from_them(
    chest: Scan,
) -> None:
    with pytest.raises(AxesRefused, match=MIRRORED):
        score_scan(flipped(chest, (1, 1, -1)))


def test_what_was_accepted_stands_in_the_provenance(chest: Scan) -> None:
    accepted = replace(Settings(), axes=Axes(accept=True))
    report = score_scan(flipped(chest, (1, 1, -1)), settings=accepted).report
    assert "axes-accepted" in [n.code for n in report.notices]
    assert report.provenance.settings["axes"] == json.loads(json.dumps(asdict(Axes(accept=True))))
