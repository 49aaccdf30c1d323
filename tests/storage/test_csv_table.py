"""CSV tables as people and spreadsheets save them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corcal.core.errors import TableRefused
from corcal.storage.csv_table import CsvTable, Row, csv_bytes, read_csv


def table(folder: Path, content: str | bytes) -> CsvTable:
    path = folder / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_csv(path)


def cells(found: CsvTable) -> list[dict[str, str]]:
    return [dict(row.cells) for row in found.rows]


@pytest.mark.parametrize(
    "content",
    [
        "Patient,Age\r\nA,61\r\nB,\r\n",
        "\ufeffpatient;age\nA;61\nB;\n",
        "patient\tage\nA\t61\nB\t\n",
        "sep=;\nPATIENT;age\n\nA; 61 \nB;\n;\n",
        "SEP,patient,age\nx,A,61\nx,B,\n".replace("SEP,", "").replace("x,", ""),
        '"patient","age"\n"A","61"\n"B",""',
        "patient;age\nA;61\nB;\n".encode("utf-16"),
        "patient\tage\r\nA\t61\r\nB\t\r\n".encode("utf-16"),
        "\ufeffpatient,age\nA,61\nB,\n".encode("utf-16-be"),
        "patient,age,,\nA,61,,\nB,,,\n",
        ",patient,age\n0,A,61\n1,B,\n",
    ],
)
def test_every_way_to_save_the_same_table(tmp_path: Path, content: str | bytes) -> None:
    found = table(tmp_path, content)
    assert cells(found) == [{"patient": "A", "age": "61"}, {"patient": "B", "age": ""}]
    assert found.rows[0].text("PATIENT") == "A"
    assert found.has("Age")
    assert not found.has("sex")


def test_names_are_shown_as_they_are_spelt(tmp_path: Path) -> None:
    assert table(tmp_path, "Patient,Age (years)\nA,61\n").columns == ("Patient", "Age (years)")


def test_a_comma_within_quotes_parts_nothing(tmp_path: Path) -> None:
    found = table(tmp_path, '"a,b,c";d\n1;"2;\n3"\n4;5\n')
    assert cells(found) == [{"a,b,c": "1", "d": "2;\n3"}, {"a,b,c": "4", "d": "5"}]
    assert [row.line for row in found.rows] == [2, 4]


def test_other_ends_of_lines_stay_within_cells(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "a,b\nx\u2028y,\x0cz\n"))[0]["a"] == "x\u2028y"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", r"t\.csv: holds no rows"),
        ("a,b\n", r"t\.csv: holds no rows"),
        ("a,b,A\n1,2,3\n", r"t\.csv, line 1: more than one column is named 'a'"),
        ("a,b\n1,2\n\n3,4,5\n", r"t\.csv, line 4: 3 cells under 2 columns; put quotes"),
        ("sep=;\na;b\n1\n", r"t\.csv, line 3: 1 cells under 2 columns"),
        ('a,b\n1,2\n"3,4\n5,6\n', r"t\.csv, line 3: is no row of a table \(unexpected end"),
        ("a,b\n1,\xfc\n".encode("latin-1"), r"t\.csv, line 2: cannot be read as UTF-8.*CSV UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), r"t\.csv, line 1: no text, or UTF-16 without a byte"),
        (b"\xff\xd8\xff\x00", r"t\.csv, line 1: cannot be read as UTF-8"),
    ],
)
def test_faults_are_named_with_their_line(
    tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    with pytest.raises(TableRefused, match=complaint):
        table(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="there is no such file"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(TableRefused, match="cannot be read"):
        read_csv(tmp_path)


def test_missing_and_unknown_columns_are_named(tmp_path: Path) -> None:
    found = table(tmp_path, "Patient,age,sex\nA,61,f\n")
    found.require("patient", "AGE")
    with pytest.raises(TableRefused, match=r"t\.csv: no column scan, labels; it has Patient, age"):
        found.require("patient", "scan", "labels")
    found.require_known("patient", "age", "sex", "scan")
    with pytest.raises(TableRefused, match=r"t\.csv: unknown column age, sex; known are patient"):
        found.require_known("patient")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("x,y\n1.5,\n", 1.5),
        ("x;y\n1.5;\n", 1.5),
        ("x;y\n1,5;\n", 1.5),
        ("x\ty\n-,5e2\t\n", -50.0),
    ],
)
def test_numbers(tmp_path: Path, content: str, value: float) -> None:
    assert table(tmp_path, content).rows[0].number("X") == value


@pytest.mark.parametrize("cell", ["", "nan", "inf", "many", '"1,5"'])
def test_what_is_no_number(tmp_path: Path, cell: str) -> None:
    row = table(tmp_path, f"x,y\n{cell},z\n").rows[0]
    with pytest.raises(TableRefused, match=r"^t\.csv, line 2: x '.*' is no number"):
        row.number("x")


def test_a_comma_for_thousands_is_no_decimal_comma(tmp_path: Path) -> None:
    for cell in ("1.234,5", "1,234.5", "1,234,567"):
        row = table(tmp_path, f"x;y\n{cell};z\n").rows[0]
        with pytest.raises(TableRefused, match="is no number"):
            row.number("x")


def test_whole_numbers_and_answers() -> None:
    row = Row("t.csv", 7, {"n": "3", "m": "3.5", "p": "Yes", "q": "0", "r": "", "s": "maybe"})
    assert row.integer("n") == 3
    assert (row.boolean("p"), row.boolean("q"), row.boolean("r")) == (True, False, None)
    assert row.require("m") == "3.5"
    for ask, complaint in (
        (lambda: row.integer("m"), "m '3.5' is no whole number"),
        (lambda: row.boolean("s"), "s 'maybe'; write yes, no or nothing"),
        (lambda: row.require("r"), "has no r"),
        (lambda: row.require("absent"), "has no absent"),
    ):
        with pytest.raises(TableRefused, match=rf"^t\.csv, line 7: {complaint}$"):
            ask()


def test_the_form() -> None:
    assert csv_bytes(("a", "b"), [(1.5, None), ("x,y", "κ")]) == 'a,b\n1.5,\n"x,y",κ\n'.encode()
    assert csv_bytes(("a",), [], byte_order_mark=True) == b"\xef\xbb\xbfa\n"


def test_no_cell_is_a_formula_to_a_spreadsheet() -> None:
    written = csv_bytes(("=a",), [("+1",), ("@x",), ("-5",), (-5,), ("\tx",)]).decode()
    assert written == "'=a\n'+1\n'@x\n-5\n-5\n'\tx\n"


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs", "Cc"]))] * 2)))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    written = [(a.strip(), b.strip()) for a, b in [("=x", "y"), *rows]]
    path.write_bytes(csv_bytes(("a", "b"), written))
    kept = [(a, b) for a, b in written if a or b]
    assert [(row.text("a"), row.text("b")) for row in read_csv(path).rows] == kept
