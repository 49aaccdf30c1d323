"""What the method refuses, and when."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from corcal.core.box import Box
from corcal.core.errors import (
    CorcalError,
    GeometryRefused,
    HeartCutOff,
    HeartNotFound,
    ScanNotAdmitted,
)
from corcal.core.scan import Scan, Source
from corcal.phantom import PhantomCase
from corcal.pipeline import STEPS
from corcal.settings import Settings
from tests.truth import quiet_case, score


@pytest.fixture
def case() -> PhantomCase:
    return quiet_case(3)


def cut(scan: Scan, box: Box) -> Scan:
    return Scan(scan.hu[box.slices], scan.grid.cut(box))


def heart_without_its_top(case: PhantomCase) -> tuple[Scan, PhantomCase]:
    heart = Box.around(case.auxiliary["heart"] > 0)
    _, rows, columns = case.grid.shape
    end = heart.start[0] + 2 * heart.shape[0] // 3
    return cut(case.scan, Box((0, 0, 0), (end, rows, columns))), case


def with_heart(case: PhantomCase, box: Box | None) -> tuple[Scan, PhantomCase]:
    """Return a case whose locator finds this box, or nothing."""
    heart = np.zeros_like(case.labels)
    if box:
        heart[box.slices] = 1
    return case.scan, replace(case, auxiliary={**case.auxiliary, "heart": heart})


def few_slices(case: PhantomCase) -> tuple[Scan, PhantomCase]:
    return cut(case.scan, Box((0, 0, 0), (11, *case.grid.shape[1:]))), case


def gap_in_heart(case: PhantomCase) -> tuple[Scan, PhantomCase]:
    first = Box.around(case.auxiliary["heart"] > 0).start[0]
    return replace(case.scan, source=Source(filled_slices=(first - 1, first, first + 4))), case


@pytest.mark.parametrize(
    ("spoiled", "error", "complaint", "steps"),
    [
        (few_slices, ScanNotAdmitted, "11 slices; at least 12 .* covers 22 mm", 1),
        (lambda c: with_heart(c, None), HeartNotFound, "no heart was found in the field", 2),
        (
            lambda c: with_heart(c, Box((30, 50, 50), (40, 60, 60))),
            HeartNotFound,
            r"measures 4 mL, which is no heart \(150 to 2500 mL\)",
            2,
        ),
        (heart_without_its_top, HeartCutOff, "the highest slice still holds", 2),
        (gap_in_heart, GeometryRefused, "2 slices are missing inside the heart", 2),
    ],
)
def test_what_cannot_be_scored_is_refused_before_the_arteries_are_sought(
    case: PhantomCase,
    spoiled: Callable[[PhantomCase], tuple[Scan, PhantomCase]],
    error: type[CorcalError],
    complaint: str,
    steps: int,
) -> None:
    scan, shown = spoiled(case)
    calls: list[str] = []
    with pytest.raises(error, match=complaint) as refused:
        score(shown, scan, progress=calls.append)
    assert type(refused.value) is error
    assert tuple(calls) == STEPS[:steps]


def test_the_paper_asks_for_a_hundred_slices(case: PhantomCase) -> None:
    with pytest.raises(
        ScanNotAdmitted, match=f"has {case.grid.shape[0]} slices; at least 100 are needed"
    ):
        score(case, settings=Settings.paper())


def test_a_gap_outside_the_heart_does_not_stop(case: PhantomCase) -> None:
    scan = replace(case.scan, source=Source(filled_slices=(0, 1)))
    assert score(case, scan).report.score == score(case).report.score
