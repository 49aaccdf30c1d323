"""Cases measured one after the other or side by side, each kept as a JSON record.

A record is used again if it was made for the same question: the same case asked in the same
way of the same networks.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corcal.storage import json_bytes, parse_json, read_json, replace_file

Record = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One case to measure.

    Attributes:
        table: the table it belongs to.
        name: unique in its table.
        asked: all that the record depends on, ready for JSON.
        measure: returns the record; a function of a module, so that a process can be handed it.
        given: its arguments by name.
    """

    table: str
    name: str
    asked: Record
    measure: Callable[..., Record]
    given: dict[str, Any] = field(default_factory=dict)

    def file(self, work: Path) -> Path:
        """Return where its record is kept."""
        return work / self.table / f"{self.name}.json"


def measured(
    tasks: list[Task], work: Path, *, jobs: int, announce: Callable[[str], None]
) -> list[Record]:
    """Return the records of all tasks, in their order; those that are not there yet are made.

    Args:
        tasks: what to measure.
        work: the folder of the records.
        jobs: processes at once.
        announce: called with a line for every case that was measured.
    """
    made = {t.name: record for t in tasks if (record := _kept(t, work)) is not None}
    left = [t for t in tasks if t.name not in made]
    if made:
        announce(f"{len(made)} of {len(tasks)} cases were measured before")
    for number, (task, record) in enumerate(_made(left, work, jobs), start=1):
        made[task.name] = record
        announce(f"{task.table} {number}/{len(left)}: {task.name}, {record['seconds']:.0f} s")
    return [made[t.name] for t in tasks]


def _kept(task: Task, work: Path) -> Record | None:
    path = task.file(work)
    if not path.exists():
        return None
    record: Record = read_json(path)
    asked = parse_json(json_bytes(task.asked), "asked")
    return record if record["asked"] == asked else None


def _made(tasks: list[Task], work: Path, jobs: int) -> Iterator[tuple[Task, Record]]:
    if jobs < 2:
        for task in tasks:
            yield task, _run(task, work)
        return
    # Threads of the network's engine do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        running = {pool.submit(_run, task, work): task for task in tasks}
        for done in as_completed(running):
            yield running[done], done.result()


def _run(task: Task, work: Path) -> Record:
    began = time.perf_counter()
    record = {"name": task.name, "asked": task.asked, **task.measure(**task.given)}
    record["seconds"] = round(time.perf_counter() - began, 1)
    replace_file(task.file(work), json_bytes(record))
    return record
