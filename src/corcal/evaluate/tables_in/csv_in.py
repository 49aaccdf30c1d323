"""A CSV file as rows of named cells, each with its line number for error messages."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from corcal.core.errors import TableRefused

_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class CsvRow:
    """One row.

    Attributes:
        line: its line in the file, from 1.
        cells: the cells by column, without blanks around them; "" where nothing stands.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class CsvTable:
    """A file's table.

    Attributes:
        name: the file's name.
        columns: in their order.
        rows: in their order; lines without any cell are left out.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]

    def require(self, *columns: str) -> None:
        """Refuse a table without these columns.

        Raises:
            TableRefused: one of them is absent.
        """
        absent = [c for c in columns if c not in self.columns]
        if absent:
            raise TableRefused(
                f"{self.name}: no column {', '.join(absent)}; it has {', '.join(self.columns)}"
            )


def read_csv(path: Path) -> CsvTable:
    """Return the table in a CSV file: UTF-8, cells parted by comma, semicolon or tab.

    Raises:
        TableRefused: the file is absent, not text, without a header or rows, has a column twice,
            or a row with more cells than columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TableRefused(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TableRefused(f"{path.name}: cannot be read as UTF-8 text ({error})") from error
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    columns: tuple[str, ...] = ()
    rows: list[CsvRow] = []
    for row in reader:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not columns:
            columns = _columns(cells, path)
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            raise TableRefused(
                f"{path.name}, line {reader.line_num}: {len(cells)} cells under "
                f"{len(columns)} columns; put quotes around a cell that holds {delimiter!r}"
            )
        filled = cells[: len(columns)] + [""] * (len(columns) - len(cells))
        rows.append(CsvRow(reader.line_num, dict(zip(columns, filled, strict=True))))
    if not rows:
        raise TableRefused(f"{path.name}: holds no rows below a line of column names")
    return CsvTable(path.name, columns, tuple(rows))


def _columns(cells: list[str], path: Path) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    twice = [name for name, count in Counter(cells).items() if count > 1]
    if twice:
        raise TableRefused(f"{path.name}: more than one column is named {twice[0]!r}")
    return tuple(cells)
