"""A cohort of many scans that is killed again and again, checked case by case at its end.

    python -m benchmarks.cohort OUT --tiny 10000             tiny phantoms and their truth
    python -m benchmarks.cohort OUT --series 300             distinct scans of 300 slices
    python -m benchmarks.cohort OUT --scans SCANS...         real scans and the models of corcal

Half of the kills (--kills) hit the cohort's process, half a worker, all with SIGKILL. OUT holds
the cohort and what was measured; started again, the command goes on where it was stopped. CPU
seconds count, not wall time: they hold on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.many.check import check
from benchmarks.many.processes import ProcessTree
from benchmarks.many.tiny_scans import SETTINGS, TinyModels, write_tiny_scans
from benchmarks.series import write_distinct
from benchmarks.speed import machine
from corcal.cohort import Options, Plan, find_cases, run_cohort
from corcal.storage import JsonLines, read_json_lines

ROOT = Path(__file__).parents[1]
MEASURED = "measured.jsonl"
_GLANCE_SECONDS = 0.5
#: Samples of CPU seconds and memory are so far apart.
_SAMPLE_SECONDS = 5.0
#: Costs are compared between these numbers of cases that were scored before.
_STEPS = (0, 100, 1_000, 10_000, 100_000)


def plan_of(out: Path, *, tiny: bool, keep: str) -> Plan:
    """Return the plan of the cohort in `out`."""
    folder = out / "cohort"
    return Plan(folder, SETTINGS, TinyModels(), keep) if tiny else Plan(folder, keep=keep)


def work(scans: Sequence[Path], plan: Plan, jobs: int) -> None:
    """Score what is not scored yet; the process that does it is killed."""
    # A worker that was killed twice at the same case must not cost the case.
    for _ in run_cohort(find_cases(scans), plan, Options(jobs=jobs, retry_failed=True)):
        pass


class Scored:
    """The number of cases scored by now, read from a journal as it grows."""

    def __init__(self, journal: Path) -> None:
        self._path, self._at, self._count = journal, 0, 0

    def count(self) -> int:
        """Return it."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                for line in file:
                    if line.endswith(b"\n"):
                        self._at += len(line)
                        self._count += b'"state":"scored"' in line
        return self._count


class Killer:
    """Runs a command to its end, kills it or a child at times, and logs what it takes."""

    def __init__(self, out: Path, goals: Sequence[int]) -> None:
        """Go on where an earlier run in `out` stopped.

        Args:
            out: the folder of the measurement.
            goals: numbers of scored cases at which something is killed.
        """
        self._scored = Scored(out / "cohort" / "journal.jsonl")
        self._path = out / MEASURED
        earlier = list(read_json_lines(self._path))
        kills = sum("killed" in line for line in earlier)
        self._spent_s: float = max((line.get("cpu_s", 0.0) for line in earlier), default=0.0)
        self._goals = list(goals)[kills:]
        self._rng = np.random.default_rng([len(goals), kills])

    def run(self, command: Sequence[str]) -> None:
        """Start the command again and again until it comes to its end."""
        with JsonLines(self._path) as log:
            while (code := self._run_once(command, log)) != 0:
                if code != -signal.SIGKILL:
                    raise SystemExit("the cohort broke down; see above")

    def _run_once(self, command: Sequence[str], log: JsonLines) -> int:
        process = subprocess.Popen(command, cwd=ROOT)
        tree, due = ProcessTree(process.pid), 0.0
        try:
            while process.poll() is None:
                time.sleep(_GLANCE_SECONDS)
                tree.look()
                scored = self._scored.count()
                if time.monotonic() > due:
                    due = time.monotonic() + _SAMPLE_SECONDS
                    log.append(self._sample(scored, tree))
                if self._goals and scored >= self._goals[0]:
                    self._kill(process.pid, tree, log)
        finally:
            process.kill()
        log.append(self._sample(self._scored.count(), tree))
        self._spent_s += tree.cpu_s
        return process.wait()

    def _sample(self, scored: int, tree: ProcessTree) -> dict[str, float]:
        cpu_s = round(self._spent_s + tree.cpu_s, 2)
        return {"scored": scored, "cpu_s": cpu_s, **tree.memory(), "load": os.getloadavg()[0]}

    def _kill(self, pid: int, tree: ProcessTree, log: JsonLines) -> None:
        del self._goals[0]
        victim = pid if self._rng.random() < 0.5 else tree.child(self._rng)
        log.append({"killed": "cohort" if victim == pid else "worker"})
        os.kill(victim, signal.SIGKILL)


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return CPU seconds and memory by the number of cases scored before, as Markdown."""
    samples = [line for line in lines if "cpu_s" in line]
    rows = [
        "| cases | CPU s each | cohort's process, MB | largest worker, MB |",
        "|---|---|---|---|",
    ]
    begin, spent_s = 0, 0.0
    for above, to in pairwise(_STEPS):
        inside = [s for s in samples if above < s["scored"] <= to]
        if not inside:
            continue
        end, cpu_s = inside[-1]["scored"], inside[-1]["cpu_s"]
        cohort, worker = (max(s[k] for s in inside) for k in ("cohort_mb", "worker_mb"))
        each_s = (cpu_s - spent_s) / (end - begin)
        rows.append(f"| {begin} to {end} | {each_s:.3f} | {cohort:.0f} | {worker:.0f} |")
        begin, spent_s = end, cpu_s
    return "\n".join(rows)


def rate(lines: Sequence[dict[str, Any]], jobs: int) -> str:
    """Return how many cases an hour the CPU seconds make, start of the workers included."""
    end = [line for line in lines if "cpu_s" in line][-1]
    hourly = jobs * 3600 * end["scored"] / end["cpu_s"]
    return f"{hourly:,.0f} cases an hour on {jobs} quiet cores, by CPU seconds"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="folder of the measurement")
    parser.add_argument("--tiny", type=int, default=0, help="so many tiny scans, made in OUT")
    parser.add_argument(
        "--series", type=int, default=0, help="so many distinct scans of 300 slices, made in OUT"
    )
    parser.add_argument("--scans", type=Path, nargs="+", default=[], help="real scans")
    parser.add_argument("--kills", type=int, default=20, help="so many (20)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--keep", default="numbers", help="as for corcal cohort (numbers)")
    parser.add_argument("--compared", type=int, default=100, help="so many scored alone (100)")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    out, tiny = given.out.absolute(), given.tiny > 0
    made = tiny or given.series > 0
    scans = [out / "scans"] if made else [path.absolute() for path in given.scans]
    plan = plan_of(out, tiny=tiny, keep=given.keep)
    if given.work:
        work(scans, plan, given.jobs)
        return
    # Ended by SIGTERM, it ends the cohort as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    if tiny:
        write_tiny_scans(scans[0], given.tiny)
    elif made:
        write_distinct(scans[0], given.series)
    cases = find_cases(scans)
    last = max(2, len(cases) - 2)
    goals = np.sort(np.random.default_rng(7).integers(1, last, given.kills)).tolist()
    command = [sys.executable, "-m", "benchmarks.cohort", *sys.argv[1:], "--work"]
    Killer(out, goals).run(command)
    lines = list(read_json_lines(out / MEASURED))
    kills = Counter(line["killed"] for line in lines if "killed" in line)
    print(f"{machine()}\nkilled: {dict(kills)}\n\n{table(lines)}\n{rate(lines, given.jobs)}\n")
    threads = max(1, (os.cpu_count() or 1) // given.jobs)
    check(cases, plan, threads, compared=given.compared)


if __name__ == "__main__":
    main()
