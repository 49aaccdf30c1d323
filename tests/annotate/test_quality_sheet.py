"""The picture by which a person checks an annotation."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from corcal.annotate.annotation import Annotation, annotation_of
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.quality_sheet import ANNOTATION_FILES, annotation_files, quality_views
from corcal.core.artery import Artery
from corcal.core.scan import Scan
from corcal.phantom.files.as_con import ORPHAN
from corcal.report import ARTERY_COLOURS, CALCIUM_COLOUR, UNASSIGNED, UNASSIGNED_COLOUR, Colour
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
    assert {*ARTERY_COLOURS.values(), CALCIUM_COLOUR} <= colours
    assert (UNASSIGNED_COLOUR in colours) == orphan


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
