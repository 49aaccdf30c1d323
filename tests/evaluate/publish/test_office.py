"""Tables as Word, Excel and LaTeX: whole, within the page, the same each time."""

from __future__ import annotations

import io
import re

import pytest

from corcal.evaluate.publish.latex import escape, table_latex
from corcal.evaluate.publish.office import tables_docx, tables_xlsx
from corcal.evaluate.publish.table import Table
from corcal.evaluate.statistics.attrition import Attrition

WIDE = Table(
    "wide",
    "Spearman's ρ & more",
    ("", *(f"Column {i}, %" for i in range(9))),
    (("=1+1", *["0.82 (0.77–0.87)"] * 9), ("low_value", *["−1"] * 9)),
    ("χ² of 5 %; Γ, Ω; µ; naïve; 中",),
    {"all": Attrition(10).lose("no scan", 2)},
    "Made by corcal.",
)
NARROW = Table("narrow", "Two columns", ("", "Value"), (("a", "1"),))


def test_latex_has_no_character_that_latex_does_not_know() -> None:
    text = table_latex(WIDE)
    # Letters with accents are all that inputenc sets by itself.
    assert {c for c in text if not c.isascii()} == {"ï"}
    assert r"Spearman's $\rho$ \& more" in text
    assert r"$\chi$$^2$ of 5 \%; $\Gamma$, $\Omega$; $\mu$; naïve; [U+4E2D]" in text


def test_latex_has_as_many_cells_as_columns_and_fits_the_page() -> None:
    text = table_latex(WIDE)
    columns = re.search(r"\\begin\{tabular\}\{([lr]+)\}", text)
    assert columns is not None
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert len(rows) == 3
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(columns[1])} == {10}
    assert r"\begin{adjustbox}{max totalsize={\textwidth}" in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("character", list("\\&%$#_{}~^<>|"))
def test_what_latex_reads_is_escaped(character: str) -> None:
    assert escape(character) != character


def test_word_holds_every_table_with_notes_and_wide_ones_across() -> None:
    docx = pytest.importorskip("docx")
    content = tables_docx("Evaluation", (NARROW, WIDE))
    assert content == tables_docx("Evaluation", (NARROW, WIDE))
    document = docx.Document(io.BytesIO(content))
    assert [len(t.columns) for t in document.tables] == [2, 10]
    assert document.tables[1].cell(1, 1).text == "0.82 (0.77–0.87)"
    said = "\n".join(p.text for p in document.paragraphs)
    for line in ("Spearman's ρ & more", "Made by corcal.", "10 in, 8 used (2: no scan)"):
        assert line in said
    pages = [(s.page_width, s.page_height) for s in document.sections]
    assert pages[0][0] < pages[0][1]
    assert pages[1][0] > pages[1][1]
    widths = [cell.width for cell in document.tables[1].rows[0].cells]
    assert sum(widths) <= pages[1][0]


def test_excel_holds_every_table_as_text_and_no_formula() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    content = tables_xlsx("Evaluation", (NARROW, WIDE))
    assert content == tables_xlsx("Evaluation", (NARROW, WIDE))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["1 narrow", "2 wide"]
    sheet = book["2 wide"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["B2"].value == "Column 0, %"
    assert sheet.cell(sheet.max_row, 1).value == "Made by corcal."
