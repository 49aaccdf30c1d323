"""Segmentations of 3D Slicer: names, terminology, layers and cut extents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corcal.annotate.annotation import read_drawing
from corcal.annotate.classes import parse_map
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.core.box import Box
from corcal.core.errors import AnnotationRefused, InputRefused
from tests.annotate.drawings import GRID, chest, heart
from tests.annotate.formats.slicer_files import Drawn, entry, write_segmentation

CODES = heart()
SCAN = chest(CODES)
SIX = [
    Drawn("RCA", value=3),
    Drawn("LM+LAD", value=1),
    Drawn("LCx", value=2),
    Drawn("RCA calcium", value=6),
    Drawn("calc LAD", value=5),
    Drawn("LCX_calcification", value=4),
]
#: Values in the file of corcal's codes 0 to 6.
SHUFFLED = np.array([0, 3, 1, 2, 6, 5, 4], dtype=np.uint8)
#: Bits of corcal's codes 0 to 6.
BITS = np.array([0, 1, 2, 4, 16, 32, 64], dtype=np.uint8)


def read(path: Path, *texts: str) -> Drawing:
    return read_drawing([path], SCAN, options=AnnotateOptions(classes=parse_map(texts)))


@pytest.mark.parametrize("cut", [False, True])
def test_names_say_what_the_values_mean(tmp_path: Path, cut: bool) -> None:
    box = Box.around(CODES > 0) if cut else None
    path = write_segmentation(tmp_path / "a.seg.nrrd", [SHUFFLED[CODES]], SIX, GRID, box=box)
    drawn = read(path)
    np.testing.assert_array_equal(drawn.bits, BITS[CODES])
    assert drawn.kind == "slicer-segmentation"
    assert drawn.decisions[0].chosen.startswith("3 (RCA)=RCA, 1 (LM+LAD)=LAD, 2 (LCx)=LCX, 6")
    assert len(drawn.sha256) == 64


@pytest.mark.parametrize("stated", [True, False])
def test_segments_in_layers_may_overlap(tmp_path: Path, stated: bool) -> None:
    rca, calcium = np.isin(CODES, (1, 4)), CODES > 3
    path = write_segmentation(
        tmp_path / "a.seg.nrrd",
        [rca.astype(np.uint8), calcium.astype(np.uint8)],
        [Drawn("RCA"), Drawn("Calcium", layer=1)],
        GRID,
        stated=stated,
    )
    drawn = read(path)
    np.testing.assert_array_equal((drawn.bits & 1) > 0, rca)
    np.testing.assert_array_equal((drawn.bits & 8) > 0, calcium)


def test_a_cut_of_one_slice_is_read(tmp_path: Path) -> None:
    only = np.where(np.arange(GRID.shape[0])[:, None, None] == 4, CODES, 0).astype(np.uint8)
    segments = [Drawn(f"RCA part {c}", value=int(c)) for c in np.unique(only[only > 0])]
    box = Box.around(only > 0)
    assert box.shape[0] == 1
    path = write_segmentation(tmp_path / "a.seg.nrrd", [only], segments, GRID, box=box)
    np.testing.assert_array_equal(read(path).bits, (only > 0).astype(np.uint8))


def test_terminology_is_believed_where_a_name_says_nothing(tmp_path: Path) -> None:
    segments = [
        Drawn("Segment_1", value=1, tags=entry("13647002")),
        Drawn("Segment_2", value=4, tags=entry("237897009", "13647002")),
    ]
    codes = np.where(np.isin(CODES, (1, 4)), CODES, 0).astype(np.uint8)
    drawn = read(write_segmentation(tmp_path / "a.seg.nrrd", [codes], segments, GRID))
    np.testing.assert_array_equal(drawn.bits, BITS[codes])


def test_a_name_that_means_nothing_is_refused_with_its_colour(tmp_path: Path) -> None:
    codes = (CODES == 1).astype(np.uint8)
    path = write_segmentation(tmp_path / "a.seg.nrrd", [codes], [Drawn("Segment_1")], GRID)
    with pytest.raises(AnnotationRefused, match=r"what is 1 \(Segment_1, #8040ff\)\? Say it by"):
        read(path)
    np.testing.assert_array_equal(read(path, "segment_1=LCX").bits, 4 * codes)
    np.testing.assert_array_equal(read(path, "1=LCX").bits, 4 * codes)


@pytest.mark.parametrize(
    ("codes", "segments", "words"),
    [
        (CODES == 1, [Drawn("RCA", value=2)], "holds value 1 that none of its segments has"),
        (CODES == 9, [Drawn("RCA")], "none of its segments marks a voxel"),
        (CODES == 1, [Drawn("RCA", layer=1)], "names layer 1 and value 1, and the file has 1"),
        (CODES == 1, [Drawn("RCA", value=0)], "damaged: segment 0 names"),
    ],
)
def test_files_that_contradict_themselves_are_refused(
    tmp_path: Path, codes: np.ndarray, segments: list[Drawn], words: str
) -> None:
    path = write_segmentation(tmp_path / "a.seg.nrrd", [codes.astype(np.uint8)], segments, GRID)
    with pytest.raises(InputRefused, match=words):
        read(path)


def test_a_file_without_voxels_is_empty(tmp_path: Path) -> None:
    one = np.ones((1, 1, 1), dtype=np.uint8)
    grid = type(GRID).axial((1, 1, 1), (1.0, 1.0, 1.0))
    path = write_segmentation(tmp_path / "a.seg.nrrd", [one], [Drawn("RCA")], grid)
    with pytest.raises(AnnotationRefused, match="none of its segments marks a voxel"):
        read(path)


def test_no_list_axis_and_too_many_axes_are_refused(tmp_path: Path) -> None:
    path = write_segmentation(tmp_path / "a.seg.nrrd", [CODES], SIX, GRID)
    text = path.read_bytes()
    for old, new, words in (
        (b"dimension: 3", b"dimension: 2", "not the NRRD file"),
        (b"space: left-posterior-superior", b"space: scanner-xyz", "save it in LPS"),
    ):
        path.write_bytes(text.replace(old, new))
        with pytest.raises(InputRefused, match=words):
            read(path)
