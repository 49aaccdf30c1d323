"""A table in a CSV file or on the first sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from corcal.core.errors import TableRefused
from corcal.runtime import install_extra
from corcal.storage import CsvTable, Row, read_csv

#: How the old and the new format of Excel begin.
_OLD_EXCEL, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def read_table(path: Path) -> CsvTable:
    """Return the table in a file: CSV, or the first sheet of an .xlsx workbook.

    Raises:
        TableRefused: the file is absent, no such table, or an Excel file that cannot be read here.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        start = b""
    if start == _OLD_EXCEL:
        raise TableRefused(
            f"{path.name}: is an old Excel file (.xls); save it as CSV UTF-8 or .xlsx"
        )
    return _read_workbook(path) if start == _ZIP else read_csv(path)


def _read_workbook(path: Path) -> CsvTable:
    try:
        import openpyxl  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TableRefused(
            f"{path.name}: is an Excel workbook; save it as CSV UTF-8, or, to read it, "
            f"{install_extra('office')}"
        ) from error
    try:
        # Bytes, not the path: openpyxl goes by the ending of a name, which may be .csv.
        content = path.read_bytes()
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, BadZipFile) as error:
        raise TableRefused(
            f"{path.name}: is a zip, but no Excel workbook; save the table as CSV UTF-8 or .xlsx"
        ) from error
    sheets = len(book.worksheets)
    name = path.name if sheets == 1 else f"{path.name} (first of {sheets} sheets)"
    lines = [
        (number, [_text(value) for value in values])
        for number, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
    ]
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if len(filled) < 2:
        raise TableRefused(f"{path.name}: its first sheet holds no rows below column names")
    # A second reading, of formulas in place of results, takes as long as the first.
    if not all(all(cells) for _, cells in lines):
        _refuse_uncomputed(openpyxl.load_workbook(BytesIO(content), read_only=True), lines, name)
    return _table(name, filled[0][1], filled[1:])


def _refuse_uncomputed(book: Any, lines: Sequence[tuple[int, list[str]]], name: str) -> None:
    """Refuse formulas whose result the file does not hold: their cells would look empty."""
    formulas = book.worksheets[0].iter_rows(values_only=True)
    for (number, cells), row in zip(lines, formulas, strict=True):
        for cell, formula in zip(cells, row, strict=False):
            if not cell and isinstance(formula, str) and formula.startswith("="):
                raise TableRefused(
                    f"{name}, line {number}: holds a formula without its result; open the file in "
                    "a spreadsheet and save it, or save it as CSV UTF-8"
                )


def _table(name: str, heads: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> CsvTable:
    columns = [head for head in heads if head]
    folded = [head.lower() for head in columns]
    twice = next((c for c in columns if folded.count(c.lower()) > 1), None)
    if twice is not None:
        raise TableRefused(f"{name}: more than one column is named {twice!r}")
    width = max(i for i, head in enumerate(heads, start=1) if head)
    beside = next((number for number, cells in lines if any(cells[width:])), None)
    if beside is not None:
        raise TableRefused(
            f"{name}, line {beside}: a cell beyond the {width} columns; let the first line name "
            "all columns, and keep notes on another sheet"
        )
    rows = [
        Row(name, number, {h.lower(): c for h, c in zip(heads, cells, strict=False) if h})
        for number, cells in lines
    ]
    return CsvTable(name, tuple(columns), tuple(rows))


def _text(value: object) -> str:
    """Return a cell as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()
