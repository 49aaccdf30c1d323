"""The page of tables: nothing runs off it, and what is copied from it are plain numbers."""

from __future__ import annotations

from corcal.evaluate.publish.page import Page, Section, page_html
from corcal.evaluate.publish.table import Table


def html(*tables: Table) -> str:
    section = Section("one", "One", tables)
    return page_html(Page("Title", "", ("κ 0.9 (0.8–1.0).",), (), (section,), (), "")).decode()


def table(columns: int, cell: str = "0.82 (0.77–0.87)") -> Table:
    return Table("t", "Title", ("",) * columns, (("a < b", *[cell] * (columns - 1)),))


def test_no_line_breaks_within_an_interval() -> None:
    text = html(table(3))
    assert '<td>0.82 <span class="unbroken">(0.77–0.87)</span></td>' in text
    assert '<p>κ 0.9 <span class="unbroken">(0.8–1.0)</span>.</p>' in text
    assert "a &lt; b" in text
    # An invisible character would be copied along with the numbers.
    assert "\u2060" not in text


def test_what_stands_in_brackets_is_escaped() -> None:
    assert '<span class="unbroken">(&lt;b&gt;)</span>' in html(table(2, "(<b>)"))


def test_wide_tables_are_set_closer_and_narrow_ones_do_not_fill_the_page() -> None:
    assert [
        line for line in html(table(2), table(6), table(7)).splitlines() if "<table" in line
    ] == ['<table class="slim">', "<table>", '<table class="dense">']
