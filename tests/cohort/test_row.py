"""A row of numbers is what a dict of its columns would be."""

from __future__ import annotations

import pickle

from corcal.cohort.workers.row import COLUMNS, NumbersRow

_VALUES = {"LAD_agatston": 12.5, "LAD_present": 1, "severity": "mild", "notices": ""}


def test_every_column_has_a_value_or_none() -> None:
    row = NumbersRow(_VALUES)
    assert dict(row) == dict.fromkeys(COLUMNS) | _VALUES
    assert (tuple(row), len(row)) == (COLUMNS, len(COLUMNS))


def test_a_row_passes_to_another_process() -> None:
    row = NumbersRow(_VALUES)
    passed = pickle.loads(pickle.dumps(row))
    assert passed == row == dict(row)
    # One text in memory for all cases of a cohort.
    assert passed["severity"] is NumbersRow({"severity": "".join(["mi", "ld"])})["severity"]
