"""Tables of results in: long or wide CSV, or the calcium.csv files of `corcal score`.

Long: a row for each patient and artery, `patient,artery,present,volume_mm3,agatston,grade`.
Wide: a row for each patient, `patient,RCA_present,RCA_agatston,...`. Only the patient and at
least one measure are needed. An artery called `any` or `total` is the whole patient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corcal.core.errors import TableRefused
from corcal.core.grid import MM3_PER_ML
from corcal.core.scan import Notice
from corcal.evaluate.tables_in.cells import UNKNOWN_GROUP, number, require_patient, target_index
from corcal.evaluate.tables_in.derive_presence import derive_presence
from corcal.evaluate.tables_in.measure_columns import measure_columns, note_other_columns
from corcal.evaluate.tables_in.results import MEASURES, TARGETS, Results
from corcal.evaluate.tables_in.table_file import read_table
from corcal.storage import CsvTable, Row

#: The file of `corcal score` that holds its numbers.
SCORE_FILE = "calcium.csv"

#: The folder of `corcal cohort` is recognised by its journal; the table has all its numbers.
_COHORT, _COHORT_TABLE = "journal.jsonl", "results.csv"

#: The paper's volume: all voxels of the calcium label, whatever their HU.
MASK_VOLUME = "mask_volume_ml"


@dataclass
class _Sheet:
    """The rows read so far, patient by patient."""

    name: str
    columns: dict[str, str]
    groups: tuple[str, ...]
    notices: list[Notice]
    line_of: dict[str, int] = field(default_factory=dict)
    rows: list[list[float]] = field(default_factory=list)
    lines: list[list[int]] = field(default_factory=list)
    texts: list[list[str | None]] = field(default_factory=list)

    def patient(self, name: str) -> int:
        require_patient(name)
        index = self.line_of.setdefault(name, len(self.rows))
        if index == len(self.rows):
            self.rows.append([math.nan] * (len(MEASURES) * len(TARGETS)))
            self.lines.append([0] * len(TARGETS))
            self.texts.append([None] * len(self.groups))
        return index

    def put(self, patient: int, target: int, cells: dict[str, str], line: int) -> None:
        """Take over what `cells`, text by measure, say of one patient's target."""
        if self.lines[patient][target]:
            raise ValueError(
                f"{TARGETS[target]} of this patient stands already in line "
                f"{self.lines[patient][target]}; leave one row for each patient and artery"
            )
        self.lines[patient][target] = line
        for measure, text in cells.items():
            value = number(text, measure)
            as_read = measure if measure != MASK_VOLUME else "volume_mm3"
            factor = MM3_PER_ML if measure == MASK_VOLUME else 1.0
            self.rows[patient][MEASURES.index(as_read) * len(TARGETS) + target] = value * factor

    def put_groups(self, patient: int, row: Row) -> None:
        for i, column in enumerate(self.groups):
            text, known = row.text(column), self.texts[patient][i]
            text = "" if text.lower() in UNKNOWN_GROUP else text
            if known is not None and text != known:
                raise ValueError(
                    f"{column} is {text!r}, but {known!r} in an earlier row of the same patient; "
                    "a patient belongs to one group"
                )
            self.texts[patient][i] = text


def read_results(
    source: str | Path, *, groups: Sequence[str] = (), volume: str = "volume_mm3"
) -> Results:
    """Return the results in a table, or in the folders of many scans.

    Args:
        source: a CSV file; the folder of `corcal cohort`; another folder, in which every
            calcium.csv is taken as the result of the patient whose name its own folder has; or a
            pattern of such files.
        groups: columns to keep for stratifying; those that are absent are left out.
        volume: the column that the volume is taken from: "volume_mm3" (voxels at or above the
            HU threshold) or "mask_volume_ml" (the whole calcium label, as in the paper).

    Raises:
        TableRefused: columns are absent, a row is there twice, or a cell cannot be right; the
            message names file and line.
    """
    path = table_of(Path(source))
    if path.is_file() or not (path.is_dir() or set("*?[") & set(str(source))):
        tables = [("", read_table(path))]
    else:
        tables = _score_tables(str(source))
    sheet = _sheet(tables[0][1], Path(source).name, groups, volume)
    for patient, table in tables:
        if patient:
            table.require("artery", *sheet.columns.values())
        _take(sheet, table, patient)
    return _results(sheet, of_one_file=not tables[0][0])


def table_of(path: Path) -> Path:
    """Return the table of a cohort, if the path is the folder of one, else the path itself."""
    return path / _COHORT_TABLE if (path / _COHORT).is_file() else path


def _score_tables(source: str) -> list[tuple[str, CsvTable]]:
    """Return (patient, table) of every calcium.csv in a folder, or that a pattern names."""
    folder = Path(source)
    if folder.is_dir():
        files = sorted(folder.rglob(SCORE_FILE))
    else:
        start = Path(folder.anchor)
        files = sorted(start.glob(str(folder.relative_to(start))))
    files = [f / SCORE_FILE if f.is_dir() else f for f in files]
    if not files:
        raise TableRefused(f"{source}: holds no {SCORE_FILE}; name a table or a folder of results")
    by_patient: dict[str, Path] = {}
    for file in files:
        earlier = by_patient.setdefault(file.resolve().parent.name, file)
        if earlier != file:
            raise TableRefused(
                f"{earlier} and {file} lie in folders of one name, which should be the patient's; "
                "give every patient a folder of another name"
            )
    return [(patient, read_table(file)) for patient, file in by_patient.items()]


def _sheet(table: CsvTable, name: str, groups: Sequence[str], volume: str) -> _Sheet:
    """Return an empty sheet for tables with the columns of `table`."""
    columns = measure_columns(table, volume)
    notices = note_other_columns(table, columns, volume)
    return _Sheet(name, columns, tuple(g for g in groups if table.has(g)), notices)


def _take(sheet: _Sheet, table: CsvTable, patient: str) -> None:
    """Read every row of a table into the sheet."""
    if not patient:
        table.require("patient")
    else:
        sheet.name = f"{patient}/{table.name}"
    for row in table.rows:
        try:
            index = sheet.patient(patient or row.text("patient"))
            sheet.put_groups(index, row)
            for target, cells in _targets(sheet, row):
                sheet.put(index, target, cells, row.line)
        except ValueError as error:
            raise TableRefused(f"{sheet.name}, line {row.line}: {error}") from None


def _targets(sheet: _Sheet, row: Row) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (target, text by measure) of everything one row speaks of."""
    if "artery" in row.cells:
        texts = {m: row.numeral(c) for m, c in sheet.columns.items()}
        yield target_index(row.text("artery")), texts
        return
    by_target: dict[str, dict[str, str]] = {}
    for name, column in sheet.columns.items():
        target, measure = name.split("_", 1)
        by_target.setdefault(target, {})[measure] = row.numeral(column)
    for target, texts in by_target.items():
        yield target_index(target), texts


def _states_presence(sheet: _Sheet) -> tuple[bool, ...]:
    """Return of each target whether the table has a column for its presence."""
    if "present" in sheet.columns:
        return (True,) * len(TARGETS)
    stated = {name.removesuffix("_present") for name in sheet.columns if name.endswith("_present")}
    return tuple(t in stated or (t == "any" and "total" in stated) for t in TARGETS)


def _results(sheet: _Sheet, *, of_one_file: bool) -> Results:
    shape = (len(sheet.rows), len(MEASURES), len(TARGETS))
    numbers = np.array(sheet.rows, dtype=np.float64).reshape(shape)
    values = {m: numbers[:, i] for i, m in enumerate(MEASURES)}
    measures, notices = derive_presence(
        values, _states_presence(sheet), lines=sheet.lines, name=sheet.name
    )
    return Results(
        sheet.name,
        tuple(sheet.line_of),
        **measures,
        groups={g: tuple(t[i] or "" for t in sheet.texts) for i, g in enumerate(sheet.groups)},
        notices=(*sheet.notices, *notices),
        lines=tuple(min(filter(None, lines)) for lines in sheet.lines) if of_one_file else (),
    )
