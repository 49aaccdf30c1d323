"""Tables as Word, Excel and LaTeX: whole, within the page, the same each time."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from corcal.evaluate.publish.excel import tables_xlsx
from corcal.evaluate.publish.latex import escape, table_latex
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.word import tables_docx
from corcal.evaluate.statistics.attrition import Attrition

WIDE = Table(
    "wide",
    "Spearman's ρ & more",
    ("", *(f"Column {i}, %" for i in range(9))),
    (("=1+1", *["0.82 (0.77–0.87)"] * 9), ("low_value", *["−1"] * 9)),
    ("χ² of 5 %; Γ, Ω; µ; naïve; 中",),
    {"all": Attrition(10).lose("no scan", 2)},
    made="Made by corcal.",
)
#: Namespace of the elements of a Word document.
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

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
    assert r"\begin{adjustbox}{max totalsize={\linewidth}" in text
    assert r"\begin{sidewaystable}[htbp]" in text
    assert r"\begin{table}[htbp]" in table_latex(NARROW)
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
    wide = document.tables[1]
    widths = [cell.width for cell in wide.rows[0].cells]
    assert sum(widths) <= pages[1][0]
    # LibreOffice goes by the columns, Word by the cells.
    assert widths == [column.width for column in wide.columns]
    # A column is as wide as its texts need, not as the page allows.
    assert sum(cell.width for cell in document.tables[0].rows[0].cells) < pages[0][0] / 3


def test_word_repeats_headings_and_has_its_elements_in_the_order_of_the_schema() -> None:
    pytest.importorskip("docx")
    with zipfile.ZipFile(io.BytesIO(tables_docx("Evaluation", (WIDE,)))) as file:
        rows = list(ET.fromstring(file.read("word/document.xml")).iter(f"{W}tr"))
    assert [len(row.findall(f"{W}trPr/{W}tblHeader")) for row in rows] == [1, 0, 0]
    order = ["tcW", "tcBorders", "tcMar"]
    for properties in (cell for row in rows for cell in row.iter(f"{W}tcPr")):
        names = [element.tag.removeprefix(W) for element in properties]
        assert names == [name for name in order if name in names]
    rules = [[len(c) for c in row.iter(f"{W}tcBorders")] for row in rows]
    assert rules == [[2] * 10, [], [1] * 10]


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
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # Notes run across the table, over as many lines as they need.
    assert f"A{sheet.max_row}:J{sheet.max_row}" in {str(r) for r in sheet.merged_cells.ranges}
    assert sheet.cell(sheet.max_row, 1).alignment.wrap_text


@pytest.mark.slow
def test_latex_compiles_within_the_page(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("LaTeX is not installed")
    head = (
        r"\documentclass[a4paper]{article}\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}"
        r"\usepackage{booktabs,adjustbox,rotating}\begin{document}"
    )
    text = "\n".join([head, table_latex(NARROW), table_latex(WIDE), r"\end{document}"])
    (tmp_path / "tables.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "tables.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
