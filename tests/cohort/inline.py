"""Executors that score in this process, or follow a script; a cohort's tables read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from corcal.cohort.plan import Plan
from corcal.cohort.workers.scorer import Scorer
from corcal.cohort.workers.task import Outcome, Task


class Inline:
    """Scores one task at a time in this process; notes the tasks."""

    def __init__(self, plan: Plan) -> None:
        self._scorer = Scorer(plan)
        self._waiting: deque[Task] = deque()
        self.tasks: list[Task] = []

    def free(self) -> int:
        return 1 - len(self._waiting)

    def submit(self, task: Task) -> None:
        self.tasks.append(task)
        self._waiting.append(task)

    def wait(self, seconds: float) -> tuple[tuple[Task, Outcome], ...]:
        task = self._waiting.popleft()
        return ((task, self.score(task)),)

    def score(self, task: Task) -> Outcome:
        return self._scorer.score(task.case)

    def close(self) -> None:
        self._waiting.clear()


class Scripted(Inline):
    """As `Inline`, but the first tasks end as a script says: by state, "" scores."""

    def __init__(self, plan: Plan, states: Sequence[str]) -> None:
        super().__init__(plan)
        self._states = deque(states)

    def score(self, task: Task) -> Outcome:
        state = self._states.popleft() if self._states else ""
        if state:
            return Outcome(task.case.name, state, 1.0, "process died", f"{state} by script")
        return super().score(task)


#: Runs the cohort of a test's scans; gives its outcomes and its executor.
Start = Callable[..., tuple[list[Outcome], Inline]]


def table_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
