"""Tables as one Word document (extra `office`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from corcal import DISCLAIMER
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import left_columns
from corcal.evaluate.publish.undated import EPOCH, without_dates

#: Width of an A4 page between margins of 20 mm, portrait and landscape, in mm.
_PORTRAIT_MM, _LANDSCAPE_MM = 170, 257
#: Sizes of the letters in points.
_TEXT_POINTS, _CELL_POINTS = 10, 8
#: Width in mm of a letter of a long text, of what short ones need beside, and of margins.
_LETTER_MM, _SHORT_MM, _MARGINS_MM = 1.35, 2.4, 2.4
#: A heading with more letters may take two lines.
_HEADING_LETTERS = 10
#: Columns may be a little narrower than that, at the price of a longer line or two.
_PRESSED = 1.08
#: A longer text runs over several lines.
_LONGEST_LETTERS = 34
#: Fewer rows than these stand on one page.
_ROWS_OF_A_PAGE = 30
#: Every system has this letter, or one of the same widths.
_FONT = "Arial"


def tables_docx(title: str, tables: Sequence[Table]) -> bytes:
    """Return a Word document with every table, its caption above and its notes below.

    Tables that are too wide for a page in portrait stand on pages in landscape.
    """
    import docx  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.created = document.core_properties.modified = EPOCH
    document.core_properties.author = "corcal"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(_TEXT_POINTS)
    document.add_heading(title, level=1)
    document.add_paragraph(DISCLAIMER)
    for table in tables:
        widths = _widths(table)
        wide = sum(widths) > _PRESSED * _PORTRAIT_MM
        _turn_page(document, wide=wide)
        most = _LANDSCAPE_MM if wide else _PORTRAIT_MM
        _put_table(document, table, [w * min(1, most / sum(widths)) for w in widths])
    file = io.BytesIO()
    document.save(file)
    return without_dates(file.getvalue())


def _turn_page(document: Any, *, wide: bool) -> None:
    """Begin pages in landscape, or in portrait, unless the last one lies so."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    section = document.sections[-1]
    if wide is not (section.orientation == WD_ORIENT.LANDSCAPE):
        section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(20))


def _put_table(document: Any, table: Table, widths_mm: Sequence[float]) -> None:
    """Add a caption, a table with three rules, and its notes, together on a page if they fit."""
    from docx.shared import Mm, Pt  # noqa: PLC0415

    caption = document.add_paragraph()
    caption.add_run(table.title).bold = True
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(12)
    caption.paragraph_format.space_after = Pt(3)
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    grid.autofit = False
    together = len(table.rows) < _ROWS_OF_A_PAGE
    left = left_columns(table)
    # Word goes by the width of the cells, LibreOffice by that of the columns.
    for column, width in zip(grid.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for line, cells in zip(grid.rows, (table.columns, *table.rows), strict=True):
        _mark(line._tr.get_or_add_trPr(), "w:cantSplit")
        for i, (cell, text) in enumerate(zip(line.cells, cells, strict=True)):
            cell.width = Mm(widths_mm[i])
            _put_text(cell.paragraphs[0], text, left=i in left, bold=cells is table.columns)
            cell.paragraphs[0].paragraph_format.keep_with_next = together
    _mark(grid.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    # In this order: the schema puts a cell's borders before its margins.
    _draw_rules(grid)
    _narrow_margins(grid)
    for note in table.lines_below:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = note != table.lines_below[-1]
        paragraph.add_run(note).font.size = Pt(_CELL_POINTS)


def _put_text(paragraph: Any, text: str, *, left: bool, bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    paragraph.paragraph_format.space_after = Pt(0)
    if not left:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(_CELL_POINTS), bold


def _narrow_margins(grid: Any) -> None:
    """Leave half of `_MARGINS_MM` on either side of the text of every cell."""
    twentieths_of_a_point = str(round(_MARGINS_MM / 2 * 72 / 25.4 * 20))
    for cell in (cell for row in grid.rows for cell in row.cells):
        margins = _mark(cell._tc.get_or_add_tcPr(), "w:tcMar")
        for side in ("w:left", "w:right"):
            _mark(margins, side, w=twentieths_of_a_point, type="dxa")


def _draw_rules(grid: Any) -> None:
    """Draw the rules of a table in a paper: above, below, and under the headings."""
    edges = [(cell, "top", 12) for cell in grid.rows[0].cells]
    edges += [(cell, "bottom", 6) for cell in grid.rows[0].cells]
    edges += [(cell, "bottom", 12) for cell in grid.rows[-1].cells] if len(grid.rows) > 1 else []
    borders: dict[Any, Any] = {}
    for cell, edge, eighths_of_a_point in edges:
        properties = cell._tc.get_or_add_tcPr()
        if properties not in borders:
            borders[properties] = _mark(properties, "w:tcBorders")
        size = str(eighths_of_a_point)
        _mark(borders[properties], f"w:{edge}", val="single", sz=size, color="000000")


def _mark(parent: Any, name: str, **attributes: str) -> Any:
    """Add an element of WordprocessingML and return it."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    parent.append(element)
    return element


def _widths(table: Table) -> list[float]:
    """Return the width in mm that each column needs for its longest text, up to a limit."""
    letters = [
        max(_heading_letters(heading), *(len(row[i]) for row in table.rows), 2)
        for i, heading in enumerate(table.columns)
    ]
    return [_LETTER_MM * min(_LONGEST_LETTERS, n) + _SHORT_MM + _MARGINS_MM for n in letters]


def _heading_letters(heading: str) -> int:
    """Return the letters in the longer line of a heading."""
    if len(heading) <= _HEADING_LETTERS:
        return len(heading) + 1
    return max(len(heading) // 2 + 2, *map(len, heading.split()))
