"""Ray workers: the same table, and a killed worker costs its case one attempt."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corcal.cohort import Options, Plan, find_cases, run_cohort
from corcal.cohort.workers.scorer import Scorer
from corcal.core.errors import CorcalError
from corcal.storage import read_json_lines
from tests.cohort.tiny import SETTINGS, SLOW, TinyModels, write_scan, write_scans

pytestmark = [
    pytest.mark.slow,
    # Ray's own code warns.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a cluster of two nodes on this machine, which reports to nobody."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    pytest.importorskip("ray")
    utilities: Any = importlib.import_module("ray.cluster_utils")
    made = utilities.Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    made.add_node(num_cpus=1)
    made.add_node(num_cpus=1)
    yield made
    made.shutdown()


def test_two_nodes_give_the_numbers_of_one_process(tmp_path: Path, cluster: Any) -> None:
    write_scans(tmp_path / "scans", 6)
    cases = find_cases([tmp_path / "scans"])
    plan = Plan(tmp_path / "out", SETTINGS, TinyModels(), "numbers")
    outcomes = list(run_cohort(cases, plan, Options(jobs=2, ray=cluster.address)))
    scorer = Scorer(Plan(None, SETTINGS, TinyModels(), "numbers"))
    assert {o.case: o.row for o in outcomes} == {c.name: scorer.score(c).row for c in cases}
    assert len(outcomes) == 6


def test_a_killed_node_costs_its_running_case_an_attempt(tmp_path: Path, cluster: Any) -> None:
    for seed in range(8):
        write_scan(tmp_path / "scans" / f"{seed}.nii.gz", seed, first_hu=SLOW)
    plan = Plan(tmp_path / "out", SETTINGS, TinyModels(), "numbers")
    options = Options(jobs=2, ray=cluster.address)
    killer = threading.Thread(target=_kill_a_busy_node, args=(tmp_path / "out",), daemon=True)
    killer.start()
    states = [o.state for o in run_cohort(find_cases([tmp_path / "scans"]), plan, options)]
    assert states == ["scored"] * 8
    lines = read_json_lines(tmp_path / "out" / "journal.jsonl")
    assert sum(line["state"] == "failed" for line in lines) == 1


def _kill_a_busy_node(out: Path) -> None:
    """Kill the first node that scores, once a case was scored: then its workers were started."""
    journal = out / "journal.jsonl"
    while not journal.exists() or '"scored"' not in journal.read_text(encoding="utf-8"):
        time.sleep(0.02)
    while not (busy := [n for n in _children(os.getpid()) if _is_busy(n)]):
        time.sleep(0.02)
    os.kill(busy[0], signal.SIGKILL)


def _is_busy(node: int) -> bool:
    # A worker of Ray calls itself by what it does, and IDLE in between.
    commands = [Path(f"/proc/{pid}/cmdline") for pid in _children(node)]
    return any(c.exists() and c.read_bytes().startswith(b"ray::_score") for c in commands)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text(encoding="ascii").split()]


def test_no_cluster_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    write_scans(tmp_path / "scans", 1)
    plan = Plan(tmp_path / "out", SETTINGS, TinyModels(), "numbers")
    cases = find_cases([tmp_path / "scans"])
    with pytest.raises(CorcalError, match="cannot be joined"):
        run_cohort(cases, plan, Options(ray="127.0.0.1:1"))
