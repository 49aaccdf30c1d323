"""Tables as one Excel workbook (extra `office`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import left_columns
from corcal.evaluate.publish.undated import EPOCH, without_dates

#: What Excel allows in the name of a sheet.
_SHEET_NAME = 31
#: Letters in a line of notes under a narrow table, and the height of a line in points.
_NOTE_LETTERS, _LINE_POINTS = 90, 15


def tables_xlsx(title: str, tables: Sequence[Table]) -> bytes:
    """Return an Excel workbook with a sheet for each table; cells are text, as in the tables.

    A sheet prints on one page across.
    """
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = title, "corcal"
    book.properties.created = book.properties.modified = EPOCH
    for number, table in enumerate(tables, start=1):
        _put_table(book.create_sheet(f"{number} {table.name}"[:_SHEET_NAME]), table)
    file = io.BytesIO()
    book.save(file)
    return without_dates(file.getvalue())


def _put_table(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    left, last = left_columns(table), len(table.columns)
    lines = ((table.title,), table.columns, *table.rows)
    for number, line in enumerate(lines, start=1):
        for i, text in enumerate(line):
            side = "left" if number == 1 or i in left else "right"
            _put_text(sheet.cell(number, i + 1), text)
            sheet.cell(number, i + 1).alignment = Alignment(horizontal=side)
    for i in range(last):
        longest = max(len(row[i]) for row in (table.columns, *table.rows))
        sheet.column_dimensions[get_column_letter(i + 1)].width = longest + 2
        sheet.cell(len(lines), i + 1).border = Border(bottom=Side("medium"))
        sheet.cell(2, i + 1).border = Border(top=Side("medium"), bottom=Side("thin"))
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    _put_notes(sheet, table, len(lines) + 2)
    sheet.freeze_panes = "B3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put_notes(sheet: Any, table: Table, line: int) -> None:
    """Put the notes below, each in a cell across the table that wraps its text."""
    from openpyxl.styles import Alignment  # noqa: PLC0415

    widths = [sheet.column_dimensions[c.column_letter].width for c in sheet[2]]
    across = len(widths)
    letters = sum(widths)
    # Beside a narrow table is room for more.
    while letters < _NOTE_LETTERS:
        across, letters = across + 1, letters + 13
    for number, note in enumerate(table.lines_below, start=line):
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=across)
        _put_text(sheet.cell(number, 1), note)
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = _LINE_POINTS * -(-len(note) // int(letters))


def _put_text(cell: Any, text: str) -> None:
    # As text: "=1+1" in somebody's column is no formula of ours.
    cell.value = text
    cell.data_type = "s"
