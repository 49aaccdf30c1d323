"""Readings in: each reader's scores and calls of each case, with each system."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corcal.core.errors import TableRefused
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.tables_in.cells import UNKNOWN, number, target_index
from corcal.evaluate.tables_in.results import TARGETS
from corcal.evaluate.tables_in.table_file import read_table
from corcal.storage import Row

#: The columns that every table of readings has, and those of which it has at least one.
COLUMNS, MEASURES = ("reader", "system", "case"), ("score", "present")


@dataclass(frozen=True, eq=False)
class Readings:
    """The readings of a study, in which readers, systems and cases are crossed.

    Attributes:
        readers: names, in the order in which the tables name them.
        systems: names, in that order too.
        cases: names; they leave the program in no output.
        score: (systems, readers, cases, targets), the targets as `TARGETS`; higher means more
            likely calcified; NaN where unknown.
        present: 1 or 0, of the same shape.
    """

    readers: tuple[str, ...]
    systems: tuple[str, ...]
    cases: tuple[str, ...]
    score: Numbers
    present: Numbers


def read_readings(paths: Sequence[Path]) -> Readings:
    """Return the readings in one or more tables.

    Each row is a reading: `reader,system,case,artery,score,present`. Without a column `artery` it
    is of the whole patient; score (a confidence, a volume, an Agatston score) or present may be
    absent.

    Raises:
        TableRefused: a file is no such table, a cell cannot be, or a reading is there twice.
    """
    book = _Book()
    for path in paths:
        table = read_table(path)
        table.require(*COLUMNS)
        if not any(table.has(m) for m in MEASURES):
            raise TableRefused(f"{table.name}: has neither a column score nor a column present")
        for row in table.rows:
            book.enter(row, artery=table.has("artery"))
    return book.close()


@dataclass
class _Book:
    """Collects rows."""

    readers: dict[str, int] = field(default_factory=dict)
    systems: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[int, int, int, int], tuple[float, float]] = field(default_factory=dict)
    places: dict[tuple[int, int, int, int], str] = field(default_factory=dict)

    def enter(self, row: Row, *, artery: bool) -> None:
        reader, system, case = (row.require(column) for column in COLUMNS)
        try:
            target = target_index(row.require("artery")) if artery else TARGETS.index("any")
            present = number(row.text("present"), "present")
        except ValueError as error:
            raise row.refusal(str(error)) from None
        key = (
            self.systems.setdefault(system, len(self.systems)),
            self.readers.setdefault(reader, len(self.readers)),
            self.cases.setdefault(case, len(self.cases)),
            target,
        )
        if key in self.cells:
            raise row.refusal(
                f"reader {reader} read {TARGETS[target]} of this case with {system} already "
                f"({self.places[key]}); keep one of the two"
            )
        blank = row.text("score").lower() in UNKNOWN
        self.cells[key] = (math.nan if blank else row.number("score"), present)
        self.places[key] = row.place

    def close(self) -> Readings:
        shape = (len(self.systems), len(self.readers), len(self.cases), len(TARGETS))
        values = np.full((2, *shape), np.nan)
        for key, cell in self.cells.items():
            values[(slice(None), *key)] = cell
        if not np.isfinite(values).any():
            raise TableRefused("none of the tables holds a reading: every cell is empty")
        return Readings(tuple(self.readers), tuple(self.systems), tuple(self.cases), *values)
