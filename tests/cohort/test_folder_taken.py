"""The folder of a cohort, as other programs and commands of corcal take it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.evaluate import label_files, scan_files
from corcal.evaluate.describe import read_cohort
from corcal.evaluate.tables_in import read_results
from corcal.storage import read_json
from tests.cohort.inline import Start, table_rows
from tests.cohort.tiny import SETTINGS, write_scans


def test_the_table_as_parquet_holds_what_the_csv_holds(tmp_path: Path, start: Start) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_scans(tmp_path / "scans", 3)
    (tmp_path / "scans" / "damaged.nii").write_bytes(b"nothing")
    start()
    table = parquet.read_table(tmp_path / "out" / "results.parquet").to_pylist()
    shown = [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in table
    ]
    assert shown == table_rows(tmp_path / "out" / "results.csv")
    assert {type(row["total_agatston"]) for row in table} == {float, type(None)}


def test_an_artery_that_was_not_found_is_unknown_in_the_tables(
    tmp_path: Path, start: Start
) -> None:
    write_scans(tmp_path / "scans", 2)
    longer = replace(SETTINGS.courses, min_course_mm=1000.0)
    outcomes, _ = start(settings=replace(SETTINGS, courses=longer))
    rows = table_rows(tmp_path / "out" / "results.csv")
    assert [(r["RCA_unseen"], r["cac_drs"], r["severity"]) for r in rows] == [("1", "", "")] * 2
    for artery in Artery:
        name = f"{artery.value}_present"
        counted = [r[f"{artery.value}_agatston"] != "0.0" for r in rows]
        assert [r[name] for r in rows] == ["1" if c else "" for c in counted]
        presence = read_results(tmp_path / "out").column("present", artery.value)
        assert [not np.isnan(p) for p in presence] == counted
    facts = read_json(tmp_path / "out" / "cohort.json")
    assert facts["severity"] == {**dict.fromkeys(("none", "mild", "moderate", "severe"), 0),
                                 "not graded": 2}  # fmt: skip
    assert len(outcomes) == 2


def test_evaluate_reads_the_table(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 3)
    (tmp_path / "scans" / "damaged.nii").write_bytes(b"nothing")
    outcomes, _ = start()
    results = read_results(tmp_path / "out")
    assert len(results) == 4
    known = {o.case: o.row["LAD_agatston"] for o in outcomes if o.row}
    table = dict(zip(results.patients, results.column("agatston", "LAD"), strict=True))
    assert {name: table[name] for name in known} == known


def test_describe_takes_the_folder(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 9)
    (tmp_path / "scans" / "damaged.nii").write_bytes(b"nothing")
    start()
    cohort = read_cohort(tmp_path / "out")
    assert len(cohort.rows) == 9
    assert cohort.excluded == {"unreadable": 1}


def test_panels_find_labels_and_scans_in_the_folder(tmp_path: Path, start: Start) -> None:
    write_scans(tmp_path / "scans", 2)
    outcomes, _ = start(keep="all")
    names = {o.case for o in outcomes}
    assert set(label_files(tmp_path / "out")) == names
    scans = scan_files(tmp_path / "out", names)
    assert {p.name for p in scans.values()} == {p.name for p in (tmp_path / "scans").iterdir()}
