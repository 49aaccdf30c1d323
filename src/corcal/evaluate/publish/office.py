"""Tables as one Word document and one Excel workbook (extra `office`)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from corcal import DISCLAIMER
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import left_columns

#: Files that are the same each time bear no date of their making.
_EPOCH = datetime(1980, 1, 1)

#: Width of an A4 page between margins of 20 mm, portrait and landscape, in mm.
_PORTRAIT_MM, _LANDSCAPE_MM = 170, 257
#: More columns than this go on a page of their own direction.
_PORTRAIT_COLUMNS = 6
#: What Excel allows in the name of a sheet.
_SHEET_NAME = 31


def tables_docx(title: str, tables: Sequence[Table]) -> bytes:
    """Return a Word document with every table, its caption above and its notes below.

    Wide tables stand on pages in landscape.
    """
    import docx  # noqa: PLC0415
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.created = document.core_properties.modified = _EPOCH
    document.core_properties.author = "corcal"
    document.add_heading(title, level=1)
    document.add_paragraph(DISCLAIMER)
    for table in tables:
        wide = len(table.columns) > _PORTRAIT_COLUMNS
        section = document.sections[-1]
        if wide is not (section.orientation == WD_ORIENT.LANDSCAPE):
            section = document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, Mm(20))
        _put_table(document, table, _LANDSCAPE_MM if wide else _PORTRAIT_MM)
    file = io.BytesIO()
    document.save(file)
    return _without_dates(file.getvalue())


def _put_table(document: Any, table: Table, width_mm: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    caption = document.add_paragraph()
    caption.add_run(table.title).bold = True
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    grid.style = "Light List"
    grid.autofit = False
    left, widths = left_columns(table), _widths(table, width_mm)
    for line, cells in zip(grid.rows, (table.columns, *table.rows), strict=True):
        for i, (cell, text) in enumerate(zip(line.cells, cells, strict=True)):
            cell.width = Mm(widths[i])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if i not in left:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            run.font.size = Pt(8)
            run.bold = cells is table.columns
    for note in table.lines_below:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(note).font.size = Pt(8)
    document.add_paragraph()


def _widths(table: Table, width_mm: int) -> list[float]:
    """Return the width of each column in mm, after its longest text."""
    longest = [
        min(40, max(4, *(len(row[i]) for row in (table.columns, *table.rows))))
        for i in range(len(table.columns))
    ]
    return [width_mm * n / sum(longest) for n in longest]


def tables_xlsx(title: str, tables: Sequence[Table]) -> bytes:
    """Return an Excel workbook with a sheet for each table; cells are text, as in the tables."""
    import openpyxl  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = title, "corcal"
    book.properties.created = book.properties.modified = _EPOCH
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(f"{number} {table.name}"[:_SHEET_NAME])
        sheet.append([table.title])
        sheet.append(list(table.columns))
        for row in table.rows:
            line = sheet.max_row + 1
            for i, text in enumerate(row, start=1):
                # As text: "=1+1" in somebody's column is no formula of ours.
                _put_text(sheet.cell(line, i), text)
        below = sheet.max_row + 2
        for i, note in enumerate(table.lines_below):
            _put_text(sheet.cell(below + i, 1), note)
        for cell in (*sheet[1], *sheet[2]):
            cell.font = Font(bold=True)
        for i in range(len(table.columns)):
            longest = max(len(row[i]) for row in (table.columns, *table.rows))
            sheet.column_dimensions[openpyxl.utils.get_column_letter(i + 1)].width = longest + 2
        sheet.freeze_panes = "B3"
    file = io.BytesIO()
    book.save(file)
    return _without_dates(file.getvalue())


def _put_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"


def _without_dates(content: bytes) -> bytes:
    """Return a zip with the same members, none of which bears a date."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed.getvalue()
