"""`corcal cohort` as a process: ends, signals, and going on."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corcal.cohort import Plan, find_cases
from corcal.cohort.workers.scorer import Scorer
from tests.cohort.tiny import (
    HANG,
    SETTINGS,
    TinyModels,
    hangs_in_child,
    write_scan,
    write_scans,
)

ROOT = Path(__file__).parents[2]
#: Seconds after which a process hangs for certain, on any machine.
LONG_ENOUGH = 600
_PROGRAM = (sys.executable, "-m", "tests.cohort.as_process")


def _start(folder: Path, *options: str) -> subprocess.Popen[str]:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [*_PROGRAM, str(folder / "scans"), "-o", str(folder / "out"), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_case = {row["patient"]: row for row in rows}
    assert len(by_case) == len(rows)
    return by_case


def _scored_so_far(folder: Path) -> int:
    journal = folder / "out" / "journal.jsonl"
    return journal.read_text(encoding="utf-8").count('"scored"') if journal.exists() else 0


def _wait_for(folder: Path, scored: int, process: subprocess.Popen[str]) -> None:
    while _scored_so_far(folder) < scored and process.poll() is None:
        time.sleep(0.02)


def test_a_cohort_from_the_command_line(tmp_path: Path) -> None:
    write_scans(tmp_path / "scans", 3)
    (tmp_path / "scans" / "damaged.nii").write_bytes(b"nothing")
    process = _start(tmp_path, "--keep", "numbers", "--jobs", "1")
    said, progress = process.communicate(timeout=LONG_ENOUGH)
    assert process.returncode == 0
    assert said.startswith("4 cases: 3 scored, 1 refused, 0 failed.\n")
    assert f"Why:    {tmp_path / 'out' / 'refused.csv'}\n" in said
    assert "4 of 4: 3 scored, 1 refused, 0 failed; " in progress.splitlines()[-1]
    assert len(_rows(tmp_path)) == 4
    again = _start(tmp_path)
    assert "--resume" in again.communicate(timeout=LONG_ENOUGH)[1]
    assert again.returncode == 2
    resumed = _start(tmp_path, "--resume", "--keep", "numbers", "--json")
    facts = json.loads(resumed.communicate(timeout=LONG_ENOUGH)[0])
    assert (facts["scored"], facts["refused"]) == (3, 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_cohort_goes_on(tmp_path: Path, sent: signal.Signals) -> None:
    for seed in range(6):
        write_scan(tmp_path / "scans" / f"{seed}.nii.gz", seed)
    # It keeps the cohort in the middle for as long as the signal needs on the slowest machine.
    write_scan(tmp_path / "scans" / "2.nii.gz", 2, first_hu=HANG)
    process = _start(tmp_path, "--keep", "numbers", "--jobs", "1")
    while not hangs_in_child(process.pid):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(sent)
    assert "goes on with --resume" in process.communicate(timeout=LONG_ENOUGH)[1]
    assert process.returncode == 130
    assert Counter(r["state"] for r in _rows(tmp_path).values())["scored"] == 2
    write_scan(tmp_path / "scans" / "2.nii.gz", 2)
    process = _start(tmp_path, "--resume", "--keep", "numbers", "--jobs", "1", "--quiet")
    assert process.communicate(timeout=LONG_ENOUGH) == ("", "")
    assert Counter(r["state"] for r in _rows(tmp_path).values()) == {"scored": 6}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; skipped where this user may mount none."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("only root of Linux can mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_stops_a_cohort_which_goes_on_when_there_is_space(small_disk: Path) -> None:
    write_scans(small_disk / "scans", 12)
    options = ("--keep", "all", "--jobs", "2", "--quiet")
    process = _start(small_disk, *options)
    _, errors = process.communicate(timeout=LONG_ENOUGH)
    assert process.returncode == 2
    assert "No space left" in errors
    assert "it can go on" in errors
    scored = _scored_so_far(small_disk)
    assert 0 < scored < 12
    whole = {path.parent.name for path in small_disk.glob("out/cases/*/report.json")}
    subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
    process = _start(small_disk, "--resume", *options)
    assert process.communicate(timeout=LONG_ENOUGH) == ("", "")
    assert Counter(r["state"] for r in _rows(small_disk).values()) == {"scored": 12}
    folders = [path for path in (small_disk / "out" / "cases").iterdir() if path.is_dir()]
    assert {path.name for path in folders} == set(_rows(small_disk))
    assert whole < {path.name for path in folders}
    assert all((path / "labels.nii.gz").stat().st_size > 0 for path in folders)


@pytest.mark.slow
def test_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    count, rng = 300, np.random.default_rng(7)
    write_scans(tmp_path / "scans", count)
    options = ("--keep", "numbers", "--jobs", "2", "--quiet", "--retry-failed")
    kills, process = 0, _start(tmp_path, *options)
    for goal in np.sort(rng.integers(1, count - 5, 20)):
        _wait_for(tmp_path, int(goal), process)
        time.sleep(float(rng.random()) / 10)
        if process.poll() is None:
            kills += 1
            if rng.random() < 0.5:
                process.kill()
                process.communicate(timeout=LONG_ENOUGH)
            else:
                _kill_a_worker(process.pid, rng)
        if process.poll() is not None:
            process.communicate(timeout=LONG_ENOUGH)
            process = _start(tmp_path, "--resume", *options)
    process.communicate(timeout=LONG_ENOUGH)
    while any(r["state"] != "scored" for r in _rows(tmp_path).values()):
        process = _start(tmp_path, "--resume", *options)
        process.communicate(timeout=LONG_ENOUGH)
    rows = _rows(tmp_path)
    # A process may end between the look at it and its kill, and one that is done is not killed.
    assert kills > 0
    assert len(rows) == count
    scorer = Scorer(Plan(None, SETTINGS, TinyModels(), "numbers"))
    for case in find_cases([tmp_path / "scans"]):
        expected = scorer.score(case).row
        assert expected is not None
        shown = {k: "" if v is None else str(v) for k, v in expected.items()}
        assert {k: rows[case.name][k] for k in shown} == shown


def _kill_a_worker(parent: int, rng: np.random.Generator) -> None:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    if children:
        os.kill(int(children[rng.integers(len(children))]), signal.SIGKILL)
