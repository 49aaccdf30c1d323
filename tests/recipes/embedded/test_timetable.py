"""Minutes shared out: every stage its share of what is left, the end before the limit."""

import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.recipes.embedded.timetable import SHARES, Limits, deadlines

ALL = ["locator", "base", "segmenter", "finish"]


def test_the_shares_are_those_of_the_table_and_end_before_the_limit() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    ends = deadlines(ALL, Limits(10.0), 1000.0, 1000.0)
    # Of 600 seconds 36 are left at the end.
    assert ends == pytest.approx(
        {"locator": 1056.4, "base": 1366.6, "segmenter": 1479.4, "finish": 1564.0}
    )


def test_what_has_gone_by_is_taken_from_all_that_are_left() -> None:
    ends = deadlines(["base", "finish"], Limits(10.0), 0.0, 164.0)
    assert ends["finish"] == pytest.approx(564.0)
    assert ends["base"] == pytest.approx(164.0 + 400.0 * 0.55 / 0.70)


def test_without_an_export_the_networks_have_its_time() -> None:
    ends = deadlines(ALL, Limits(10.0, export=False), 0.0, 0.0)
    assert ends["segmenter"] == pytest.approx(564.0 * 0.85 / 0.86)


def test_a_run_that_is_late_has_no_time_left() -> None:
    ends = deadlines(["finish"], Limits(1.0), 0.0, 100.0)
    assert ends["finish"] == 100.0
