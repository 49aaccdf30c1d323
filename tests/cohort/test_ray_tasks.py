"""What is handed to Ray, with a stand-in for it that runs each task at once in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from corcal.cohort import Options, Plan, find_cases, run_cohort
from corcal.cohort.workers.scorer import Scorer
from tests.cohort.tiny import SETTINGS, TinyModels, write_scans


class InPlace(ModuleType):
    """The part of Ray that corcal calls."""

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self) -> None:
        super().__init__("ray")
        self.options: list[dict[str, Any]] = []

    def init(self, **_: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def put(self, value: Any) -> Any:
        return value

    def remote(self, **options: Any) -> Callable[[Callable[..., Any]], Any]:
        self.options.append(options)
        return lambda run: SimpleNamespace(remote=lambda *given: Answer(run(*given)))

    def wait(self, running: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        return running[:1], running[1:]

    def get(self, answer: Any) -> Any:
        return answer.value


class Answer:
    """What a task returned."""

    def __init__(self, value: Any) -> None:
        self.value = value


def test_a_worker_of_ray_has_one_thread_and_the_numbers_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray, threads = InPlace(), list[int]()
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr("corcal.cohort.workers.ray_cluster.limit_threads", threads.append)
    write_scans(tmp_path / "scans", 3)
    cases = find_cases([tmp_path / "scans"])
    plan = Plan(tmp_path / "out", SETTINGS, TinyModels(), "numbers")
    outcomes = list(run_cohort(cases, plan, Options(ray="auto")))
    scorer = Scorer(Plan(None, SETTINGS, TinyModels(), "numbers"))
    assert {o.case: o.row for o in outcomes} == {c.name: scorer.score(c).row for c in cases}
    assert threads == [1]
    assert ray.options == [{"num_cpus": 1, "max_retries": 0}]
