"""Calcium that a drawing marks, or that is bright within its arteries; never "none" by accident."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from corcal.annotate import calcium_classes, calcium_inside, drawn_calcium
from corcal.annotate.annotation import annotation_of
from corcal.annotate.calcium import DrawnCalcium
from corcal.annotate.classes import DrawnClass, parse_map
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.label_map import read_label_map
from corcal.annotate.options import AnnotateOptions
from corcal.core.errors import AnnotationRefused
from tests.annotate.drawings import GRID, chest, heart

CODES = heart()
SCAN = chest(CODES)
VESSELS = np.where(CODES > 3, CODES - 3, CODES).astype(np.uint8)


def drawn(codes: np.ndarray, *texts: str) -> Drawing:
    return read_label_map(codes, GRID, SCAN, classes=parse_map(texts), name="a.nii")


def marked(codes: np.ndarray, *texts: str) -> DrawnCalcium:
    return drawn_calcium(drawn(codes, *texts), SCAN, threshold_hu=130, name="a.nii")


def inside(codes: np.ndarray, *texts: str) -> DrawnCalcium:
    return calcium_inside(drawn(codes, *texts), SCAN, threshold_hu=130, name="a.nii")


def codes_of(found: DrawnCalcium) -> np.ndarray:
    assert found.labels is not None
    return found.labels.codes


def notice_codes(found: DrawnCalcium) -> list[str]:
    return [notice.code for notice in found.notices]


def test_own_codes_are_taken_as_they_are() -> None:
    found = marked(CODES)
    np.testing.assert_array_equal(codes_of(found), CODES)
    np.testing.assert_array_equal(found.mask, CODES > 3)
    assert found.notices == ()


def test_a_bare_artery_is_its_calcium_unless_the_map_names_calcium() -> None:
    bare = calcium_classes(parse_map(["1=RCA,2=LAD,3=LCX,9=coronary"]))
    assert bare is not None
    assert [c.value for c in bare.values()] == [
        "RCA-calcium",
        "LAD-calcium",
        "LCX-calcium",
        "calcium",
    ]
    named = parse_map(["1=RCA,2=LAD,3=LCX,4=calcium"])
    assert calcium_classes(named) is named
    assert calcium_classes(None) is None


@pytest.mark.parametrize("texts", [(), ("1=RCA,2=LAD,3=LCX",)])
def test_arteries_alone_are_never_no_calcium(texts: tuple[str, ...]) -> None:
    with pytest.raises(AnnotationRefused, match=r"marks arteries and no calcium\. If its codes"):
        marked(VESSELS, *texts)
    with pytest.raises(AnnotationRefused, match=r"no calcium\. If the person has none, name the"):
        annotation_of(drawn(VESSELS, *texts), SCAN, options=AnnotateOptions(), name="a.nii")


def test_a_map_that_names_calcium_says_that_there_is_none() -> None:
    texts = ["1=RCA,2=LAD,3=LCX,4=calcium"]
    found = marked(VESSELS, *texts)
    np.testing.assert_array_equal(codes_of(found), VESSELS)
    assert "no-calcium-marked" in notice_codes(found)
    made = annotation_of(drawn(VESSELS, *texts), SCAN, options=AnnotateOptions(), name="a.nii")
    assert "no-calcium-marked" in [n.code for n in made.notices]


def test_calcium_of_no_artery_has_a_total_alone() -> None:
    found = marked((CODES > 3).astype(np.uint8), "1=calcium")
    assert found.labels is None
    np.testing.assert_array_equal(found.mask, CODES > 3)
    assert "no-single-artery" in notice_codes(found)


def test_calcium_that_touches_no_artery_is_not_none() -> None:
    codes = np.zeros_like(CODES)
    codes[2, 5:8, 5:8], codes[8, 40:44, 40:44] = 1, 4
    with pytest.raises(AnnotationRefused, match="none of its calcium touches an artery"):
        marked(codes, "1=RCA,4=calcium")


def test_inside_arteries_what_is_bright_is_calcium() -> None:
    found = inside(VESSELS)
    bright = SCAN.hu >= 130
    np.testing.assert_array_equal(
        codes_of(found), np.where(bright & (VESSELS > 0), VESSELS + 3, VESSELS)
    )
    np.testing.assert_array_equal(found.mask, bright & (VESSELS > 0))
    assert notice_codes(found) == ["calcium-inside"]


def test_inside_a_single_coronary_label_there_is_a_total_alone() -> None:
    found = inside((CODES > 0).astype(np.uint8), "1=coronary")
    assert found.labels is None
    np.testing.assert_array_equal(found.mask, (CODES > 0) & (SCAN.hu >= 130))
    assert notice_codes(found) == ["labels-map", "calcium-inside", "no-single-artery"]


def test_a_lone_code_is_not_taken_for_the_rca() -> None:
    advice = r"--map 1=RCA \(classes=parse_map\(\['1=RCA'\]\) from Python\)"
    with pytest.raises(AnnotationRefused, match=f"one artery, such as {advice}, or all"):
        inside((CODES > 0).astype(np.uint8))
    found = inside(np.where(VESSELS == 1, 1, 0), "1=RCA")
    assert [n.text for n in found.notices if n.code == "artery-not-drawn"] == [
        "Not drawn: LAD, LCX; its 0 says nothing of its calcium."
    ]


def refused(codes: np.ndarray, texts: Iterable[str]) -> str:
    with pytest.raises(AnnotationRefused) as error:
        inside(codes, *texts)
    return str(error.value)


def test_what_inside_cannot_mean_is_refused() -> None:
    assert "marks calcium of no named artery" in refused(
        CODES, ["1=RCA,2=LAD,3=LCX,4=calcium,5=calcium,6=calcium"]
    )
    both = ["1=coronary,2=LAD,3=LCX,4=ignore,5=ignore,6=ignore"]
    assert "marks single arteries and all of them as one" in refused(CODES, both)
    every = [",".join(f"{c}=ignore" for c in range(1, 7))]
    assert "nothing is marked" in refused(CODES, every)


def test_annotations_need_single_arteries() -> None:
    with pytest.raises(AnnotationRefused, match="the coronary arteries were drawn as one"):
        annotation_of(
            drawn(CODES, "1=coronary,2=coronary,3=coronary,4=calcium,5=calcium,6=calcium"),
            SCAN,
            options=AnnotateOptions(),
            name="a.nii",
        )
    assert DrawnClass.CORONARY.bit == 128
