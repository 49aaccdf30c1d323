"""Columns of a table of results that hold measures, and those that may have been meant to."""

from __future__ import annotations

from collections.abc import Mapping

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.tables_in.cells import target_index
from corcal.evaluate.tables_in.results import MEASURES, TARGETS
from corcal.storage import CsvTable

#: By which part of its name a column may be meant for a measure.
_STEMS = {
    "present": ("presen",),
    "volume": ("volume",),
    "agatston": ("agatston", "score"),
    "grade": ("grade", "severity"),
}


def measure_columns(table: CsvTable, volume: str) -> dict[str, str]:
    """Return the columns of measures as they are spelt, by the name they should have.

    Args:
        table: long (names such as agatston), or wide (names such as RCA_agatston).
        volume: the column that the volume is taken from.

    Raises:
        TableRefused: there is none, or a column of a wide table is of an unknown artery.
    """
    measures = [m if m != "volume_mm3" else volume for m in MEASURES]
    long = table.has("artery")
    named = measures if long else [f"{t}_{m}" for t in (*TARGETS, "total") for m in measures]
    folded = {c.lower(): c for c in table.columns}
    columns = {c: folded[c.lower()] for c in named if c.lower() in folded}
    if not columns:
        raise TableRefused(
            f"{table.name}: no column says anything of the calcium. A long table has artery and "
            f"one or more of {', '.join(measures)}; a wide one has columns such as RCA_present. "
            f"It has {', '.join(table.columns)}"
        )
    if not long:
        _refuse_unknown_arteries(table, measures)
    return columns


def note_other_columns(table: CsvTable, columns: Mapping[str, str], volume: str) -> list[Notice]:
    """Return a notice for each measure that no column has, where one may be meant for it."""
    notices = []
    for stem, parts in _STEMS.items():
        measure = volume if stem == "volume" else stem
        if any(name == measure or name.endswith(f"_{measure}") for name in columns):
            continue
        others = [c for c in table.columns if any(part in c.lower() for part in parts)]
        if others:
            text = (
                f"{table.name} has no column {measure}; {', '.join(others)} was not read. If it "
                "is what is meant, give it that name."
            )
            notices.append(Notice("column-not-read", text))
    return notices


def _refuse_unknown_arteries(table: CsvTable, measures: list[str]) -> None:
    for column in table.columns:
        measure = next((m for m in measures if column.lower().endswith(f"_{m}")), None)
        if measure is None:
            continue
        try:
            target_index(column[: -len(measure) - 1])
        except ValueError as error:
            raise TableRefused(
                f"{table.name}: column {column}: {error}. Rename the column if it is of "
                "something else"
            ) from None
