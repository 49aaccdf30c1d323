"""Masks, one file for each artery, and label maps whose names lie in a file beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.annotate.annotation import read_drawing
from corcal.annotate.classes import parse_map
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.label_names import read_label_names
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import InputRefused, UnreadableScan
from corcal.storage import write_nifti
from tests.annotate.drawings import GRID, chest, heart

CODES = heart()
SCAN = chest(CODES)
ITK_SNAP = """################################################
# ITK-SnAP Label Description File
################################################
    0     0    0    0        0  0  0    "Clear Label"
    7   255    0    0        1  1  1    "RCA"
    8     0  255    0      0.5  1  0    "Left main, LAD"
    9     0    0  255        1  1  1    "calcification"
"""
SLICER = """# Color table file LabelMap_ColorTable
# 3 values
0 background 0 0 0 0
7 RCA 255 0 0 255
8 LM_LAD 0 255 0 255
9 calcification 0 0 255 255
"""


def write(path: Path, mask: NDArray[np.generic]) -> Path:
    write_nifti(path, mask.astype(np.uint8), GRID.affine)
    return path


def read(*paths: Path, map_: str = "", names: dict[int, str] | None = None) -> Drawing:
    options = AnnotateOptions(classes=parse_map([map_] if map_ else []), names=names)
    return read_drawing(paths, SCAN, options=options)


def test_file_names_say_what_masks_mark(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "rca.nii.gz", CODES == 1),
        write(tmp_path / "LAD_mask.nii.gz", 255 * (CODES == 2)),
        write(tmp_path / "coronary calcium.nii.gz", CODES > 3),
        write(tmp_path / "circumflex.nii.gz", CODES == 9),
    ]
    drawn = read(*paths)
    expected = (CODES == 1) + 2 * (CODES == 2) + 8 * (CODES > 3)
    np.testing.assert_array_equal(drawn.bits, expected)
    assert drawn.kind == "masks"
    assert drawn.decisions[0].chosen == (
        "rca=RCA, LAD_mask=LAD, coronary calcium=calcium, circumflex=LCX"
    )
    np.testing.assert_array_equal(
        read(*paths[:2], map_="rca=LCX,lad_mask.nii.gz=ignore").bits, 4 * (CODES == 1)
    )


def test_masks_of_unclear_meaning_are_refused(tmp_path: Path) -> None:
    rca = write(tmp_path / "rca.nii.gz", CODES == 1)
    for path, words in (
        (write(tmp_path / "mask.nii.gz", CODES == 2), "mask.nii.gz: which artery is it"),
        (write(tmp_path / "lad.nii.gz", CODES), "lad.nii.gz: holds several codes"),
        (tmp_path / "drawn.con", "several files are masks, each a .nii"),
        (tmp_path / "none.nii", "there is no such file"),
    ):
        with pytest.raises(InputRefused, match=words):
            read(rca, path)
    empty = write(tmp_path / "lcx.nii.gz", CODES == 9)
    with pytest.raises(InputRefused, match="the masks are empty"):
        read(empty, empty)


def test_a_lone_code_under_another_name_is_refused(tmp_path: Path) -> None:
    for name, meant in (("lad.nii.gz", "LAD"), ("coronary_arteries.nii.gz", "coronary")):
        path = write(tmp_path / name, CODES == 2)
        words = f"holds code 1 alone: RCA by corcal's codes, {meant} by its name; .*1={meant}"
        with pytest.raises(InputRefused, match=words):
            read(path)
    np.testing.assert_array_equal(read(write(tmp_path / "rca.nii.gz", CODES == 1)).bits, CODES == 1)


@pytest.mark.parametrize("text", [ITK_SNAP, SLICER])
def test_names_of_codes_come_from_a_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "labels.txt"
    file.write_text(text, encoding="utf-8")
    names = read_label_names(file)
    assert (names[7], names[9]) == ("RCA", "calcification")
    codes = 7 * (CODES == 1) + 8 * (CODES == 2) + 9 * (CODES > 3)
    drawn = read(write(tmp_path / "drawn.nii.gz", codes), names=names)
    np.testing.assert_array_equal(drawn.bits, (CODES == 1) + 2 * (CODES == 2) + 8 * (CODES > 3))


def test_a_code_without_a_name_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "drawn.nii.gz", CODES)
    with pytest.raises(InputRefused, match=r"what is 2, 3 \(blood\), 4, 5, 6\? Say it by number"):
        read(path, names={1: "RCA", 3: "blood"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no label"),
        ("# only remarks\n", "names no label"),
        ('0 0 0 0 0 0 0 "Clear Label"', "names no label"),
        ("1 RCA\n", "line 1 is neither"),
        ("1 RCA 255 0 0 255\n1,2,3\n", "line 2 is neither"),
    ],
)
def test_other_lists_of_names_are_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "labels.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match=words):
        read_label_names(file)
    with pytest.raises(UnreadableScan, match="no such file"):
        read_label_names(tmp_path / "none.txt")
