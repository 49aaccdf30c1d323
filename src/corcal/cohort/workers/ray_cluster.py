"""Workers on the nodes of a Ray cluster.

Only paths and numbers pass through Ray, never pixels: every node must see the scans and the
folder of the cohort under the same paths. A cluster is joined and never started: Ray reports the
use of those it starts to its makers, unless it is started otherwise.
"""

from __future__ import annotations

import logging
import socket
import time
from typing import Any

from corcal.cohort.cases.case import Case
from corcal.cohort.plan import Options, Plan
from corcal.cohort.workers.task import FAILED, HALTED, Outcome, Task
from corcal.core.errors import CorcalError, InputRefused
from corcal.runtime import install_extra, limit_threads, need

_INSTALL = f"install it with: {install_extra('ray')}"
#: Cores of a worker, and threads: of numpy set by Ray, of the networks by `_score`.
_CORES = 1
#: How long it is tried to reach a cluster.
_REACH_SECONDS = 10.0
#: How long a case may wait for a worker, beside the limit of its own time.
_START_SECONDS = 120.0


class RayCluster:
    """Runs tasks on the nodes of a Ray cluster, one for each core or as many as asked."""

    def __init__(self, plan: Plan, options: Options) -> None:
        """Join the cluster.

        Raises:
            ModelRefused: ray is not installed.
            CorcalError: there is no cluster at the address.
        """
        self._ray = need("ray", "corcal cohort --ray", install=_INSTALL)
        _join(self._ray, options.ray)
        self._limit_seconds = options.limit_seconds + _START_SECONDS
        self._jobs = options.jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        # A task that is lost is ours to try again: it is written down first.
        self._score = self._ray.remote(num_cpus=_CORES, max_retries=0)(_score)
        self._plan = self._ray.put(plan)
        self._running: dict[Any, tuple[Task, float]] = {}

    def free(self) -> int:
        """Return how many more tasks can be submitted now."""
        return self._jobs - len(self._running)

    def submit(self, task: Task) -> None:
        """Begin a task where a core is free."""
        reference = self._score.remote(self._plan, task.case)
        self._running[reference] = (task, time.monotonic())

    def wait(self, seconds: float) -> tuple[tuple[Task, Outcome], ...]:
        """Return the tasks that ended, after at most so many seconds."""
        if not self._running:
            return ()
        done, _ = self._ray.wait(list(self._running), num_returns=1, timeout=seconds)
        now = time.monotonic()
        late = [r for r, (_, began) in self._running.items() if now - began > self._limit_seconds]
        for reference in late:
            # It ends with an error, which the next call meets.
            self._ray.cancel(reference, force=True)
        return tuple(self._end(reference) for reference in done)

    def close(self) -> None:
        """Stop all that runs, and leave the cluster."""
        for reference in self._running:
            self._ray.cancel(reference, force=True)
        self._running.clear()
        self._ray.shutdown()

    def _end(self, reference: Any) -> tuple[Task, Outcome]:
        task, began = self._running.pop(reference)
        seconds = time.monotonic() - began
        try:
            outcome: Outcome = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            reason = f"its worker or the worker's node is gone ({type(error).__name__})"
            return task, Outcome(task.case.name, FAILED, seconds, "process died", reason)
        return task, outcome


def _join(ray: Any, address: str) -> None:
    host, colon, port = address.rpartition(":")
    try:
        if colon and port.isdigit() and "/" not in host:
            # Ray itself would try for minutes.
            socket.create_connection((host, int(port)), timeout=_REACH_SECONDS).close()
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        raise CorcalError(f"--ray {address}: cannot be joined ({error})") from error


#: The scorers of a worker of Ray by plan, kept from task to task.
_scorers: dict[str, Any] = {}


def _score(plan: Plan, case: Case) -> Outcome:
    """Return what became of a case; runs in a worker of Ray, which keeps its models."""
    from corcal.cohort.workers.scorer import Scorer  # noqa: PLC0415

    key = repr(plan)
    if key not in _scorers:
        # Not the node's cores for each: its workers share them, and digits hang on the number.
        limit_threads(_CORES)
        try:
            _scorers[key] = Scorer(plan)
        except InputRefused as error:
            return Outcome(case.name, HALTED, 0.0, "model cannot run", str(error))
    outcome: Outcome = _scorers[key].score(case)
    return outcome
