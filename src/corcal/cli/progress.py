"""Progress of a run on stderr, for people only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

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


class Steps:
    """Bars on a terminal, one for each step, or nothing.

    Called with the name of each step as it begins.
    """

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars

    def __call__(self, step: str) -> None:
        """Begin a step; the one before is done."""
        if self._bars is not None:
            self.finish_last()
            self._bars.add_task(TITLES.get(step, step), total=None)

    def part(self, done: int, of: int) -> None:
        """Show how much of the step is done, where the step can tell."""
        if self._bars is not None and self._bars.task_ids:
            self._bars.update(self._bars.task_ids[-1], total=of, completed=done)

    def finish_last(self) -> None:
        """Show the step as done."""
        if self._bars is not None and self._bars.task_ids:
            self._bars.update(self._bars.task_ids[-1], total=1, completed=1)


@contextmanager
def steps(quiet: bool) -> Iterator[Steps]:
    """Yield a function to be called with the name of each step as it begins.

    On a terminal every step gets a bar that runs while the step does; all bars vanish at the
    end, so that the result, or the error, stands alone. Elsewhere, or when quiet, nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield Steps(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<34}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        begin = Steps(bars)
        yield begin
        begin.finish_last()
