"""A worker process: `python -m corcal.recipes.embedded.workers.worker PLAN INDEX COUNT`.

It makes every COUNT-th case of a plan, those that are not there yet, until none is left. It
ends when its standard input is closed: its parent is gone, or wants no more.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from itertools import islice
from pathlib import Path

from corcal.recipes.embedded.workers.jobs import JobPlan, jobs
from corcal.storage import read_json


def main(plan: Path, index: int, count: int) -> None:
    """Make the cases of one worker out of so many."""
    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for job in islice(jobs(JobPlan.from_json(read_json(plan))), index, None, count):
        if not job.path.exists():
            job.make()


def _end_with_parent() -> None:
    # Not through sys.stdin: its lock would be held when the process ends by itself.
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
