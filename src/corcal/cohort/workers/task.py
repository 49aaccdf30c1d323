"""Messages that pass between a cohort and its workers: tasks out, outcomes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from corcal.cohort.cases.case import Case

SCORED, REFUSED, FAILED = "scored", "refused", "failed"
#: The case has not come to an end yet.
WAITING = "waiting"
#: The case is not to blame: the cohort cannot go on, such as where the disk is full.
HALTED = "halted"

Row = Mapping[str, object]


@dataclass(frozen=True)
class Task:
    """A case to be scored.

    Attributes:
        case: the scan.
        attempt: 1, or 2 after a failure.
    """

    case: Case
    attempt: int = 1


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt at a case.

    Attributes:
        case: its name.
        state: "scored", "refused", "failed" or "halted".
        seconds: wall time.
        kind: of a refusal or failure, in a few words that are the same for all of its kind.
        reason: why, with what a person can do; never a patient's name or a path.
        row: the numbers by column; None unless scored.
        earlier: it came to its end before this run of the cohort.
    """

    case: str
    state: str
    seconds: float
    kind: str = ""
    reason: str = ""
    row: Row | None = None
    earlier: bool = False


class Executor(Protocol):
    """Scores cases somewhere else, several at a time."""

    def free(self) -> int:
        """Return how many more tasks can be submitted now."""

    def submit(self, task: Task) -> None:
        """Begin a task."""

    def wait(self, seconds: float) -> tuple[tuple[Task, Outcome], ...]:
        """Return the tasks that ended, after at most so many seconds.

        Raises:
            CorcalError: no worker can be started.
        """

    def close(self) -> None:
        """Stop all that runs, at once."""
