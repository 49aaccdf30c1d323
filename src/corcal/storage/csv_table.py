"""CSV tables in one form: read with line numbers for error messages, and written.

Read: UTF-8 with or without a byte order mark, and UTF-16 with one, as spreadsheets save "Unicode
text". Cells are parted by comma, semicolon or tab, which a first line such as `sep=;` may name.
Capital letters in the names of columns mean nothing. In tables parted by semicolon or tab, as
spreadsheets of many countries write them, a number may have a decimal comma, but no mark that may
part thousands.

Written: UTF-8 with commas. A text that a spreadsheet would take for a formula gets an apostrophe
before it, which reading takes away again.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corcal.core.errors import TableRefused
from corcal.storage.thousands import may_part_thousands, unclear_columns

_DELIMITERS = ",;\t"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What a spreadsheet would take for a formula when it opens a CSV file.
_FORMULA = ("=", "+", "@", "\t", "\r")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_NO_MARKS = str.maketrans("", "", ".,")
_BOOLEANS = dict.fromkeys(("yes", "true", "1"), True) | dict.fromkeys(("no", "false", "0"), False)


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        file: the table's name.
        line: its line in the file, from 1.
        cells: by column in lower case, without blanks around them; "" where nothing stands.
        decimal_comma: whether numbers may be written with a comma.
        unclear: columns, in lower case, in which a mark may part thousands.
    """

    file: str
    line: int
    cells: Mapping[str, str]
    decimal_comma: bool = False
    unclear: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file}, line {self.line}"

    def refusal(self, why: str) -> TableRefused:
        """Return the error that names this row."""
        return TableRefused(f"{self.place}: {why}")

    def text(self, column: str) -> str:
        """Return a cell, "" where nothing stands or the table has no such column."""
        return self.cells.get(column.lower(), "")

    def require(self, column: str) -> str:
        """Return a cell in which something stands.

        Raises:
            TableRefused: it is empty.
        """
        if not self.text(column):
            raise self.refusal(f"has no {column}")
        return self.text(column)

    def numeral(self, column: str) -> str:
        """Return a cell with a decimal point where the table writes numbers with a comma.

        Raises:
            TableRefused: its mark may part thousands.
        """
        text = self.text(column)
        if column.lower() in self.unclear and may_part_thousands(text):
            raise self.refusal(
                f"{column} {text!r} may be {text.translate(_NO_MARKS)} or "
                f"{text.replace(',', '.', 1)}: write numbers without a mark between thousands, "
                "in a spreadsheet by the format of the cells"
            )
        if self.decimal_comma and _DECIMAL_COMMA.fullmatch(text):
            return text.replace(",", ".")
        return text

    def number(self, column: str) -> float:
        """Return the finite number in a cell.

        Raises:
            TableRefused: the cell is empty or says something else.
        """
        try:
            value = float(self.numeral(column))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.refusal(f"{column} {self.text(column)!r} is no number, such as 12.5")
        return value

    def integer(self, column: str) -> int:
        """Return the whole number in a cell.

        Raises:
            TableRefused: the cell is empty or says something else.
        """
        value = self.number(column)
        if not value.is_integer():
            raise self.refusal(f"{column} {self.text(column)!r} is no whole number")
        return int(value)

    def boolean(self, column: str) -> bool | None:
        """Return what a cell says: yes, true or 1; no, false or 0; None where nothing stands.

        Raises:
            TableRefused: it says something else.
        """
        text = self.text(column)
        if text and text.lower() not in _BOOLEANS:
            raise self.refusal(f"{column} {text!r}; write yes, no or nothing")
        return _BOOLEANS.get(text.lower())


@dataclass(frozen=True)
class CsvTable:
    """A file's table.

    Attributes:
        name: the file's name.
        columns: their names as they are spelt in the file, in their order; columns without a
            name are left out.
        rows: in their order; lines without any cell are left out.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def has(self, column: str) -> bool:
        """Tell whether there is such a column, in whatever letters."""
        return column.lower() in {c.lower() for c in self.columns}

    def require(self, *columns: str) -> None:
        """Refuse a table without these columns.

        Raises:
            TableRefused: some are absent; they are named.
        """
        absent = [c for c in columns if not self.has(c)]
        if absent:
            raise TableRefused(
                f"{self.name}: no column {', '.join(absent)}; it has {', '.join(self.columns)}"
            )

    def require_known(self, *columns: str) -> None:
        """Refuse a table with other columns than these.

        Raises:
            TableRefused: there are others; they are named.
        """
        known = {c.lower() for c in columns}
        others = [c for c in self.columns if c.lower() not in known]
        if others:
            raise TableRefused(
                f"{self.name}: unknown column {', '.join(others)}; known are {', '.join(columns)}"
            )


def read_csv(path: Path) -> CsvTable:
    """Return the table in a CSV file.

    Raises:
        TableRefused: the file is absent, not text, without a header or rows, has a column twice,
            or a row with more or fewer cells than columns; the message names the line.
    """
    # Not splitlines: it parts at more characters than those that end a line of a file.
    lines = list(io.StringIO(_decode(path), newline=""))
    named = re.fullmatch(r"sep=(.)\s*", lines[0]) if lines else None
    first = next((i for i, t in enumerate(lines) if t.strip() and not (named and i == 0)), 0)
    delimiter = named[1] if named else _delimiter(lines[first] if lines else "")
    start = 1 if named else 0
    columns: list[str] = []
    rows: list[Row] = []
    for line, cells in _records(lines[start:], delimiter, path.name, start):
        if not columns:
            columns = _columns(cells, path.name, line)
            continue
        if len(cells) < len(columns) or any(cells[len(columns) :]):
            raise TableRefused(
                f"{path.name}, line {line}: {len(cells)} cells under {len(columns)} columns; put "
                f"quotes around a cell that holds {delimiter!r}, leave out no {delimiter!r}, and "
                "let the first line name all columns"
            )
        named_cells = {c.lower(): cell for c, cell in zip(columns, cells, strict=False) if c}
        rows.append(Row(path.name, line, named_cells, decimal_comma=delimiter != ","))
    if not rows:
        raise TableRefused(f"{path.name}: holds no rows below a line of column names")
    names = tuple(c for c in columns if c)
    return CsvTable(path.name, names, _with_unclear(rows, names, delimiter))


def _with_unclear(rows: Sequence[Row], columns: Sequence[str], delimiter: str) -> tuple[Row, ...]:
    """Return the rows with the columns in which a mark may part thousands."""
    if delimiter == ",":
        return tuple(rows)
    cells = {c.lower(): [row.text(c) for row in rows] for c in columns}
    unclear = unclear_columns(cells, usual="," if delimiter == ";" else "")
    return tuple(replace(row, unclear=unclear) for row in rows) if unclear else tuple(rows)


def csv_bytes(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, byte_order_mark: bool = False
) -> bytes:
    """Return a table as the content of a CSV file; None becomes an empty cell.

    Args:
        columns: the names.
        rows: the cells.
        byte_order_mark: begin with one: by it, spreadsheets know that the text is UTF-8.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if byte_order_mark else "utf-8")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _as_written(cell: str) -> str:
    """Return a cell without blanks around it and without the apostrophe of `_harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell.strip()


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableRefused(f"{path}: there is no such file") from None
    except OSError as error:
        raise TableRefused(f"{path}: cannot be read ({error.strerror or error})") from error
    coded = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = content.decode(coded)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableRefused(
            f"{path.name}, line {line}: cannot be read as UTF-8 text; save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableRefused(
            f"{path.name}, line {line}: no text, or UTF-16 without a byte order mark; save it as "
            "CSV UTF-8"
        )
    return text


def _delimiter(header: str) -> str:
    """Return what parts the header into most cells; quoted ones count as one."""
    return max(_DELIMITERS, key=lambda d: len(next(csv.reader([header], delimiter=d), [])))


def _records(
    lines: list[str], delimiter: str, name: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it begins at, cells) of every row that has any."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = skipped + 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise TableRefused(f"{name}, line {begins}: is no row of a table ({error})") from None
        if row is None:
            return
        cells = [_as_written(cell) for cell in row]
        if any(cells):
            yield begins, cells
        begins = skipped + reader.line_num + 1


def _columns(cells: list[str], name: str, line: int) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    counts = Counter(c.lower() for c in cells if c)
    twice = [c for c in cells if counts[c.lower()] > 1]
    if twice:
        raise TableRefused(f"{name}, line {line}: more than one column is named {twice[0]!r}")
    return cells
