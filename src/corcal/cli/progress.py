"""Progress of a run on stderr, for people only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Announce = Callable[[str], None]

#: What a person reads for the steps of `corcal.pipeline`.
TITLES = {
    "admit": "checking the scan",
    "heart": "finding the heart",
    "prepare": "cutting out the heart",
    "arteries": "finding arteries and calcium",
    "labels": "labelling the scan",
    "quantify": "measuring the calcium",
}


@contextmanager
def steps(quiet: bool) -> Iterator[Announce]:
    """Yield a function to be called with the name of each step as it begins.

    On a terminal every step gets a bar that runs while the step does; all bars vanish at the
    end, so that the result, or the error, stands alone. Elsewhere, or when quiet, nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:

        def finish_last() -> None:
            if bars.task_ids:
                bars.update(bars.task_ids[-1], total=1, completed=1)

        def begin(step: str) -> None:
            finish_last()
            bars.add_task(TITLES.get(step, step), total=None)

        yield begin
        finish_last()
