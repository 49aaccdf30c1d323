"""Arteries of which too little is found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse, Branch
from corcal.core.grid import Grid
from corcal.label import unseen_notices
from corcal.label.unseen import unseen_arteries
from corcal.pipeline import score_scan
from corcal.quantify import Person
from corcal.settings import Courses, Settings
from corcal.testing import TrueArteries, TrueHeart
from tests.truth import quiet_case


def straight(artery: Artery, seen: str) -> ArteryCourse:
    """Return a straight course of points 2 mm apart; "x" is seen, "." is inferred."""
    points = np.zeros((len(seen), 3))
    points[:, 2] = -2.0 * np.arange(len(seen))
    return ArteryCourse(artery, Branch(points, np.array([c == "x" for c in seen])))


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        ("xxxxxx", False),  # 10 mm
        ("xxxxx", True),  # 8 mm
        ("xxx....xxx", True),  # 18 mm long, of which 8 mm are seen
        ("xxxx..xxx", False),  # 16 mm long, of which 10 mm are seen
    ],
)
def test_an_artery_needs_ten_seen_millimetres(seen: str, unseen: bool) -> None:
    courses = [straight(Artery.LAD, seen), straight(Artery.LCX, "x" * 20)]
    expected = (Artery.RCA, Artery.LAD) if unseen else (Artery.RCA,)
    assert unseen_arteries(courses, Courses()) == expected


def test_the_least_length_is_a_setting() -> None:
    course = [straight(Artery.RCA, "xxx")]
    assert unseen_arteries(course, replace(Courses(), min_course_mm=4.0)) == (
        Artery.LAD,
        Artery.LCX,
    )
    assert unseen_arteries([], replace(Courses(), min_course_mm=0.0)) == ()


def test_each_unseen_artery_is_a_doubt_with_the_limit() -> None:
    [notice] = unseen_notices([Artery.LAD], replace(Courses(), min_course_mm=7.5))
    assert notice.code == "artery-not-found"
    assert notice.text == (
        "Left main + LAD: less than 7.5 mm of its course was found, so its calcium is not known. "
        "The scan gets no category; the total is what was counted in what was found, and may be "
        "more. Look at this artery yourself."
    )


@dataclass(frozen=True)
class SeesNothing(TrueArteries):
    """A segmenter that marks neither arteries nor calcium."""

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return 0 everywhere."""
        return np.zeros((6, *hu.shape), np.float32)


@pytest.mark.parametrize("settings", [Settings(), Settings.paper()], ids=["default", "paper"])
def test_a_model_that_finds_no_artery_gives_no_category(settings: Settings) -> None:
    case = quiet_case(3)
    settings = replace(settings, admission=Settings().admission, preparation=Settings().preparation)
    reading = score_scan(
        case.scan,
        settings=settings,
        locator=TrueHeart(case),
        segmenter=SeesNothing(case),
        person=Person(60.0, "male", "white"),
    )
    report = reading.report
    assert ", not graded; " in repr(reading)
    assert report.unseen == tuple(Artery)
    assert (report.cac_drs, report.presence) == (None, None)
    assert [n.code for n in report.notices].count("artery-not-found") == 3
    assert (report.percentile, report.arterial_age_years) == (None, None)
