"""A cohort from its first case to its last: journal, workers, tables.

The loop knows nothing of processes or clusters: it hands tasks to an executor and writes down
what comes back.
"""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from corcal.cohort.cases.case import Case
from corcal.cohort.cases.find_cases import find_cases
from corcal.cohort.folder import CohortFolder
from corcal.cohort.journal import JOURNAL, MOST_ATTEMPTS, Attempt, Journal, Method, is_final
from corcal.cohort.plan import Options, Plan
from corcal.cohort.workers.processes import Processes
from corcal.cohort.workers.task import (
    FAILED,
    HALTED,
    SCORED,
    WAITING,
    Executor,
    Outcome,
    Task,
)
from corcal.core.arguments import or_default, require_path
from corcal.core.errors import OutputRefused, SettingsRefused
from corcal.core.steps import ModelSource
from corcal.models import choose_models
from corcal.settings import Settings, settings_or_default

#: An executor is asked at least so often, so that the tables stay fresh.
_WAIT_SECONDS = 5.0


def score_many(
    scans: Iterable[Path | str],
    *,
    out: Path | str | None = None,
    settings: Settings | None = None,
    models: ModelSource | Path | str | None = None,
    keep: str = "report",
    options: Options | None = None,
) -> Generator[Outcome, None, None]:
    """Score many scans in worker processes, and yield what became of each as it ends.

    Args:
        scans: folders, in which every scan is a case; scans; patterns; CSV tables of scans.
        out: a folder for reports, tables and page, in which the cohort goes on where it was
            stopped; None yields the numbers and writes nothing.
        settings: every number of the method; the defaults when None.
        models: name, folder or zip of a trained model; or what `corcal.ModelChoice` says; the
            models that come with corcal when None.
        keep: with a folder, what is kept of each case: "report", "numbers" or "all".
        options: how many workers, and their limits.

    Yields:
        The outcome of each case, once: its name, its state ("scored", "refused" or "failed"),
            its numbers by column or the reason. With a folder, cases that were done before come
            first.

    Raises:
        InputRefused: a source is not there, a model or a setting is refused, or the folder
            cannot be written. A scan that is refused is an outcome, no error.
        TypeError: an argument is of another kind.
    """
    plan = Plan(
        None if out is None else require_path("out", out),
        settings_or_default(settings),
        choose_models(models),
        "numbers" if out is None else keep,
    )
    return run_cohort(find_cases(scans), plan, or_default("options", options, Options))


def run_cohort(
    cases: Sequence[Case], plan: Plan, options: Options
) -> Generator[Outcome, None, None]:
    """Return an iterator over what became of each case; closing it stops the cohort.

    Raises:
        InputRefused: as `score_many`.
    """
    if sys.platform == "win32" and not options.ray:
        raise SettingsRefused(
            "many scans are scored by processes that Windows cannot start; score them one by one, "
            "or use Linux or macOS (on Windows: WSL)"
        )
    method = Method.of(plan)
    if plan.out is None:
        return _without_folder(cases, plan, options)
    _require_folder(plan.out)
    journal = Journal(plan.out / JOURNAL, method)
    try:
        folder = CohortFolder(plan.out, cases, method.models)
    except BaseException:
        journal.close()
        raise
    outcomes = _in_folder(cases, plan, options, (journal, folder))
    # A generator that never began would not give the lock up when it is closed.
    next(outcomes)
    return outcomes


def check_new(out: Path, *, resume: bool) -> None:
    """Refuse a folder that holds something, unless a cohort in it is to go on.

    Raises:
        OutputRefused: says what to do.
    """
    if not out.exists():
        return
    _require_folder(out)
    if (out / JOURNAL).exists():
        if not resume:
            raise OutputRefused(
                f"{out}: holds a cohort; use --resume to go on with it, or name another folder"
            )
    elif any(out.iterdir()):
        raise OutputRefused(f"{out}: exists already and holds no cohort; name another folder")


def _require_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise OutputRefused(f"{out}: is a file; name a folder")


def _without_folder(
    cases: Sequence[Case], plan: Plan, options: Options
) -> Generator[Outcome, None, None]:
    with contextlib.closing(_executor(plan, options)) as executor:
        tasks = deque(Task(case) for case in cases)
        for outcome in _work(tasks, executor, None):
            if outcome is not None:
                yield outcome


def _in_folder(
    cases: Sequence[Case], plan: Plan, options: Options, kept: tuple[Journal, CohortFolder]
) -> Generator[Outcome, None, None]:
    """Yield something at once, which means nothing, and then the outcomes."""
    journal, folder = kept
    outcomes: dict[str, Outcome] = {}
    with contextlib.closing(journal), contextlib.closing(_executor(plan, options)) as executor:
        try:
            yield Outcome("", WAITING, 0.0)
            tasks: deque[Task] = deque()
            for case in cases:
                attempt = journal.last(case)
                task = _next_task(case, attempt, plan, options)
                if task is None and attempt is not None:
                    outcomes[case.name] = attempt.outcome
                elif task is not None:
                    tasks.append(task)
            yield from tuple(outcomes.values())
            for outcome in _work(tasks, executor, journal):
                if outcome is not None:
                    outcomes[outcome.case] = outcome
                    yield outcome
                folder.refresh(outcomes)
        finally:
            executor.close()
            folder.complete(outcomes)


def _next_task(case: Case, last: Attempt | None, plan: Plan, options: Options) -> Task | None:
    """Return what is still to do for a case; None where nothing is."""
    if last is None:
        return Task(case)
    outcome = last.outcome
    if not is_final(last):
        return Task(case, last.number + 1)
    if outcome.state == FAILED and options.retry_failed:
        return Task(case)
    folder = plan.folder_of(case.name)
    if outcome.state == SCORED and folder is not None and not _is_kept(folder, plan.keep):
        return Task(case)
    return None


def _is_kept(folder: Path, keep: str) -> bool:
    return (folder / ("labels.nii.gz" if keep == "all" else "report.json")).is_file()


def _work(
    tasks: deque[Task], executor: Executor, journal: Journal | None
) -> Generator[Outcome | None, None, None]:
    """Run all tasks; yield the outcome of each case at its end, and None at times.

    Raises:
        OutputRefused: nothing more can be written; the cohort can go on later.
    """
    running = 0
    while tasks or running:
        while tasks and executor.free() > 0:
            task = tasks.popleft()
            if journal is not None:
                journal.start(task)
            executor.submit(task)
            running += 1
        for task, outcome in executor.wait(_WAIT_SECONDS):
            running -= 1
            if outcome.state == HALTED:
                raise OutputRefused(
                    f"{outcome.reason}. The cohort is stopped; it can go on: "
                    "--resume, or the same call from Python"
                )
            if journal is not None:
                journal.end(task, outcome)
            if outcome.state == FAILED and task.attempt < MOST_ATTEMPTS:
                tasks.append(Task(task.case, task.attempt + 1))
            else:
                yield outcome
        yield None


def _executor(plan: Plan, options: Options) -> Executor:
    if not options.ray:
        return Processes(plan, options)
    from corcal.cohort.workers.ray_cluster import RayCluster  # noqa: PLC0415

    return RayCluster(plan, options)
