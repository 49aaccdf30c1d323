"""A table of text, before it becomes CSV, Markdown, LaTeX or HTML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A finished table; every cell is already the text that people read.

    Attributes:
        name: the table's file name without suffix, lower case ("table3_detection").
        title: its caption.
        columns: the headings.
        rows: the cells, row by row; an undefined figure is an en dash.
        notes: what stands below it: abbreviations, methods, doubts.

    Raises:
        ValueError: a row that is not as long as the headings.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.name}: a row of {len(row)} cells under {len(self.columns)} headings"
                )
