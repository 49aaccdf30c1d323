"""The benchmark of cohorts counts, kills and checks as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cohort import MEASURED, ROOT, Scored, rate, table
from benchmarks.many.tiny_scans import SETTINGS, write_tiny_scans
from corcal.read import read_scan
from corcal.storage import read_json_lines


def test_a_growing_journal_is_counted_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    scored = Scored(path)
    assert scored.count() == 0
    path.write_bytes(b'{"state":"started"}\n{"state":"scored"}\n{"state":"sco')
    assert scored.count() == 1
    with path.open("ab") as file:
        file.write(b'red"}\n{"state":"refused"}\n')
    assert scored.count() == 2


def test_the_table_gives_the_cost_of_the_cases_between_two_steps() -> None:
    memory = {"cohort_mb": 50.0, "worker_mb": 99.6}
    lines: list[dict[str, Any]] = [
        {"scored": 40, "cpu_s": 10.0, **memory},
        {"killed": "worker"},
        {"scored": 90, "cpu_s": 18.0, **memory, "cohort_mb": 60.0},
        {"scored": 290, "cpu_s": 38.0, **memory},
    ]
    assert table(lines).splitlines()[2:] == [
        "| 0 to 90 | 0.200 | 60 | 100 |",
        "| 90 to 290 | 0.100 | 50 | 100 |",
    ]
    assert rate(lines, 2) == "54,947 cases an hour on 2 quiet cores, by CPU seconds"


def test_tiny_scans_are_distinct_and_written_once(tmp_path: Path) -> None:
    write_tiny_scans(tmp_path, 3)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    write_tiny_scans(tmp_path, 4)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    scans = [read_scan(path, settings=SETTINGS) for path in tmp_path.iterdir()]
    assert len({scan.hu.tobytes() for scan in scans}) == 4


@pytest.mark.slow
def test_a_killed_cohort_is_exact(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.cohort", str(tmp_path), "--tiny", "12"]
    ended = subprocess.run(
        [*command, "--kills", "2"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout.splitlines()
    assert "12 cases, 12 rows, 12 of them distinct cases" in said
    assert "states {'scored': 12}; 12 distinct scans" in said
    assert said[-1] == "12 cases scored alone: 0 with other numbers"
    assert sum("killed" in line for line in read_json_lines(tmp_path / MEASURED)) == 2
