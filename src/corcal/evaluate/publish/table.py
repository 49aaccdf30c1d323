"""A table of text, before it becomes CSV, Markdown, LaTeX, HTML, Word or Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corcal.evaluate.statistics.attrition import Attrition, state_attrition


@dataclass(frozen=True)
class Table:
    """A finished table; every cell is already the text that people read.

    Attributes:
        name: the table's file name without suffix, lower case ("table3_detection").
        title: its caption.
        columns: the headings.
        rows: the cells, row by row; an undefined figure is an en dash.
        notes: what stands below it: abbreviations, methods, doubts.
        attrition: cases in, used and left out, by the heading of a column or row.
        counted: those cases, in the plural: patients, scans, ratings.
        made: one line on how it was made: versions, methods, seed; so that two runs can be
            compared.

    Raises:
        ValueError: a row that is not as long as the headings.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    attrition: Mapping[str, Attrition] = field(default_factory=dict)
    counted: str = "Patients"
    made: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.name}: a row of {len(row)} cells under {len(self.columns)} headings"
                )

    @property
    def lines_below(self) -> tuple[str, ...]:
        """Everything that stands below the table: notes, attrition, how it was made."""
        lines = (*self.notes, state_attrition(self.attrition, self.counted), self.made)
        return tuple(line for line in lines if line)
