"""Columns that are not read are refused or named: nothing is left out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.tables_in.results_table import read_results


def table(folder: Path, content: str) -> Path:
    (folder / "t.csv").write_text(content, encoding="utf-8")
    return folder / "t.csv"


@pytest.mark.parametrize("column", ["LM_present", "Cx_agatston", "left main_volume_mm3"])
def test_a_column_of_an_unknown_artery_is_refused(column: str, tmp_path: Path) -> None:
    path = table(tmp_path, f"patient,RCA_present,{column}\na,1,1\n")
    artery = column.split("_", maxsplit=1)[0]
    with pytest.raises(TableRefused, match=rf"t\.csv: column {column}: unknown artery '{artery}'"):
        read_results(path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("present,Volume", "no column volume_mm3; Volume was not read"),
        ("present,Agatston score", "no column agatston; Agatston score was not read"),
        ("present,mask_volume_ml", "no column volume_mm3; mask_volume_ml was not read"),
        ("present,Severity", "no column grade; Severity was not read"),
    ],
)
def test_a_column_that_may_be_meant_is_named(columns: str, said: str, tmp_path: Path) -> None:
    notices = read_results(table(tmp_path, f"patient,artery,{columns}\na,RCA,1,1\n")).notices
    assert [n.code for n in notices] == ["column-not-read"]
    assert said in notices[0].text


def test_a_wide_table_names_it_too(tmp_path: Path) -> None:
    notices = read_results(table(tmp_path, "patient,RCA_present,RCA_volume\na,1,1\n")).notices
    assert "no column volume_mm3; RCA_volume was not read" in notices[0].text


def test_other_columns_are_nothing_to_speak_of(tmp_path: Path) -> None:
    content = (
        "patient,artery,present,volume_mm3,agatston,grade,score,lung volume\na,RCA,1,1,1,1,,\n"
    )
    assert read_results(table(tmp_path, content)).notices == ()
