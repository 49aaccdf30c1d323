"""The progress of a training on stderr: bars on a terminal, a line for each epoch elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from corcal.train import Began, EpochDone, Event, Noted, Prepared, Refused, Stepped

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressDisplay:
    """Says what the folds tell; called with a fold and an event."""

    def __init__(self, quiet: bool, bars: Progress | None) -> None:
        self._quiet = quiet
        self._bars = bars
        self._tasks: dict[int, TaskID] = {}
        self._epochs: dict[int, tuple[int, int]] = {}

    def __call__(self, fold: int, event: Event) -> None:
        """Say what happened."""
        if self._quiet:
            return
        match event:
            case Began(done, epochs):
                self._begin(fold, done, epochs)
            case Stepped(epoch, step, of) if self._bars is not None:
                self._move(fold, epoch - 1 + step / of, "")
            case EpochDone():
                self._say(epoch_line(fold, event))
                self._move(fold, event.epoch, f"{span(event.seconds_left)} left")
            case Noted(text):
                self._say(f"fold {fold}: {text}")
            case Refused(text):
                self._say(f"fold {fold}: ENDED: {text}")
            case _:
                pass

    def show_prepared(self, event: Event) -> None:
        """Say which scan has been preprocessed."""
        if isinstance(event, Prepared) and not self._quiet:
            self._say(f"preprocessed scan {event.number} of {event.of}")

    def line(self, text: str) -> None:
        """Say a line."""
        if not self._quiet:
            self._say(text)

    def _begin(self, fold: int, done: int, epochs: int) -> None:
        if done >= epochs:
            self._say(f"fold {fold}: all {epochs} epochs are done")
        elif done:
            self._say(f"fold {fold}: goes on after epoch {done} of {epochs}")
        else:
            self._say(f"fold {fold}: begins, {epochs} epochs")
        if self._bars is not None:
            self._tasks[fold] = self._bars.add_task(
                f"fold {fold}", total=epochs, completed=done, left=""
            )

    def _move(self, fold: int, epochs: float, left: str) -> None:
        if self._bars is not None and fold in self._tasks:
            self._bars.update(self._tasks[fold], completed=epochs)
            if left:
                self._bars.update(self._tasks[fold], left=left)

    def _say(self, text: str) -> None:
        if self._bars is not None:
            self._bars.console.print(text, highlight=False, markup=False)
        else:
            click.echo(text, err=True)


@contextmanager
def progress_display(quiet: bool) -> Iterator[ProgressDisplay]:
    """Yield what is called with the events of a training."""
    if quiet or not sys.stderr.isatty():
        yield ProgressDisplay(quiet, None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description:<8}"),
        BarColumn(bar_width=32),
        TextColumn("{task.completed:.1f} of {task.total:.0f} epochs {task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield ProgressDisplay(quiet, bars)


def epoch_line(fold: int, event: EpochDone) -> str:
    """Return an epoch in one line: losses, pseudo-Dice by region, time."""
    dice = ", ".join(
        f"{name} {'-' if value is None else f'{value:.2f}'}" for name, value in event.dice.items()
    )
    saved = ", saved" if event.saved else ""
    return (
        f"fold {fold}: epoch {event.epoch} of {event.epochs}, loss {event.train_loss:.3f}, held "
        f"out {event.val_loss:.3f}; Dice on patches: {dice}; {span(event.seconds)}, "
        f"{span(event.seconds_left)} left{saved}"
    )


def span(seconds: float) -> str:
    """Return a time in words a person reads at a glance."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
