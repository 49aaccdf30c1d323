"""Score a scan in this process and write down when each step began.

    python -m benchmarks.timed cold LOG SCAN OUT    the command, as from a shell
    python -m benchmarks.timed warm LOG SCAN OUT    the second scan of a process that keeps going

A number after OUT is that of the networks' threads.

In the cold run only the progress bars of the command are replaced, by a stopwatch.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Mark = tuple[str, float, float]


class Stopwatch:
    """When each step began: its name, the clock and the CPU seconds of this process by then."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []

    def begin(self, step: str) -> None:
        """Note that a step begins now."""
        self.marks.append((step, time.monotonic(), time.process_time()))

    @contextmanager
    def steps(self, _quiet: bool, total: int = 0) -> Iterator[Stopwatch]:
        """Stand in for the line of progress of the command, of so many steps."""
        yield self
        self.begin("showing the result")

    def __call__(self, step: str) -> None:
        """Note that a step begins now."""
        self.begin(step)

    def part(self, done: int, of: int) -> None:
        """Take no note of how much of a step is done: only whole steps are timed."""


def cold(watch: Stopwatch, scan: str, out: str) -> int:
    """Run `corcal score` and return its exit code."""
    watch.begin("importing corcal")
    from corcal.cli.main import main as corcal
    from corcal.cli.scoring import score

    vars(score)["steps"] = watch.steps
    sys.argv = ["corcal", "score", scan, "-o", out, "--force"]
    code = corcal()
    watch.begin("leaving Python")
    return code


def warm(watch: Stopwatch, scan: str, out: str) -> int:
    """Score the scan twice through the Python interface; note the steps of the second time."""
    from corcal import read_scan, write_reports
    from corcal.locate import EmbeddedLocator
    from corcal.pipeline import score_scan
    from corcal.segment import EmbeddedSegmenter
    from corcal.settings import Settings

    locator, segmenter = EmbeddedLocator(), EmbeddedSegmenter()
    for _ in range(2):
        watch.marks.clear()
        watch.begin("reading the scan")
        ct = read_scan(Path(scan), settings=Settings())
        reading = score_scan(ct, locator=locator, segmenter=segmenter, progress=watch.begin)
        watch.begin("writing the report")
        write_reports(reading, Path(out), force=True)
        watch.begin("end")
    return 0


def main(kind: str, log: str, scan: str, out: str, threads: str = "") -> int:
    """Write the marks and the largest memory so far to LOG, and return the exit code."""
    watch = Stopwatch()
    if threads:
        from corcal.runtime import limit_threads

        limit_threads(int(threads))
    code = {"cold": cold, "warm": warm}[kind](watch, scan, out)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Not above: the cold run must not find it imported.
    from corcal.storage import json_bytes

    times = {"marks": watch.marks, "peak_mb": peak_kb / 1024}
    Path(log).write_bytes(json_bytes(times))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
