"""What codes and names mean."""

from __future__ import annotations

import pytest

from corcal.annotate.classes import DrawnClass, class_named, parse_map
from corcal.core.errors import AnnotationRefused


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RCA", "RCA"),
        ("Right coronary artery", "RCA"),
        ("LM+LAD", "LAD"),
        ("left_main", "LAD"),
        ("Left Anterior Descending Coronary Artery", "LAD"),
        ("LCx", "LCX"),
        ("circumflex", "LCX"),
        ("calcification", "calcium"),
        ("Calcium", "calcium"),
        ("CAC", "calcium"),
        ("RCA_calcification", "RCA-calcium"),
        ("calc. LM/LAD", "LAD-calcium"),
        ("coronary_arteries", "coronary"),
        ("Coronary artery", "coronary"),
        ("coronary calcium", "calcium"),
        ("coronary sinus", None),
        ("left coronary artery", None),
        ("Heart", None),
        ("scar", None),
        ("LAD and LCX", None),
        ("", None),
    ],
)
def test_names_that_people_give(name: str, meant: str | None) -> None:
    found = class_named(name)
    assert (found.value if found else None) == meant


def test_classes_share_no_bit() -> None:
    bits = [c.bit for c in DrawnClass if c is not DrawnClass.IGNORE]
    assert sorted(bits) == [1, 2, 4, 8, 16, 32, 64, 128]
    assert DrawnClass.IGNORE.bit == 0


def test_maps_are_read_from_several_texts() -> None:
    found = parse_map(["6=RCA, 7=lad", "LM=LAD wall=LCX"])
    assert found == {"6": DrawnClass.RCA, "7": DrawnClass.LAD, "lm=lad wall": DrawnClass.LCX}
    assert parse_map([]) is None


@pytest.mark.parametrize("text", ["6", "6=", "=RCA", "6=heart", "6=RCA,6=LAD", "6=RCA,"])
def test_other_maps_are_refused(text: str) -> None:
    with pytest.raises(AnnotationRefused):
        parse_map([text])
