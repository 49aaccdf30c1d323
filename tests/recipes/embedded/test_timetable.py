"""Minutes shared out: every stage its share of what is left, the end before the limit."""

import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.recipes.embedded.timetable import SHARES, Limits, deadlines

ALL = ["locator", "base", "segmenter", "hearts", "finish"]


def test_the_shares_are_those_of_the_table_and_end_before_the_limit() -> None:
    assert sum(SHARES[stage] for stage in ALL) == pytest.approx(1.0)
    assert SHARES["phantom_hearts"] == SHARES["hearts"]
    ends = deadlines(ALL, Limits(10.0), 1000.0, 1000.0)
    # Of 600 seconds 36 are left at the end.
    assert ends == pytest.approx(
        {
            "locator": 1045.12,
            "base": 1253.8,
            "segmenter": 1321.48,
            "hearts": 1490.68,
            "finish": 1564.0,
        }
    )


def test_what_has_gone_by_is_taken_from_all_that_are_left() -> None:
    ends = deadlines(["base", "finish"], Limits(10.0), 0.0, 164.0)
    assert ends["finish"] == pytest.approx(564.0)
    assert ends["base"] == pytest.approx(164.0 + 400.0 * 0.37 / 0.50)


def test_without_an_export_the_networks_have_its_time() -> None:
    ends = deadlines(ALL, Limits(10.0, export=False), 0.0, 0.0)
    assert ends["hearts"] == pytest.approx(564.0 * 0.87 / 0.88)


def test_a_run_that_is_late_has_no_time_left() -> None:
    ends = deadlines(["finish"], Limits(1.0), 0.0, 100.0)
    assert ends["finish"] == 100.0
