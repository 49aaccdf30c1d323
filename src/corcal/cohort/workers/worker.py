"""A worker process: `python -m corcal.cohort.workers.worker HANDLE`, started by `processes`.

It reads tasks from a socket and writes outcomes back. It ends when the other side is gone,
also in the midst of a case: nobody would take the outcome, and a resumed cohort scores the case
again.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import warnings
from multiprocessing.connection import Connection

from corcal.core.errors import InputRefused
from corcal.runtime import limit_threads

READY, UNFIT, OUTCOME = "ready", "unfit", "outcome"


def main(handle: int) -> int:
    """Serve a cohort through a socket until it is closed."""
    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection: Connection = Connection(handle)
    # Models of a user's own may lie where the parent found them.
    sys.path += [path for path in connection.recv() if path not in sys.path]
    plan, threads = connection.recv()
    # Not above: numpy reads the environment and the path when it is imported.
    from corcal.cohort.workers.scorer import Scorer  # noqa: PLC0415

    limit_threads(threads)
    warnings.simplefilter("ignore")
    try:
        scorer = Scorer(plan)
    except InputRefused as error:
        connection.send((UNFIT, str(error)))
        return 2
    connection.send((READY, None))
    tasks: queue.SimpleQueue[object] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    while True:
        case = tasks.get()
        connection.send((OUTCOME, scorer.score(case)))  # type: ignore[arg-type]


def _listen(connection: Connection, tasks: queue.SimpleQueue[object]) -> None:
    while True:
        try:
            tasks.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
