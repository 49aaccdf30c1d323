"""Tables as spreadsheets leave them: read, or named for what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.tables_in.results_table import read_results
from corcal.evaluate.tables_in.table_file import read_table

TEXT = "Patient;ARTERY;Present;Volume_mm3\n007;RCA;1;12,5\n008;LAD;0;0\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(TEXT, "utf-8"), ("sep=;\n" + TEXT, "utf-8-sig"), (TEXT.replace(";", "\t"), "utf-16")],
)
def test_csv_of_a_spreadsheet(text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    r = read_results(path)
    assert r.patients == ("007", "008")
    assert r.column("volume_mm3", "RCA")[0] == 12.5


def test_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Patient", "RCA_Present", "RCA_volume_mm3"], ["007", 1, 12.5], ["008", 0, None]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    r = read_results(tmp_path / "t.xlsx")
    assert r.patients == ("007", "008")
    assert r.column("volume_mm3", "RCA")[0] == 12.5
    assert r.column("present", "RCA").tolist() == [1, 0]


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"\xd0\xcf\x11\xe0rest", "old Excel file"), (b"PK\x03\x04rest", "a zip, but no Excel")],
)
def test_what_is_no_table_is_named(start: bytes, said: str, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "t.csv").write_bytes(start)
    with pytest.raises(TableRefused, match=said):
        read_table(tmp_path / "t.csv")


def test_presence_is_inferred_for_each_target_without_a_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("patient,RCA_present,LAD_volume_mm3,LCX_volume_mm3\na,1,5,0\nb,0,0,0\n")
    r = read_results(path)
    assert r.column("present", "LAD").tolist() == [1, 0]
    assert r.column("present", "any").tolist() == [1, 0]
    assert "no column for presence of LAD, LCX" in r.notices[0].text


@pytest.mark.parametrize(
    ("row", "said"),
    [("a,RCA,0,0,2", "line 2: absent, yet of a grade above none"),
     ("a,RCA,1,9,0", "line 2: present, yet of the grade none")],
)  # fmt: skip
def test_grade_and_presence_may_not_contradict(row: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"patient,artery,present,volume_mm3,grade\n{row}\n")
    with pytest.raises(TableRefused, match=said):
        read_results(path)


def test_present_with_a_volume_of_nothing_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("patient,artery,present,volume_mm3\na,RCA,1,0\nb,RCA,0,0\n")
    assert [n.code for n in read_results(path).notices] == ["present-without-calcium"]


def workbook(path: Path, rows: list[list[object]], *further: str) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in further:
        book.create_sheet(name)
    book.save(path)
    return path


def test_a_workbook_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.csv", [["patient", "RCA_present"], ["007", 1]])
    assert read_results(path).column("present", "RCA").tolist() == [1]


def test_of_several_sheets_the_first_is_read_and_that_is_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["Notes"], ["see the next sheet"]], "data")
    with pytest.raises(TableRefused, match=r"t\.xlsx \(first of 2 sheets\): no column says"):
        read_results(path)


def test_a_formula_without_its_result_is_not_an_empty_cell(tmp_path: Path) -> None:
    rows: list[list[object]] = [["patient", "RCA_present"], ["a", 1], ["b", "=IF(1>0,1,0)"]]
    with pytest.raises(TableRefused, match=r"t\.xlsx, line 3: holds a formula without its result"):
        read_results(workbook(tmp_path / "t.xlsx", rows))


@pytest.mark.parametrize("beyond", ["late", 0, "=1+1"])
def test_a_cell_beyond_the_columns_is_refused_as_in_csv(beyond: object, tmp_path: Path) -> None:
    rows: list[list[object]] = [["patient", "RCA_present"], ["a", 1], ["b", 0, None, beyond]]
    formula = r"t\.xlsx, line 3: holds a formula without its result"
    said = r"t\.xlsx, line 3: a cell beyond the 2 columns; let the first line name all columns"
    with pytest.raises(TableRefused, match=formula if beyond == "=1+1" else said):
        read_results(workbook(tmp_path / "t.xlsx", rows))
    (tmp_path / "t.csv").write_text(f"patient,RCA_present\na,1\nb,0,,{beyond}\n")
    with pytest.raises(TableRefused, match=r"t\.csv, line 3: 4 cells under 2 columns"):
        read_results(tmp_path / "t.csv")


@pytest.mark.parametrize(("cell", "times"), [(0, 1), (None, 2)])
def test_formulas_are_looked_for_only_where_a_cell_looks_empty(
    cell: object, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[object]] = [["patient", "RCA_present"], ["a", 1], ["b", cell]]
    path = workbook(tmp_path / "t.xlsx", rows)
    openpyxl = pytest.importorskip("openpyxl")
    opened: list[bool] = []
    load = openpyxl.load_workbook

    def count(content: object, *, read_only: bool, data_only: bool = False) -> object:
        opened.append(data_only)
        return load(content, read_only=read_only, data_only=data_only)

    monkeypatch.setattr(openpyxl, "load_workbook", count)
    assert read_results(path).patients == ("a", "b")
    assert opened == [True, False][:times]
