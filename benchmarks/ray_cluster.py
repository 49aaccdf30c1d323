"""Memory and CPU seconds of a cohort on a Ray cluster of two nodes on this machine.

    python -m benchmarks.ray_cluster OUT SCANS...

Each node has one core and so one worker. The table is compared with scans scored alone. Needs the
extra `ray`; the cluster is started for this run, and reports to nobody.
"""

from __future__ import annotations

import argparse
import importlib
import os
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.many.check import check
from benchmarks.many.processes import ProcessTree
from benchmarks.speed import machine
from corcal.cohort import Options, Plan, find_cases, run_cohort

_GLANCE_SECONDS = 1.0
#: How a worker calls itself, at work and idle; what is neither it nor the cohort is Ray's own.
_WORKER, _TITLES = "a worker", (b"ray::_score", b"ray::IDLE")
_COHORT, _OTHERS = "the cohort's process", "Ray's own processes together"


class Watch:
    """Looks at every process of this run, and remembers the largest memory of each kind in MB."""

    def __init__(self) -> None:
        self.largest_mb: dict[str, float] = defaultdict(float)
        self.worker_cpu_s: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._over.wait(_GLANCE_SECONDS):
            self._look()

    def _look(self) -> None:
        others_mb = 0.0
        for pid in _descendants(os.getpid()):
            tree = ProcessTree(pid)
            tree.look()
            mb, kind = tree.memory()["cohort_mb"], _kind(pid)
            if kind == _OTHERS:
                others_mb += mb
                continue
            if kind == _WORKER:
                self.worker_cpu_s[pid] = tree.cpu_s
            self.largest_mb[kind] = max(self.largest_mb[kind], mb)
        self.largest_mb[_OTHERS] = max(self.largest_mb[_OTHERS], others_mb)


def _kind(pid: int) -> str:
    if pid == os.getpid():
        return _COHORT
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return _OTHERS
    return _WORKER if command.startswith(_TITLES) else _OTHERS


def _descendants(pid: int) -> list[int]:
    try:
        path = Path(f"/proc/{pid}/task/{pid}/children")
        children = [int(child) for child in path.read_text(encoding="ascii").split()]
    except OSError:
        return []
    return [pid, *(below for child in children for below in _descendants(child))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="folder of the cohort")
    parser.add_argument("scans", type=Path, nargs="+", help="as for corcal cohort")
    parser.add_argument("--compared", type=int, default=4, help="so many scored alone (4)")
    given = parser.parse_args()
    cases, plan = find_cases(given.scans), Plan(given.out, keep="numbers")
    # Read by Ray alone, in this process and in those that it starts.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    utilities: Any = importlib.import_module("ray.cluster_utils")
    cluster = utilities.Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1)
        with Watch() as watch:
            for _ in run_cohort(cases, plan, Options(jobs=2, ray=cluster.address)):
                pass
    finally:
        cluster.shutdown()
    print(f"{machine()}\n{len(cases)} cases, two nodes of one core\n")
    print("| process | at most, MB |\n|---|---|")
    for kind, mb in sorted(watch.largest_mb.items()):
        print(f"| {kind} | {mb:.0f} |")
    each_s = sum(watch.worker_cpu_s.values()) / len(cases)
    print(f"\n{each_s:.2f} CPU seconds of the workers a case, their start included\n")
    check(cases, plan, 1, compared=given.compared)


if __name__ == "__main__":
    main()
