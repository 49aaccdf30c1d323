"""A table of patients, with columns that know how they are to be described."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import skew

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.tables_in.cells import UNKNOWN, UNKNOWN_GROUP, note_alike, require_patient
from corcal.evaluate.tables_in.results_table import table_of
from corcal.evaluate.tables_in.table_file import read_table
from corcal.storage import CsvTable

#: How a column can be described: numbers by mean and SD or by median and quartiles, anything by
#: counts, or not at all.
KINDS = ("mean", "median", "count", "skip")

#: Numbers with fewer different values are grades or codes, and counted.
_FEWEST_NUMBERS = 7
#: Text with more different values is no group.
_MOST_CATEGORIES = 20
#: Numbers this skewed are described by their median.
_SKEWED = 1.0

_DECIMAL_COMMA, _THOUSANDS = re.compile(r"[-+]?\d*,\d+"), re.compile(r"[-+]?\d{1,3},\d{3}")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|(19|20)\d{6}"
)


@dataclass(frozen=True)
class Column:
    """One characteristic.

    Attributes:
        name: as the table has it.
        kind: "mean", "median" or "count".
        cells: a text for each patient, None where it is not known.
    """

    name: str
    kind: str
    cells: tuple[str | None, ...]

    def numbers(self, rows: Sequence[int]) -> list[float]:
        """Return the known numbers of some patients."""
        return [float(c) for i in rows if (c := self.cells[i]) is not None]

    def texts(self, rows: Sequence[int]) -> list[str]:
        """Return the known texts of some patients."""
        return [c for i in rows if (c := self.cells[i]) is not None]


@dataclass(frozen=True)
class Cohort:
    """The patients of a table.

    Attributes:
        name: the table's.
        rows: numbers of the patients who are in the study.
        excluded: patients who are not, by reason.
        groups: rows by the value of the column that divides them; empty without one.
        divider: that column's name, or "".
        columns: what is described.
        table: as it was read, excluded patients with it.
        notices: columns that were left out, and why.
    """

    name: str
    rows: tuple[int, ...]
    excluded: Mapping[str, int]
    groups: Mapping[str, tuple[int, ...]]
    divider: str
    columns: tuple[Column, ...]
    table: CsvTable
    notices: tuple[Notice, ...]

    @property
    def attrition(self) -> Attrition:
        """The patients of the table, those in the study, and the others by reason."""
        return Attrition(len(self.table.rows), tuple(self.excluded.items()))

    def cell(self, row: int, column: str) -> str:
        """Return what a cell says; "not stated" where it says nothing."""
        return _value_of(self.table.rows[row].text(column)) or "not stated"


def read_cohort(
    path: Path,
    *,
    by: str | None = None,
    kinds: Mapping[str, str] | None = None,
    patient: str | None = None,
    excluded: str | None = None,
) -> Cohort:
    """Return the patients of a CSV file, a row for each.

    Args:
        path: the file, or the folder of `corcal cohort`.
        by: the column that divides the patients, such as a split into training and test.
        kinds: how to describe a column, one of `KINDS`; columns not named are described by
            what their values are.
        patient: the column that names the patients; it is not described. None for "patient", if
            there is such a column.
        excluded: the column that gives the reason why a patient is not in the study, empty for
            those who are. None for "excluded", if there is such a column.

    Raises:
        TableRefused: a column is absent, a patient twice, a patient in no group, a kind unknown
            or not fit for its column, or nobody is in the study.
    """
    table = read_table(table_of(path))
    kind_of = {name.lower(): kind for name, kind in (kinds or {}).items()}
    table.require(*(name for name in (by, patient, excluded) if name), *kind_of)
    patient, excluded = patient or "patient", excluded or "excluded"
    _require_one_row_each(table, patient)
    rows, reasons = _split_excluded(table, excluded)
    groups = _groups(table, rows, by) if by else {}
    columns: list[Column] = []
    notices: list[Notice] = []
    for name in table.columns:
        if name.lower() in {part.lower() for part in (patient, excluded, by) if part}:
            continue
        cells = _cells(table, name)
        known = [c for i in rows if (c := cells[i]) is not None]
        kind, why = _kind(name, known, kind_of.get(name.lower()), table.name)
        if kind == "skip":
            if why:
                notices.append(Notice("column-left-out", f"Column {name} is left out: {why}."))
            continue
        columns.append(Column(name, kind, cells))
        notices += note_alike(name, known if kind == "count" else ())
    notices += note_alike(by or "", groups)
    return Cohort(
        table.name, rows, reasons, groups, by or "", tuple(columns), table, tuple(notices)
    )


def as_number(text: str) -> float | None:
    """Return what a text says as a finite number, else None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def in_order(texts: Iterable[str]) -> list[str]:
    """Return texts sorted: by their value where all are numbers, else by alphabet."""
    values = {text: as_number(text) for text in texts}
    if all(value is not None for value in values.values()):
        return sorted(values, key=lambda text: values[text] or 0.0)
    return sorted(values)


def _cells(table: CsvTable, column: str) -> tuple[str | None, ...]:
    """Return a column's known texts; numbers with a decimal comma get a point.

    A column of numbers may have decimal commas in any table, in quotes where commas part cells.

    Raises:
        TableRefused: a comma or point may part thousands or decimals.
    """
    texts = [row.text(column) for row in table.rows]
    unknown = UNKNOWN_GROUP if "+" in texts else UNKNOWN
    cells = tuple(None if text.lower() in unknown else text for text in texts)
    known = [c for c in cells if c is not None]
    commas = [c for c in known if _DECIMAL_COMMA.fullmatch(c)]
    numbers = [c for c in known if as_number(c) is not None]
    if len(commas) + len(numbers) < len(known):
        return cells
    for row in table.rows:
        row.numeral(column)
    if not commas:
        return cells
    if all(_THOUSANDS.fullmatch(c) for c in commas) and not table.rows[0].decimal_comma:
        raise TableRefused(
            f"{table.name}: the commas in {column} may part thousands or decimals; write the "
            "numbers with a decimal point and nothing else"
        )
    return tuple(c and c.replace(",", ".") for c in cells)


def _value_of(text: str) -> str | None:
    return None if text.lower() in UNKNOWN else text


def _require_one_row_each(table: CsvTable, patient: str) -> None:
    if not table.has(patient):
        return
    lines: dict[str, int] = {}
    for row in table.rows:
        name = row.text(patient)
        if not name:
            raise row.refusal(f"no {patient} is named")
        try:
            require_patient(name)
        except ValueError as error:
            raise row.refusal(str(error)) from None
        if name in lines:
            raise row.refusal(
                f"the same {patient} as in line {lines[name]}; a cohort has one row for each"
            )
        lines[name] = row.line


def _split_excluded(table: CsvTable, excluded: str) -> tuple[tuple[int, ...], dict[str, int]]:
    """Return the rows in the study, and how many are not by reason, most frequent first."""
    if not table.has(excluded):
        return tuple(range(len(table.rows))), {}
    reasons = [_value_of(row.text(excluded)) for row in table.rows]
    rows = tuple(i for i, reason in enumerate(reasons) if not reason)
    if not rows:
        raise TableRefused(
            f"{table.name}: every row gives a reason in {excluded!r}; nobody is left"
        )
    return rows, dict(Counter(r for r in reasons if r).most_common())


def _groups(table: CsvTable, rows: Sequence[int], by: str) -> dict[str, tuple[int, ...]]:
    """Return rows by group, groups in order."""
    groups: dict[str, list[int]] = {}
    for i in rows:
        value = _value_of(table.rows[i].text(by))
        if value is None:
            raise table.rows[i].refusal(
                f"nothing stands in {by!r}; every patient in the study belongs to a group, or the "
                "groups would not add up"
            )
        groups.setdefault(value, []).append(i)
    if len(groups) > _MOST_CATEGORIES:
        raise TableRefused(f"{table.name}: {by!r} has {len(groups)} values; that divides nothing")
    return {name: tuple(groups[name]) for name in in_order(groups)}


def _kind(name: str, known: list[str], chosen: str | None, table: str) -> tuple[str, str]:
    """Return how to describe a column and, if not at all, why not."""
    if chosen is not None and chosen not in KINDS:
        raise TableRefused(f"{table}: {name} as {chosen!r}? A column is one of {', '.join(KINDS)}")
    if chosen == "skip":
        return "skip", ""
    why = _unfit(known)
    if why:
        return "skip", why
    odd = next((c for c in known if as_number(c) is None), None)
    if chosen in ("mean", "median") and odd is not None:
        raise TableRefused(f"{table}: {name} has no {chosen}: {odd!r} is not a number")
    if chosen is not None:
        return chosen, ""
    different = len(set(known))
    if odd is None and different >= _FEWEST_NUMBERS:
        values = np.array([float(c) for c in known])
        return ("median" if abs(float(skew(values))) > _SKEWED else "mean"), ""
    if different > _MOST_CATEGORIES:
        return "skip", f"it holds {different} different texts"
    return "count", ""


def _unfit(known: list[str]) -> str:
    """Return why a column cannot be described at all, or ""."""
    if not known:
        return "nothing stands in it"
    return "it holds dates" if all(_DATE.fullmatch(c) for c in known) else ""
