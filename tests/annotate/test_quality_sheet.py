"""The picture by which a person checks an annotation."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from corcal.annotate.annotation import Annotation, annotation_of
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.quality_sheet import (
    ANNOTATION_FILES,
    annotation_files,
    contact_sheet,
    quality_views,
)
from corcal.core.artery import Artery
from corcal.core.scan import Scan
from corcal.phantom.files.as_con import ORPHAN
from corcal.report import (
    ARTERY_COLOURS,
    CALCIUM_COLOUR,
    UNASSIGNED,
    UNASSIGNED_COLOUR,
    Colour,
    paint_pictures,
)
from tests.annotate.drawings import GRID, chest, drawn_classes, heart


def made(orphan: bool) -> tuple[Annotation, Scan]:
    codes = heart()
    if orphan:
        codes[10, 50:52, 30:32] = ORPHAN
    scan = chest(codes)
    drawn = Drawing(drawn_classes(codes), GRID, "con")
    return annotation_of(drawn, scan, options=AnnotateOptions(), name="a"), scan


def colours_in(picture: bytes) -> set[Colour]:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    counted = image.getcolors(image.width * image.height) or []
    return {colour for _, colour in counted if isinstance(colour, tuple)}  # type: ignore[misc]


@pytest.mark.parametrize("orphan", [True, False])
def test_every_class_is_marked_and_so_is_calcium_of_no_artery(orphan: bool) -> None:
    files = annotation_files(*made(orphan), version="1")
    assert tuple(files) == ANNOTATION_FILES
    colours = colours_in(files["qc.png"])
    assert set(ARTERY_COLOURS.values()) <= colours
    assert (UNASSIGNED_COLOUR in colours) == orphan


def test_calcium_is_outlined_in_the_colour_of_its_artery() -> None:
    codes = heart()
    codes[codes == 4] = 5
    (one, *_) = paint_pictures(quality_views(chest(codes), codes)[2:3], by_artery=True)
    before = np.asarray(one.marked).reshape(-1, 3)
    only = np.where(codes > 3, codes, 0).astype(np.uint8)
    (two, *_) = paint_pictures(quality_views(chest(codes), only)[2:3], by_artery=True)
    after = np.asarray(two.marked).reshape(-1, 3)
    # With calcium alone, no artery but those that own some has its colour, and none is blue.
    owners = {a for a in Artery if (only == a.calcium_code).any()}
    seen = {a for a, c in ARTERY_COLOURS.items() if (after == c).all(axis=1).any()}
    assert seen <= owners
    assert seen
    assert not (after == CALCIUM_COLOUR).all(axis=1).any()
    assert (before == ARTERY_COLOURS[Artery.LAD]).all(axis=1).any()


def test_a_cohort_side_by_side(tmp_path: Path) -> None:
    sheets = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (1800, 1000), (10 * number, 0, 0)).save(path)
        sheets.append((f"case-{number}", path))
    sheet = contact_sheet(sheets)
    assert sheet.width > 3 * 900
    assert sheet.height > 2 * 500
    colours = {sheet.getpixel((x, y)) for x in (300, 1300, 2300) for y in (300, 860)}
    assert {(0, 0, 0), (10, 0, 0), (20, 0, 0), (30, 0, 0)} <= colours


def test_the_slices_with_most_calcium_are_shown_and_no_neighbours() -> None:
    codes = heart()
    views = quality_views(chest(codes), codes)
    assert [v.name for v in views[:2]] == ["coronal", "axial"]
    shown = [int(v.name.split("-")[1]) - 1 for v in views[2:]]
    assert shown == sorted(shown)
    assert min(np.diff(shown)) > 1
    most = np.count_nonzero(codes > 3, axis=(1, 2))
    assert int(most.argmax()) in shown
    best = views[2 + shown.index(int(most.argmax()))]
    assert best.title == "RCA (calcium), LAD, LCX"
    assert best.caption.endswith(f"{most.max()} voxels of calcium")


def test_a_slice_says_what_is_nobodys() -> None:
    codes = np.zeros(GRID.shape, dtype=np.uint8)
    codes[4, 30, 30] = UNASSIGNED
    views = quality_views(chest(codes), codes)
    assert [v.title for v in views[2:]] == ["stray calcium"]


def test_without_calcium_the_arteries_are_shown() -> None:
    codes = np.where(heart() > 3, heart() - 3, heart()).astype(np.uint8)
    views = quality_views(chest(codes), codes)
    assert len(views) > 4
    assert Artery.RCA.value in views[2].title
