"""Progress of a run on stderr: one line on a terminal, nothing elsewhere unless -v is given."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Announce = Callable[[str], None]
_Decorator = Callable[[Callable[..., None]], Callable[..., None]]

#: What a person reads for the steps of `corcal.pipeline`.
TITLES = {
    "admit": "checking the scan",
    "heart": "finding the heart",
    "prepare": "cutting out the heart",
    "arteries": "finding arteries and calcium",
    "labels": "labelling the scan",
    "quantify": "measuring the calcium",
}
#: The line is written again so often, so that its seconds run.
_TICK_SECONDS = 0.5
_VERBOSE = "corcal.verbose"


def verbose_option() -> _Decorator:
    """Return -v, of `corcal` itself and of the commands that show progress."""
    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_note_verbose,
        help="A line for each step, with its seconds.",
    )


def _note_verbose(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        context.meta[_VERBOSE] = True


class Steps:
    """One line that says which step is under way, how many are done, and the seconds.

    Called with the name of each step as it begins.

    Args:
        total: number of steps; 0 where it is not known.
        live: keep the line up to date on stderr.
        verbose: leave a line of its own for each step that is done.
    """

    def __init__(self, total: int = 0, *, live: bool = False, verbose: bool = False) -> None:
        self._total = total
        self._live = live
        self._verbose = verbose
        self._lock = threading.Lock()
        self._number = 0
        self._title = ""
        self._part = ""
        self._began = 0.0
        self._shown = 0

    def __call__(self, step: str) -> None:
        """Begin a step; the one before is done."""
        with self._lock:
            self._leave_line()
            self._number += 1
            self._title, self._part = TITLES.get(step, step), ""
            self._began = time.monotonic()
            self._show()

    def part(self, done: int, of: int) -> None:
        """Show how much of the step is done, where the step can tell."""
        with self._lock:
            self._part = f"{done} of {of}, "
            self._show()

    def tick(self) -> None:
        """Show the line with the seconds of now."""
        with self._lock:
            self._show()

    def finish_last(self, *, done: bool) -> None:
        """Take the line away; with `done` its step came to its end."""
        with self._lock:
            if done:
                self._leave_line()
            self._clear()
            self._live = False

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds of the step."""
        of = f" of {self._total}" if self._total else ""
        return f"step {self._number}{of}: {self._title}, {self._part}{seconds:.0f} s"

    def _show(self) -> None:
        if not self._live or not self._number:
            return
        width = shutil.get_terminal_size().columns - 1
        text = self.line(time.monotonic() - self._began)[:width]
        # Blanks over the rest of the last line: every console can do that, colours and codes not.
        sys.stderr.write(f"\r{text.ljust(self._shown)}")
        sys.stderr.flush()
        self._shown = len(text)

    def _clear(self) -> None:
        if self._shown:
            sys.stderr.write(f"\r{'':{self._shown}}\r")
            sys.stderr.flush()
            self._shown = 0

    def _leave_line(self) -> None:
        if self._verbose and self._number:
            self._clear()
            seconds = time.monotonic() - self._began
            click.echo(f"corcal: {self._title}: {seconds:.1f} s", err=True)


@contextmanager
def steps(quiet: bool, total: int = 0) -> Iterator[Steps]:
    """Yield a function to be called with the name of each step as it begins.

    On a terminal one line says which step is under way; it vanishes at the end, so that the
    result, or the error, stands alone. Elsewhere, or when quiet, nothing. With -v each step
    leaves a line of its own, on a terminal or not.

    Args:
        quiet: show nothing.
        total: number of steps, 0 where it is not known.
    """
    context = click.get_current_context(silent=True)
    verbose = context is not None and bool(context.meta.get(_VERBOSE)) and not quiet
    live = not quiet and sys.stderr.isatty()
    begin, ended = Steps(total, live=live, verbose=verbose), threading.Event()

    def keep_ticking() -> None:
        while not ended.wait(_TICK_SECONDS):
            begin.tick()

    clock = threading.Thread(target=keep_ticking, daemon=True)
    if live:
        clock.start()
    done = False
    try:
        yield begin
        done = True
    finally:
        ended.set()
        if live:
            clock.join()
        begin.finish_last(done=done)
