"""Workers on the nodes of a Ray cluster.

Only paths and numbers pass through Ray, never pixels: every node must see the scans and the
folder of the cohort under the same paths.
"""

from __future__ import annotations

from typing import Any

from corcal.cohort.plan import Options, Plan
from corcal.cohort.workers.task import FAILED, HALTED, Outcome, Task
from corcal.core.errors import CorcalError, InputRefused
from corcal.runtime import need

_INSTALL = 'install it with: pip install "corcal[ray]"'
#: Cores of a worker.
_CORES = 1
LOCAL = "local"


class RayCluster:
    """Runs tasks in actors on the nodes of a Ray cluster, one for each core or as many as asked."""

    def __init__(self, plan: Plan, options: Options) -> None:
        """Join the cluster.

        Raises:
            ModelRefused: ray is not installed.
            CorcalError: there is no cluster at the address.
        """
        self._ray = need("ray", "corcal cohort --ray", install=_INSTALL)
        address = None if options.ray == LOCAL else options.ray
        self._joined = not self._ray.is_initialized()
        if self._joined:
            self._join(address)
        self._plan, self._limit_seconds = plan, options.limit_seconds
        self._jobs = options.jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._actors: list[Any] = []
        self._idle: list[Any] = []
        self._running: dict[Any, tuple[Task, Any]] = {}

    def free(self) -> int:
        """Return how many more tasks can be submitted now."""
        return self._jobs - len(self._running)

    def submit(self, task: Task) -> None:
        """Begin a task on an actor that is idle, or on a new one."""
        actor = self._idle.pop() if self._idle else self._start()
        self._running[actor.score.remote(task.case)] = (task, actor)

    def wait(self, seconds: float) -> tuple[tuple[Task, Outcome], ...]:
        """Return the tasks that ended, after at most so many seconds.

        Raises:
            CorcalError: the cluster is gone.
        """
        if not self._running:
            return ()
        done, _ = self._ray.wait(list(self._running), num_returns=1, timeout=seconds)
        return tuple(self._end(reference) for reference in done)

    def close(self) -> None:
        """Stop all that runs, and leave the cluster."""
        while self._actors:
            self._ray.kill(self._actors.pop())
        self._running.clear()
        self._idle.clear()
        if self._joined:
            self._ray.shutdown()

    def _join(self, address: str | None) -> None:
        try:
            self._ray.init(address=address, log_to_driver=False, include_dashboard=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise CorcalError(f"--ray {address or LOCAL}: cannot be joined ({error})") from error

    def _start(self) -> Any:
        actor = self._ray.remote(num_cpus=_CORES)(_Actor).remote(self._plan)
        self._actors.append(actor)
        return actor

    def _end(self, reference: Any) -> tuple[Task, Outcome]:
        task, actor = self._running.pop(reference)
        try:
            outcome: Outcome = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            self._actors.remove(actor)
            reason = f"its worker or the worker's node is gone ({type(error).__name__})"
            return task, Outcome(task.case.name, FAILED, 0.0, "process died", reason)
        self._idle.append(actor)
        return task, outcome


class _Actor:
    """A worker of Ray: models made once, one case after the other."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._scorer: Any = None

    def score(self, case: Any) -> Outcome:
        """Return what became of a case."""
        from corcal.cohort.workers.scorer import Scorer  # noqa: PLC0415

        if self._scorer is None:
            try:
                self._scorer = Scorer(self._plan)
            except InputRefused as error:
                return Outcome(case.name, HALTED, 0.0, "model cannot run", str(error))
        outcome: Outcome = self._scorer.score(case)
        return outcome
