"""A cohort of tiny scans, run in the test's own process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corcal.cohort import Options, Outcome, Plan, find_cases, run, run_cohort
from tests.cohort.inline import Inline, Scripted, Start
from tests.cohort.tiny import SETTINGS, TinyModels


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Return a function that runs the cohort of tmp_path/scans in tmp_path/out."""

    def run_all(
        states: tuple[str, ...] = (), options: Options | None = None, **changes: object
    ) -> tuple[list[Outcome], Inline]:
        plan = replace(Plan(tmp_path / "out", SETTINGS, TinyModels(), "numbers"), **changes)  # type: ignore[arg-type]
        executor = Scripted(plan, states)
        monkeypatch.setattr(run, "_executor", lambda *_: executor)
        outcomes = list(run_cohort(find_cases([tmp_path / "scans"]), plan, options or Options()))
        return outcomes, executor

    return run_all
