"""Columns read by their values, groups that add up, and tables that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.describe.cohort import Cohort, read_cohort


def write(folder: Path, columns: dict[str, list[object]]) -> Path:
    path = folder / "cohort.csv"
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(str(c) for c in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def kinds(cohort: Cohort) -> dict[str, str]:
    return {c.name: c.kind for c in cohort.columns}


N = 40
COLUMNS: dict[str, list[object]] = {
    "patient": [f"P{i}" for i in range(N)],
    "age": [50 + i % 25 for i in range(N)],
    "agatston": [2**(i % 10) for i in range(N)],
    "grade": [i % 4 for i in range(N)],
    "sex": ["f" if i % 3 else "m" for i in range(N)],
    "scanned": [f"2020-01-{i % 28 + 1:02d}" for i in range(N)],
    "name": [f"Person {i}" for i in range(N)],
    "blank": ["" for _ in range(N)],
    "split": ["train" if i % 4 else "test" for i in range(N)],
}  # fmt: skip


def test_kinds_are_found(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, COLUMNS), by="split")
    assert kinds(cohort) == {"age": "mean", "agatston": "median", "grade": "count", "sex": "count"}
    assert {g: len(rows) for g, rows in cohort.groups.items()} == {"test": 10, "train": 30}
    texts = {n.text for n in cohort.notices}
    assert texts == {
        "Column scanned is left out: it holds dates.",
        "Column name is left out: it holds 40 different texts.",
        "Column blank is left out: nothing stands in it.",
    }


def test_kinds_are_given(tmp_path: Path) -> None:
    given = {"age": "median", "agatston": "skip", "grade": "mean"}
    assert kinds(read_cohort(write(tmp_path, COLUMNS), kinds=given)) == {
        "age": "median", "grade": "mean", "sex": "count", "split": "count",
    }  # fmt: skip


def test_dates_are_left_out_whatever_is_asked(tmp_path: Path) -> None:
    assert "scanned" not in kinds(read_cohort(write(tmp_path, COLUMNS), kinds={"scanned": "count"}))


@pytest.mark.parametrize("text", ["12.03.1943", "1943/3/12", "20200131", "2020-01-01T10:00"])
def test_what_a_date_looks_like(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"patient": ["a", "b"], "x": [text, text], "y": [1, 2]})
    assert kinds(read_cohort(path)) == {"y": "count"}


def test_who_is_excluded_is_counted_by_reason_and_not_described(tmp_path: Path) -> None:
    reasons = ["motion"] * 3 + ["too few slices"] * 5 + [""] * (N - 8)
    cohort = read_cohort(write(tmp_path, COLUMNS | {"excluded": list(reasons)}))
    assert dict(cohort.excluded) == {"too few slices": 5, "motion": 3}
    assert len(cohort.rows) == N - 8
    assert "excluded" not in kinds(cohort)


@pytest.mark.parametrize(
    ("change", "asked", "said"),
    [
        (
            {"patient": ["P0", *COLUMNS["patient"][:-1]]},
            {},
            "line 3: the same patient as in",
        ),
        ({"patient": ["", *COLUMNS["patient"][1:]]}, {}, "line 2: no patient is named"),
        ({"split": ["", *COLUMNS["split"][1:]]}, {"by": "split"}, "line 2: nothing stands in"),
        ({}, {"by": "set"}, "no column set"),
        ({}, {"patient": "id"}, "no column id"),
        ({}, {"excluded": "why"}, "no column why"),
        ({}, {"by": "name"}, "'name' has 40 values"),
        ({}, {"kinds": {"sex": "mean"}}, "sex has no mean: 'm' is not a number"),
        ({}, {"kinds": {"sex": "mode"}}, "A column is one of mean, median, count, skip"),
        ({}, {"kinds": {"weight": "mean"}}, "no column weight"),
        ({"excluded": ["motion"] * N}, {}, "nobody is left"),
    ],
)
def test_what_is_wrong_is_said(
    change: dict[str, list[object]], asked: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(TableRefused, match=said):
        read_cohort(write(tmp_path, COLUMNS | change), **asked)  # type: ignore[arg-type]


def test_groups_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, {"patient": list("abcd"), "stage": [10, 9, 2, 9], "x": [1, 2, 3, 4]})
    assert list(read_cohort(path, by="stage").groups) == ["2", "9", "10"]


def test_decimal_commas_are_numbers_not_categories(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    ages = "".join(f'p{i},"{60 + i},{i % 10}"\n' for i in range(12))
    path.write_text(f"patient,age\n{ages}")
    (column,) = read_cohort(path).columns
    assert column.kind == "mean"
    assert column.numbers([0, 1]) == [60.0, 61.1]


def test_points_that_may_part_thousands_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("patient;agatston\na;1.234\nb;87\n", encoding="utf-8")
    with pytest.raises(TableRefused, match=r"line 2: agatston '1\.234' may be 1234 or 1\.234"):
        read_cohort(path)


def test_commas_that_may_part_thousands_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('patient,volume\na,"1,234"\nb,"2,500"\n')
    with pytest.raises(TableRefused, match="may part thousands or decimals"):
        read_cohort(path)


def test_groups_that_differ_by_capital_letters_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, {"patient": list("abcd"), "sex": ["m", "M", "f", "f"]})
    (notice,) = read_cohort(path, by="sex").notices
    assert notice.text.startswith("sex: M and m differ by capital letters alone")
    (notice,) = read_cohort(path).notices
    assert notice.code == "groups-alike"


def test_a_dash_beside_a_plus_is_a_value(tmp_path: Path) -> None:
    signs = write(tmp_path, {"patient": list("abcd"), "smoker": ["+", "-", "-", "NA"]})
    assert read_cohort(signs).columns[0].cells == ("+", "-", "-", None)
    blanks = write(tmp_path, {"patient": list("abcd"), "smoker": ["yes", "-", "no", "NA"]})
    assert read_cohort(blanks).columns[0].cells == ("yes", None, "no", None)


def test_a_sum_below_the_table_is_no_patient(tmp_path: Path) -> None:
    path = write(tmp_path, {"patient": ["a", "b", "Total"], "age": [61, 62, 123]})
    with pytest.raises(TableRefused, match="line 4: 'Total' is no patient but a sum or mean"):
        read_cohort(path)
