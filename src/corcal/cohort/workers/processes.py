"""Worker processes of this machine: started, watched, replaced.

Each has its share of the cores, fixed before anything is imported in it, and keeps its models.
What happens to a worker costs the case in its hands one attempt and no other case anything.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from corcal.cohort.plan import Options, Plan
from corcal.cohort.workers.machine import cores, memory_mb, resident_mb, usual_jobs
from corcal.cohort.workers.task import FAILED, Outcome, Task
from corcal.cohort.workers.worker import OUTCOME, UNFIT
from corcal.core.errors import CorcalError, ModelRefused
from corcal.runtime import command_of, environment_with

_MODULE = "corcal.cohort.workers.worker"
#: Libraries take the number of their threads from these when they are imported.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
#: So many workers in a row may die before they are ready; then none ever will be.
_MOST_STILLBORN = 3
#: How long a worker may take to be ready, beside the limit of its first case.
_START_SECONDS = 120.0
#: How often time and memory are looked at.
_GLANCE_SECONDS = 1.0

Ended = tuple[Task, Outcome]


@dataclass
class _Worker:
    """A process, its end of the socket, and the task in its hands."""

    process: subprocess.Popen[bytes]
    connection: Connection
    ready: bool = False
    task: Task | None = None
    began: float = field(default_factory=time.monotonic)

    def end(self) -> int:
        """Kill it; return how it ended: below 0, by a signal."""
        if self.process.poll() is None:
            self.process.kill()
        self.connection.close()
        return self.process.wait()


class Processes:
    """Runs tasks in worker processes of this machine."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self._plan = plan
        self._jobs = options.jobs or usual_jobs()
        self._threads = max(1, cores() // self._jobs)
        self._limit_seconds = options.limit_seconds
        self._limit_mb = options.limit_mb or memory_mb() / self._jobs
        self._workers: list[_Worker] = []
        self._stillborn = 0

    def free(self) -> int:
        """Return how many more tasks can be submitted now."""
        return self._jobs - sum(w.task is not None for w in self._workers)

    def submit(self, task: Task) -> None:
        """Hand a task to a worker that is idle, or to a new one."""
        for worker in [w for w in self._workers if w.task is None]:
            if self._hand(worker, task):
                return
            self._drop(worker)
        worker = self._start()
        if not self._hand(worker, task):
            # It died at once: `wait` sees to it.
            worker.task, worker.began = task, time.monotonic()

    def wait(self, seconds: float) -> tuple[Ended, ...]:
        """Return the tasks that ended, after at most so many seconds.

        Raises:
            ModelRefused: the models cannot run.
            CorcalError: workers die before they are ready.
        """
        busy = {w.connection: w for w in self._workers if w.task is not None}
        ended: list[Ended] = []
        for connection in wait(list(busy), min(seconds, _GLANCE_SECONDS)):
            assert isinstance(connection, Connection)
            ended += self._hear(busy[connection])
        for worker in [w for w in self._workers if w.task is not None]:
            ended += self._watch(worker)
        return tuple(ended)

    def close(self) -> None:
        """Kill every worker."""
        while self._workers:
            self._drop(self._workers[-1])

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            environment = environment_with(dict.fromkeys(_THREADS, str(self._threads)))
            process = subprocess.Popen(
                command_of(_MODULE, [str(theirs.fileno())]),
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Libraries may write what stands in a patient's header.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        connection: Connection = Connection(ours.detach())
        worker = _Worker(process, connection)
        self._workers.append(worker)
        with contextlib.suppress(OSError):
            connection.send(sys.path)
            connection.send((self._plan, self._threads))
        return worker

    def _hand(self, worker: _Worker, task: Task) -> bool:
        try:
            worker.connection.send(task.case)
        except OSError:
            return False
        worker.task, worker.began = task, time.monotonic()
        return True

    def _hear(self, worker: _Worker) -> list[Ended]:
        try:
            kind, content = worker.connection.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if kind == UNFIT:
            raise ModelRefused(content)
        if kind != OUTCOME:
            worker.ready, self._stillborn = True, 0
            worker.began = time.monotonic()
            return []
        task, worker.task = worker.task, None
        assert task is not None
        if (resident_mb(worker.process.pid) or 0) > self._limit_mb:
            self._drop(worker)
        return [(task, content)]

    def _watch(self, worker: _Worker) -> list[Ended]:
        """Stop a worker that takes too long or too much."""
        start_seconds = 0 if worker.ready else _START_SECONDS
        if time.monotonic() - worker.began > self._limit_seconds + start_seconds:
            reason = f"it took longer than {self._limit_seconds:g} seconds and was stopped"
            return self._fail(worker, "too slow", reason)
        held_mb = resident_mb(worker.process.pid)
        if held_mb is not None and held_mb > self._limit_mb:
            reason = f"its process held more than {self._limit_mb:.0f} MB and was stopped"
            return self._fail(worker, "out of memory", reason)
        return []

    def _bury(self, worker: _Worker) -> list[Ended]:
        code = worker.process.wait()
        if worker.ready:
            return self._fail(worker, "process died", _cause(code))
        # Not the case's fault: it has not been looked at.
        self._stillborn += 1
        task = worker.task
        self._drop(worker)
        if self._stillborn >= _MOST_STILLBORN:
            raise CorcalError(f"no worker process can be started: {_cause(code)}")
        if task is not None:
            self.submit(task)
        return []

    def _fail(self, worker: _Worker, kind: str, reason: str) -> list[Ended]:
        task = worker.task
        assert task is not None
        seconds = time.monotonic() - worker.began
        self._drop(worker)
        return [(task, Outcome(task.case.name, FAILED, seconds, kind, reason))]

    def _drop(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


def _cause(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = "; most often there is too little memory" if name == "SIGKILL" else ""
    return f"its process was ended by {name}{hint}"
