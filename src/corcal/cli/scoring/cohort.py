"""`corcal cohort`: many scans in, one table out."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from corcal.cli import model_options, options, settings_options

if TYPE_CHECKING:
    from corcal.cohort import Options
    from corcal.models import ModelChoice
    from corcal.settings import Settings

_STATES = ("scored", "refused", "failed")
#: Without a terminal a line is written no more often than this.
_PLAIN_SECONDS = 30.0


@dataclass(frozen=True)
class CohortOutput:
    """The folder of the results, and the share of them that is kept and said.

    Attributes:
        folder: the folder of the cohort.
        resume: go on with the cohort in it.
        keep: "report", "numbers" or "all".
        names: "hash" or "path".
        as_json: print cohort.json.
        quiet: no progress, no result.
    """

    folder: Path
    resume: bool
    keep: str
    names: str
    as_json: bool
    quiet: bool


@dataclass(frozen=True)
class CohortChoice:
    """The workers that were asked for, as given on the command line."""

    jobs: int | None
    minutes: float
    memory: int | None
    retry_failed: bool
    ray: str | None

    def options(self) -> Options:
        """Return the options of `run_cohort`."""
        from corcal.cohort import Options

        limit_mb = None if self.memory is None else float(self.memory)
        return Options(self.jobs, 60.0 * self.minutes, limit_mb, self.retry_failed, self.ray or "")


@click.command()
@click.argument("scans", nargs=-1, required=True)
@options.bundle(
    "output",
    CohortOutput,
    options.place_option("folder", "Folder for reports, tables and page; made if absent."),
    click.option("--resume", is_flag=True, help="Go on with the cohort in OUT."),
    click.option(
        "--keep",
        type=click.Choice(["report", "numbers", "all"]),
        default="report",
        show_default=True,
        help="Of each case: its report without the label map, its row in the table alone, or all.",
    ),
    click.option(
        "--names",
        type=click.Choice(["hash", "path"]),
        default="hash",
        show_default=True,
        help="Name cases by a hash of their path, or by the path, which may name patients.",
    ),
    options.json_option("cohort.json"),
    options.quiet_option(),
)
@options.bundle(
    "choice",
    CohortChoice,
    click.option("--jobs", type=click.IntRange(min=1), help="Worker processes; default: by cores."),
    click.option(
        "--minutes",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        show_default=True,
        help="A case that takes longer is stopped.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=1),
        metavar="MB",
        help="A worker that holds more is replaced; default: its share of the machine's.",
    ),
    click.option("--retry-failed", is_flag=True, help="Try cases again that failed twice."),
    click.option(
        "--ray", metavar="ADDRESS", help="Score on this Ray cluster instead of this machine."
    ),
)
@model_options.severity_model
@settings_options.scoring_settings
@model_options.models
def cohort(
    scans: tuple[str, ...],
    output: CohortOutput,
    choice: CohortChoice,
    severity_model: Path | None,
    settings: Settings,
    models: ModelChoice,
) -> None:
    """Score many chest CTs: a report for each, one table of all.

    SCANS are folders, in which every scan is a case, scans, patterns such as "data/*/ct", or CSV
    tables with the column scan and, if wanted, case and series. The cohort can be stopped at any
    time, and goes on with --resume. OUT/cases.csv says which scan a case is; no other file of OUT
    names anybody.
    """
    from corcal.cohort import Plan, check_new, find_cases, run_cohort
    from corcal.quantify import read_severity_model

    check_new(output.folder, resume=output.resume)
    grading = None if severity_model is None else read_severity_model(severity_model)
    plan = Plan(output.folder, settings, models, output.keep, grading)
    cases = find_cases(scans, names=output.names)
    progress = Progress(len(cases), quiet=output.quiet)
    how = choice.options()
    with _stop_on_sigterm(), contextlib.closing(run_cohort(cases, plan, how)) as outcomes:
        try:
            for outcome in outcomes:
                progress.add(outcome.state, earlier=outcome.earlier)
        except KeyboardInterrupt:
            progress.end()
            if not output.quiet:
                click.echo("corcal: the cohort goes on with --resume", err=True)
            raise
    progress.end()
    _present(progress, output)


@dataclass
class Progress:
    """One line on stderr: how far, how fast, how long still; plain lines without a terminal."""

    cases: int
    quiet: bool
    counts: Counter[str] = field(default_factory=Counter)
    _earlier: int = 0
    _began: float = field(default_factory=time.monotonic)
    _said: float = -_PLAIN_SECONDS
    _shown: int = 0

    def add(self, state: str, *, earlier: bool = False) -> None:
        """Count a case, and say so if it is time; an earlier one says nothing of the rate."""
        self.counts[state] += 1
        self._earlier += earlier
        now = time.monotonic()
        if self.quiet or now - self._said < (0.5 if sys.stderr.isatty() else _PLAIN_SECONDS):
            return
        self._said = now
        self._show(self.line(now - self._began))

    def end(self) -> None:
        """Say where it ended."""
        if not self.quiet:
            self._show(self.line(time.monotonic() - self._began))
            if sys.stderr.isatty():
                click.echo(err=True)

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds."""
        done = sum(self.counts.values())
        counts = ", ".join(f"{self.counts[s]} {s}" for s in _STATES)
        rate = (done - self._earlier) / seconds if seconds > 0 else 0.0
        left = f"{_clock((self.cases - done) / rate)} left" if rate > 0 else "time left unknown"
        return f"{done} of {self.cases}: {counts}; {3600 * rate:.0f} an hour, {left}"

    def _show(self, line: str) -> None:
        if sys.stderr.isatty():
            click.echo("\r" + line.ljust(self._shown), nl=False, err=True)
            self._shown = len(line)
        else:
            click.echo(line, err=True)


def _clock(seconds: float) -> str:
    minutes, hours = round(seconds / 60), round(seconds) // 3600
    return f"{hours} h {minutes - 60 * hours:02d} min" if hours else f"{minutes} min"


@contextlib.contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Take SIGTERM, by which clusters end a job, for Ctrl-C."""

    def stop(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _present(progress: Progress, output: CohortOutput) -> None:
    from corcal.cohort import PAGE, SUMMARY

    if output.as_json:
        click.echo((output.folder / SUMMARY).read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        counts = ", ".join(f"{progress.counts[s]} {s}" for s in _STATES)
        cases = "1 case" if progress.cases == 1 else f"{progress.cases} cases"
        click.echo(f"{cases}: {counts}.\nTable:  {output.folder / 'results.csv'}")
        if progress.counts["scored"] < progress.cases:
            click.echo(f"Why:    {output.folder / 'refused.csv'}")
        click.echo(f"Report: {output.folder / PAGE}")
