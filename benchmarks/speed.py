"""Seconds that one chest CT takes, step by step, on this machine.

    python -m benchmarks.speed              the command as a process of its own, and a warm run
    python -m benchmarks.speed --nnunet     and stock nnU-Net on the same heart, same cores
    python -m benchmarks.speed --threads 1  as a worker of a cohort, and the cost of networks

The scan is made from the example scan, unless --scan names another: 300 slices of 512 x 512,
uncompressed DICOM. Its files lie in the system's file cache when they are read. Wall time counts
on a quiet machine; on a busy one look at CPU seconds of one thread (several spend some of them on
waiting for each other), and at the load that is printed with them.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.networks import network_costs
from benchmarks.series import SHAPE, write_series
from corcal.storage import read_json

ROOT = Path(__file__).parents[1]

#: What is asked of a cold run on two quiet cores, and what is aimed at.
LIMIT_SECONDS, GOAL_SECONDS, WARM_GOAL_SECONDS, LIMIT_MB = 8.0, 5.0, 2.0, 2500


@dataclass(frozen=True)
class Step:
    """One step of a run."""

    name: str
    wall_seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Run:
    """One scan scored: its steps in order, which together are all of it."""

    steps: tuple[Step, ...]
    peak_mb: float

    @property
    def wall_seconds(self) -> float:
        return sum(s.wall_seconds for s in self.steps)

    @property
    def cpu_seconds(self) -> float:
        return sum(s.cpu_seconds for s in self.steps)


def time_run(kind: str, series: Path, out: Path, threads: int | None = None) -> Run:
    """Score a series in a new process, "cold" or "warm", and return where its time went."""
    log = out.with_name("log.json")
    command = [sys.executable, "-m", "benchmarks.timed", kind, str(log), str(series), str(out)]
    environment = dict(os.environ)
    if threads is not None:
        command.append(str(threads))
        environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    ended = time.monotonic()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the scan could not be scored; see above")
    times = read_json(log)
    marks = [tuple(m) for m in times["marks"]]
    if kind == "cold":
        end = ("end", ended, used.ru_utime + used.ru_stime)
        marks = [("starting Python", began, 0.0), *marks, end]
    return Run(_steps(marks), times["peak_mb"])


def _steps(marks: list[Any]) -> tuple[Step, ...]:
    return tuple(Step(a[0], b[1] - a[1], b[2] - a[2]) for a, b in pairwise(marks))


def table(runs: list[Run]) -> str:
    """Return the median of every step over the runs, as a Markdown table."""
    whole = statistics.median(r.wall_seconds for r in runs)
    cpu = statistics.median(r.cpu_seconds for r in runs)
    lines = ["| step | wall s | share | CPU s |", "|---|---|---|---|"]
    for steps in zip(*(r.steps for r in runs), strict=True):
        wall_s = statistics.median(s.wall_seconds for s in steps)
        cpu_s = statistics.median(s.cpu_seconds for s in steps)
        lines.append(f"| {steps[0].name} | {wall_s:.2f} | {wall_s / whole:.0%} | {cpu_s:.2f} |")
    lines.append(f"| **whole** | **{whole:.2f}** | | **{cpu:.2f}** |")
    best = min(r.wall_seconds for r in runs), min(r.cpu_seconds for r in runs)
    lines.append(f"\nMedian of {len(runs)}; best {best[0]:.2f} s wall, {best[1]:.2f} s CPU.")
    return "\n".join(lines)


def machine() -> str:
    """Return one line about where this runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {version(name)}" for name in ("openvino", "numpy", "pydicom"))
    return f"{_cpu()}, {cores} cores; Python {platform.python_version()}, {versions}"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f} (a quiet machine begins near 0)"


def measure(series: Path, out: Path, rounds: int, threads: int | None) -> None:
    """Score a series cold and warm, and print where the time went."""
    print("`corcal score` as a process:\n", flush=True)
    runs = [time_run("cold", series, out, threads) for _ in range(rounds)]
    print(table(runs))
    peak_mb = max(r.peak_mb for r in runs)
    print(f"Peak memory {peak_mb:.0f} MB (limit {LIMIT_MB}).")
    print(f"Limit {LIMIT_SECONDS:g} s, goal {GOAL_SECONDS:g} s wall on two quiet cores.\n")
    print("The second scan of a process that keeps its models:\n", flush=True)
    print(table([time_run("warm", series, out, threads) for _ in range(rounds)]))
    print(f"Goal {WARM_GOAL_SECONDS:g} s wall on two quiet cores.\n{_load()}\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind (3)")
    parser.add_argument(
        "--shape", type=int, nargs=3, default=SHAPE, metavar=("SLICES", "ROWS", "COLUMNS")
    )
    parser.add_argument("--scan", type=Path, help="time this one instead")
    parser.add_argument("--threads", type=int, help="of networks and numpy (as many as cores)")
    parser.add_argument("--nnunet", action="store_true", help="compare with stock nnU-Net")
    given = parser.parse_args()
    print(f"{machine()}\n{_load()} before the first run\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="corcal-speed-") as scratch:
        series = given.scan or Path(scratch) / "series"
        if given.scan is None:
            write_series(series, tuple(given.shape))
            print(f"{' x '.join(map(str, given.shape))} uncompressed DICOM\n")
        measure(series.absolute(), Path(scratch) / "out", max(1, given.rounds), given.threads)
        if given.threads is not None:
            print(network_costs(given.threads), flush=True)
        if given.nnunet:
            command = [sys.executable, "-m", "benchmarks.stock_nnunet", str(series)]
            subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
