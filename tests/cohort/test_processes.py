"""Worker processes: the same numbers, and what a worker's end costs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from corcal.cohort import Options, Outcome, Plan, find_cases, run_cohort
from corcal.cohort.workers.scorer import Scorer
from corcal.core.errors import ModelRefused
from corcal.core.steps import ArterySegmenter
from tests.cohort.tiny import (
    CRASH,
    HANG,
    HOARD,
    HOARD_MB,
    KILL,
    SETTINGS,
    TOO_MUCH,
    TinyModels,
    hangs_in_child,
    write_scan,
    write_scans,
)

HOUR = 3600.0


def _score(folder: Path, **options: float) -> dict[str, Outcome]:
    plan = Plan(None, SETTINGS, TinyModels(), "numbers")
    outcomes = list(run_cohort(find_cases([folder]), plan, Options(**options)))  # type: ignore[arg-type]
    assert len({o.case for o in outcomes}) == len(outcomes)
    return {o.case: o for o in outcomes}


class Clock:
    """Time goes on by an hour at each look while a child process hangs, and as it is elsewhere."""

    def __init__(self) -> None:
        self._real, self._hours = time.monotonic, 0

    def __call__(self) -> float:
        self._hours += hangs_in_child(os.getpid())
        return self._real() + self._hours * HOUR


def test_two_workers_give_the_numbers_of_one_process(tmp_path: Path) -> None:
    write_scans(tmp_path, 4)
    scorer = Scorer(Plan(None, SETTINGS, TinyModels(), "numbers"))
    alone = {case.name: scorer.score(case).row for case in find_cases([tmp_path])}
    together = {name: o.row for name, o in _score(tmp_path, jobs=2).items()}
    assert together == alone
    assert len({str(row) for row in alone.values()}) == 4


def test_a_worker_that_dies_costs_its_case_alone(tmp_path: Path) -> None:
    write_scans(tmp_path, 2)
    write_scan(tmp_path / "a_killer.nii.gz", 5, first_hu=KILL)
    outcomes = _score(tmp_path, jobs=1).values()
    assert sorted(o.state for o in outcomes) == ["failed", "scored", "scored"]
    [failed] = [o for o in outcomes if o.state == "failed"]
    assert failed.kind == "process died"
    assert "SIGKILL" in failed.reason


def test_a_decoder_that_crashes_costs_its_case_alone(tmp_path: Path) -> None:
    write_scans(tmp_path, 2)
    write_scan(tmp_path / "a_damaged.nii.gz", 5, first_hu=CRASH)
    outcomes = _score(tmp_path, jobs=2).values()
    assert sorted(o.state for o in outcomes) == ["failed", "scored", "scored"]
    [failed] = [o for o in outcomes if o.state == "failed"]
    assert failed.kind == "process died"
    assert "SIGSEGV" in failed.reason


def test_a_case_that_takes_too_long_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.monotonic", Clock())
    write_scans(tmp_path, 1)
    write_scan(tmp_path / "a_sleeper.nii.gz", 5, first_hu=HANG)
    outcomes = _score(tmp_path, jobs=1, limit_seconds=HOUR / 2).values()
    assert sorted((o.state, o.kind) for o in outcomes) == [("failed", "too slow"), ("scored", "")]


def test_a_worker_that_holds_too_much_is_replaced(tmp_path: Path) -> None:
    write_scans(tmp_path, 1)
    [outcome] = _score(tmp_path, jobs=1, limit_mb=1.0).values()
    assert (outcome.state, outcome.kind) == ("failed", "out of memory")


@pytest.mark.parametrize("first_hu", [HOARD, TOO_MUCH], ids=["takes too much", "gets no more"])
def test_a_case_that_needs_too_much_memory_costs_itself_alone(
    tmp_path: Path, first_hu: int
) -> None:
    write_scans(tmp_path, 2)
    write_scan(tmp_path / "a_large.nii.gz", 5, first_hu=first_hu)
    outcomes = _score(tmp_path, jobs=1, limit_mb=HOARD_MB / 2).values()
    states = sorted((o.state, o.kind) for o in outcomes)
    assert states == [("failed", "out of memory"), ("scored", ""), ("scored", "")]


class UnfitModels(TinyModels):
    """A model that can be made in the parent and in no worker."""

    def __getstate__(self) -> dict[str, str]:
        return {"version": "unfit"}

    def segmenter(self, members: int = 0) -> ArterySegmenter:
        if self.version == "unfit":
            raise ModelRefused("the model cannot run here")
        return super().segmenter(members)


def test_models_that_cannot_run_stop_the_cohort(tmp_path: Path) -> None:
    write_scans(tmp_path, 1)
    plan = Plan(None, SETTINGS, UnfitModels(), "numbers")
    with pytest.raises(ModelRefused, match="cannot run here"):
        list(run_cohort(find_cases([tmp_path]), plan, Options(jobs=1)))
