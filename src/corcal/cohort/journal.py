"""The journal of a cohort: a line for every attempt, from which the cohort can go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corcal import __version__
from corcal.cohort.cases.case import Case
from corcal.cohort.cases.fingerprint import input_hash
from corcal.cohort.plan import Plan
from corcal.cohort.workers.row import NumbersRow
from corcal.cohort.workers.task import FAILED, HALTED, Outcome, Task
from corcal.core.errors import TableRefused
from corcal.storage import JsonLines, read_json_lines

#: The journal's name in the folder of a cohort.
JOURNAL = "journal.jsonl"
#: A case that failed is tried once more.
MOST_ATTEMPTS = 2
_STARTED = "started"


@dataclass(frozen=True)
class Method:
    """Everything beside the input that a result depends on.

    Attributes:
        settings: hash of the settings.
        models: SHA-256 by step.
        version: of corcal.
    """

    settings: str
    models: Mapping[str, str]
    version: str = __version__

    @classmethod
    def of(cls, plan: Plan) -> Method:
        """Return the method of a plan.

        Raises:
            ModelRefused: a model's files are absent, damaged or changed.
            SettingsRefused: the segmenter has fewer members.
        """
        members = plan.settings.segmentation.members
        made = {"heart": plan.models.locator(), "arteries": plan.models.segmenter(members)}
        return cls(plan.method_hash(), {step: model.sha256 for step, model in made.items()})


@dataclass(frozen=True)
class Attempt:
    """One attempt at a case that came to an end.

    Attributes:
        outcome: what became of it.
        number: 1, or 2 after a failure.
        input: hash of the case's files.
        method: of the cohort at that time.
    """

    outcome: Outcome
    number: int
    input: str
    method: Method


class Journal:
    """The last attempt at each case, kept in a file of which no line is ever changed."""

    def __init__(self, path: Path, method: Method) -> None:
        """Open the journal, which is made if absent; no other process can then.

        Raises:
            OutputRefused: another process has it open, or it cannot be written.
            TableRefused: a line is damaged.
        """
        self._method = method
        self._inputs: dict[str, str] = {}
        self._lines = JsonLines(path)
        try:
            self._last = _read(path)
        except BaseException:
            self._lines.close()
            raise

    def close(self) -> None:
        """Let others open it."""
        self._lines.close()

    def last(self, case: Case) -> Attempt | None:
        """Return the last attempt at a case that still holds: same input, method and version."""
        attempt = self._last.get(case.name)
        if attempt is None or attempt.method != self._method:
            return None
        return attempt if attempt.input == input_hash(case) else None

    def start(self, task: Task) -> None:
        """Write that an attempt begins.

        Raises:
            OutputRefused: the disk is full.
        """
        self._inputs[task.case.name] = input_hash(task.case)
        self._lines.append(self._line(task, _STARTED, {}))

    def end(self, task: Task, outcome: Outcome) -> None:
        """Write what became of an attempt; one for which the case is not to blame is left out.

        Raises:
            OutputRefused: the disk is full.
        """
        if outcome.state == HALTED:
            return
        facts = {name: getattr(outcome, name) for name in ("seconds", "kind", "reason")}
        facts["row"] = None if outcome.row is None else dict(outcome.row)
        self._lines.append(self._line(task, outcome.state, facts))
        del self._inputs[task.case.name]

    def _line(self, task: Task, state: str, facts: Mapping[str, object]) -> dict[str, object]:
        return {
            "case": task.case.name,
            "state": state,
            "attempt": task.attempt,
            # At the end of an attempt too the input is what it was when the attempt began.
            "input": self._inputs[task.case.name],
            **asdict(self._method),
            **facts,
        }


def is_final(attempt: Attempt) -> bool:
    """Say whether a case needs no further attempt: a failed one is tried once more."""
    return attempt.outcome.state != FAILED or attempt.number >= MOST_ATTEMPTS


def _read(path: Path) -> dict[str, Attempt]:
    last: dict[str, Attempt] = {}
    methods: dict[str, Method] = {}
    for number, line in enumerate(read_json_lines(path), start=1):
        try:
            if line["state"] != _STARTED:
                last[line["case"]] = _attempt(line, methods)
        except (KeyError, TypeError) as error:
            raise TableRefused(f"{path}, line {number}: is no attempt ({error!r})") from None
    return last


def _attempt(line: dict[str, Any], methods: dict[str, Method]) -> Attempt:
    facts = {name: line[name] for name in ("case", "state", "seconds", "kind", "reason")}
    row = None if line["row"] is None else NumbersRow(line["row"])
    method = Method(line["settings"], line["models"], line["version"])
    # Thousands of attempts share a method.
    method = methods.setdefault(repr(method), method)
    outcome = Outcome(**facts, row=row, earlier=True)
    return Attempt(outcome, line["attempt"], line["input"], method)
