from __future__ import annotations

from collections.abc import Callable

import pytest

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.core.severity import CacDrs
from corcal.report.words.finding import (
    agatston_text,
    category_text,
    finding,
    score_name,
    total_text,
    volume_text,
)
from tests.report.conftest import LAD, make_report, no_calcium


def test_the_artery_with_most_comes_first(reading: Reading) -> None:
    assert finding(reading.report) == (
        "Calcium in 2 of 3 coronary arteries: most in the RCA, then left main + LAD."
    )
    assert total_text(reading.report) == ("146 Agatston-equivalent (estimated), 135 mm³ (0.13 mL)")


def test_one_artery() -> None:
    scores = (no_calcium(Artery.RCA), LAD, no_calcium(Artery.LCX))
    report = make_report(scores, CacDrs("V", 1, 1))
    assert finding(report) == "Calcium in 1 of 3 coronary arteries: left main + LAD."


def test_no_calcium(clean: Reading) -> None:
    assert finding(clean.report) == "No calcium found in any of the three coronary arteries."


def test_a_derived_category_says_so(reading: Reading) -> None:
    assert category_text(reading.report) == (
        "Category 2, N2, by the bounds of CAC-DRS (derived from the Agatston-equivalent score, "
        "not visual; left main counted with LAD)"
    )


def test_a_gated_scan_has_an_agatston_score(
    reading: Reading, with_scores: Callable[..., Reading]
) -> None:
    gated = with_scores(reading, reading.report.score.arteries, CacDrs("A", 2, 2)).report
    assert score_name(gated) == "Agatston"
    assert total_text(gated) == "146 Agatston, 135 mm³ (0.13 mL)"
    assert category_text(gated) == (
        "CAC-DRS A2/N2 (from the Agatston score; N2, left main counted with LAD)"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.4, "0.4"),
        (9.96, "10.0"),
        (10.4, "10"),
        (99.4, "99"),
        (99.7, "99.7"),
        (99.99, "99.9"),
        (100.0, "100"),
        (299.6, "299.6"),
        (300.0, "300"),
        (3215.8, "3,216"),
    ],
)
def test_scores_as_printed_never_cross_a_category(value: float, text: str) -> None:
    assert agatston_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (5.88, "5.9"), (1593.6, "1,594")])
def test_volumes_as_printed(value: float, text: str) -> None:
    assert volume_text(value) == text
