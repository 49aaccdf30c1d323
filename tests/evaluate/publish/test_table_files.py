from __future__ import annotations

import csv
import io

import pytest

from corcal.evaluate.publish.latex import table_latex
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import table_csv, table_markdown, write_table
from corcal.evaluate.publish.wording import figure, number, p_value, percent, state_p
from corcal.evaluate.statistics.estimate import Estimate

TABLE = Table(
    "a_table",
    "Sensitivity & specificity",
    ("", "RCA", "κ, %"),
    (("low_value", "0.82 (0.77–0.87)", "<0.001"), ("a|b", "−1", "≥ 3 ± 1")),
    ("χ² of 5 %.",),
)


def test_csv_comes_back() -> None:
    text = table_csv(TABLE)
    assert text.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(text.decode("utf-8-sig")))) == [
        list(TABLE.columns),
        *map(list, TABLE.rows),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+44", "@x"])
def test_no_cell_of_a_csv_is_a_formula(cell: str) -> None:
    text = table_csv(Table("t", "", ("a",), ((cell,),)))
    assert text.decode().splitlines()[1] == f"'{cell}"


def test_markdown_has_its_bars_escaped() -> None:
    lines = table_markdown(TABLE).splitlines()
    assert lines[0] == "**Sensitivity & specificity**"
    assert lines[3] == "| --- | ---: | ---: |"
    assert lines[5] == r"| a\|b | −1 | ≥ 3 ± 1 |"


def test_latex_escapes_what_latex_reads() -> None:
    text = table_latex(TABLE)
    assert r"\caption{Sensitivity \& specificity}" in text
    assert r"low\_value & 0.82 (0.77--0.87) & $<$0.001 \\" in text
    assert r"a$|$b & $-$1 & $\geq$ 3 $\pm$ 1 \\" in text
    assert r"$\chi$$^2$ of 5 \%." in text
    assert r"\label{tab:a-table}" in text
    assert text.isascii()


def test_every_form_is_a_file() -> None:
    assert list(write_table(TABLE)) == ["a_table.csv", "a_table.md", "a_table.tex"]


def test_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 headings"):
        Table("t", "", ("a", "b"), (("x",),))


@pytest.mark.parametrize(
    ("e", "text"),
    [
        (Estimate(0.8183, 0.7666, 0.87, 473), "0.82 (0.77–0.87)"),
        (Estimate(-0.2, -0.5, 0.1, 9), "−0.20 (−0.50 to 0.10)"),
        (Estimate(1.0, None, None, 9), "1.00"),
        (Estimate.without_value(0), "–"),
        (Estimate(-0.001, -0.004, 0.004, 9), "0.00 (0.00–0.00)"),
    ],
)
def test_figures_in_words(e: Estimate, text: str) -> None:
    assert figure(e) == text


def test_shares_are_per_cent_with_one_decimal() -> None:
    assert percent(Estimate(211 / 239, 0.8359, 0.9177, 239)) == "88.3 (83.6–91.8)"


@pytest.mark.parametrize(
    ("p", "text"),
    [(None, "–"), (1e-30, "<0.001"), (0.0012, "0.001"), (0.049, "0.049"), (0.0996, "0.10"),
     (0.5, "0.50"), (1.0, ">0.99")],
)  # fmt: skip
def test_p_values_in_words(p: float | None, text: str) -> None:
    assert p_value(p) == text


def test_numbers_in_words() -> None:
    assert (number(12345.678), number(-0.5, 1), number(None)) == ("12,345.68", "−0.5", "–")


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.2851, "p = 0.29"), (0.0123, "p = 0.012"), (1e-9, "p < 0.001"), (1.0, "p > 0.99")],
)
def test_a_p_value_is_stated_with_its_sign(p: float, text: str) -> None:
    assert state_p(p) == text
