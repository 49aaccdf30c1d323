"""Table 1 by hand, counts that add up, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corcal.evaluate.describe.cohort import Cohort, read_cohort
from corcal.evaluate.describe.flow import flow_of
from corcal.evaluate.describe.table1 import ALL, cohort_table, describe
from corcal.evaluate.statistics.attrition import Attrition
from tests.evaluate.describe.test_cohort import COLUMNS, write

TABLE: dict[str, list[object]] = {
    "patient": ["a", "b", "c", "d", "e", "f", "g", "h"],
    "set": [*["train"] * 4, *["test"] * 4],
    "age": [60, 70, 80, "", 50, 55, 60, 65],
    "score": [1, 10, 100, 1000, 2, 20, 200, 2000],
    "sex": ["f", "f", "m", "m", "f", "f", "f", "unknown"],
    "calcium": [1, 0, 1, 1, 0, 0, 0, 1],
}


def rows(cohort: Cohort) -> dict[tuple[str, str], tuple[str, ...]]:
    table = cohort_table(cohort, describe(cohort, np.random.default_rng(0)))
    return {(r[0], r[1]): r[2:] for r in table.rows}


def test_by_hand(tmp_path: Path) -> None:
    kinds = {"age": "mean", "score": "median"}
    found = rows(read_cohort(write(tmp_path, TABLE), by="set", kinds=kinds))
    assert found["age", "mean ± SD"][:3] == ("62.9 ± 9.9", "57.5 ± 6.5", "70.0 ± 10.0")
    assert found["age", "not known, n"] == ("1", "0", "1", "", "")
    assert found["score", "median [IQR]"][:3] == ("60 [8–400]", "110 [16–650]", "55 [8–325]")
    assert found["sex", "f, n (%)"][:3] == ("5 (71.4)", "3 (100.0)", "2 (50.0)")
    assert found["sex", "m, n (%)"] == ("2 (28.6)", "0 (0.0)", "2 (50.0)", "", "")
    assert found["sex", "not known, n"][:3] == ("1", "1", "0")
    assert found["calcium", "1, n (%)"][:3] == ("4 (50.0)", "1 (25.0)", "3 (75.0)")
    assert ("calcium", "0, n (%)") not in found
    assert found["sex", "f, n (%)"][3:] == ("0.43", "Fisher")
    assert found["age", "mean ± SD"][4] == "Welch"
    assert found["score", "median [IQR]"][4] == "Mann-Whitney"


def test_counts_add_up_in_every_group(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, COLUMNS), by="split")
    for one in describe(cohort, np.random.default_rng(0)):
        for name, members in {ALL: cohort.rows, **cohort.groups}.items():
            found = one.of[name]
            assert found.known + found.missing == len(members)
            if one.column.kind == "count":
                assert sum(found.counts.values()) == found.known
        if one.column.kind == "count":
            for category in one.categories:
                parts = [one.of[g].counts[category] for g in cohort.groups]
                assert sum(parts) == one.of[ALL].counts[category]


def test_the_table_says_how_many_patients_it_has_of_how_many(tmp_path: Path) -> None:
    change: dict[str, list[object]] = {"excluded": ["", "", "", "", "", "", "no scan", "no scan"]}
    cohort = read_cohort(write(tmp_path, TABLE | change), by="set", kinds={"age": "mean"})
    found = describe(cohort, np.random.default_rng(0))
    assert cohort.attrition == Attrition(8, (("no scan", 2),))
    by_name = {one.column.name: one.attrition.n_used for one in found}
    assert by_name == {"age": 5, "score": 6, "sex": 6, "calcium": 6}
    assert cohort_table(cohort, found).lines_below[-1] == (
        "Patients: age 8 in, 5 used (2: no scan; 1: value not known); "
        "score, sex, calcium 8 in, 6 used (2: no scan)."
    )


def test_without_groups_nothing_is_tested(tmp_path: Path) -> None:
    cohort = read_cohort(write(tmp_path, TABLE))
    table = cohort_table(cohort, describe(cohort, np.random.default_rng(0)))
    assert table.columns == ("Characteristic", "Value", "All (n = 8)")


def test_a_group_without_a_value_has_a_dash(tmp_path: Path) -> None:
    change = {"age": [60, 70, 80, 90, "", "", "", ""]}
    cohort = read_cohort(write(tmp_path, TABLE | change), by="set", kinds={"age": "mean"})
    assert rows(cohort)["age", "mean ± SD"] == ("75 ± 13", "–", "75 ± 13", "–", "–")


def test_everything_is_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from corcal.evaluate.describe.cohort_page import publish_cohort

    cohort = read_cohort(write(tmp_path, COLUMNS), by="split")
    found = describe(cohort, np.random.default_rng(0))
    written = publish_cohort(cohort, found, flow_of(cohort)).write(tmp_path / "out")
    assert {p.name for p in written} == {
        "describe.json", "describe.html", "table1_cohort.csv", "table1_cohort.md",
        "table1_cohort.tex", "figure1_flow.svg", "figure1_flow.png",
    }  # fmt: skip
    document = json.loads(written[0].read_text())
    assert document["groups"] == {"test": 10, "train": 30}
    assert document["characteristics"]["sex"]["of"]["All"]["n"] == 40
    texts = "".join(p.read_text() for p in written if p.suffix in (".json", ".html", ".csv", ".md"))
    assert "Person 3" not in texts
    assert "2020-01" not in texts
    assert "P17" not in texts
