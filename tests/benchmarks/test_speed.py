"""The benchmark runs, and accounts for all of the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.series import write_distinct, write_series
from benchmarks.speed import Run, Step, table, time_run
from corcal.read import read_scan
from corcal.settings import Settings

#: The chest of the example scan, coarse enough to be quick.
SHAPE = (100, 128, 128)


def test_the_table_gives_the_median_of_each_step_and_its_share() -> None:
    runs = [Run((Step("read", wall, 1.0), Step("write", 1.0, 0.5)), 100.0) for wall in (1, 3, 9)]
    lines = table(runs).splitlines()
    assert lines[2] == "| read | 3.00 | 75% | 1.00 |"
    assert lines[3] == "| write | 1.00 | 25% | 0.50 |"
    assert lines[4] == "| **whole** | **4.00** | | **1.50** |"
    assert lines[-1] == "Median of 3; best 2.00 s wall, 1.50 s CPU."


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cold", "warm"])
def test_a_scan_is_scored_and_timed(kind: str, tmp_path: Path) -> None:
    series = tmp_path / "series"
    write_series(series, SHAPE)
    run = time_run(kind, series, tmp_path / "out")
    steps = [step.name for step in run.steps]
    scored = [
        *("reading the scan", "admit", "heart", "prepare", "arteries", "labels", "quantify"),
        "writing the report",
    ]
    start = ["starting Python", "importing corcal"] if kind == "cold" else []
    end = ["showing the result", "leaving Python"] if kind == "cold" else []
    assert steps == [*start, *scored, *end]
    assert all(step.wall_seconds >= 0 for step in run.steps)
    assert 100 < run.peak_mb < 10_000
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.slow
def test_the_series_is_one_chest_whatever_its_shape(tmp_path: Path) -> None:
    write_series(tmp_path, SHAPE)
    scan = read_scan(tmp_path, settings=Settings())
    assert scan.grid.shape == SHAPE
    assert scan.grid.spacing_mm == pytest.approx((3.0, 2.8, 2.8))
    assert scan.notices == ()


@pytest.mark.slow
def test_distinct_scans_share_the_slices_without_noise(tmp_path: Path) -> None:
    write_distinct(tmp_path, 2, SHAPE)
    write_distinct(tmp_path, 3, SHAPE)
    scans = [read_scan(tmp_path / f"{n:04d}", settings=Settings()) for n in range(3)]
    own = [np.flatnonzero((scan.hu != scans[0].hu).any((1, 2))) for scan in scans]
    assert [list(slices) for slices in own] == [[], *[list(range(0, 100, 10))] * 2]
    assert (scans[1].hu[0] != scans[2].hu[0]).any()
    assert (tmp_path / "0002/ct/0002.dcm").stat().st_nlink == 3
