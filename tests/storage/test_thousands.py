"""Numbers whose mark may part thousands are refused; those that show what they are, are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.storage import read_csv
from corcal.storage.thousands import unclear_columns


@pytest.mark.parametrize(
    ("cells", "usual", "unclear"),
    [
        ({"a": ["1.234", "87"]}, ",", {"a"}),
        ({"a": ["1.234", "87"], "b": ["98,25"]}, ",", {"a"}),
        ({"a": ["1.234", "87"], "b": ["98.25"]}, ",", set()),
        ({"a": ["1.234", "0.500"]}, ",", set()),
        ({"a": ["1.234", "12,5"]}, ",", {"a"}),
        ({"a": ["1,234", "87"]}, ",", set()),
        ({"a": ["1,234", "87"]}, "", {"a"}),
        ({"a": ["1,234", "87"], "b": ["98.25"]}, ",", {"a"}),
        ({"a": ["1,234", "1.234"]}, ",", {"a"}),
        ({"a": ["1234", "0,234", "1,23", "1,2345"]}, "", set()),
        ({"a": ["1.234"], "b": ["1,5"], "c": ["1.5"]}, ",", {"a"}),
        ({"a": [], "b": ["York"]}, "", set()),
    ],
)
def test_what_a_mark_may_be(cells: dict[str, list[str]], usual: str, unclear: set[str]) -> None:
    assert unclear_columns(cells, usual=usual) == unclear


def test_the_refusal_names_the_cell_and_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;Agatston;volume\n1.234;87;98,25\n2;1.234;0\n", encoding="utf-8")
    first, second = read_csv(path).rows
    assert (first.number("agatston"), first.number("volume")) == (87, 98.25)
    # A name is a text, whatever it looks like.
    assert first.text("id") == "1.234"
    with pytest.raises(
        TableRefused, match=r"^t\.csv, line 3: Agatston '1\.234' may be 1234 or 1\.234: write"
    ):
        second.number("Agatston")


def test_cells_parted_by_commas_have_decimal_points(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1.234,87\n", encoding="utf-8")
    assert read_csv(path).rows[0].number("a") == 1.234
