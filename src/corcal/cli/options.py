"""Options that several commands share, each bundle handed to the command as one value.

What is costly to import is imported inside functions, here and in every command, so that
`corcal --help` stays quick.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from corcal.pipeline import Person
    from corcal.settings import Settings

Command = Callable[..., None]


@dataclass(frozen=True)
class Output:
    """Where results go, and how much is said on the way.

    Attributes:
        folder: the report's folder.
        force: replace a report that is there already.
        as_json: print report.json to stdout, and nothing else.
        quiet: no progress and no table.
    """

    folder: Path
    force: bool
    as_json: bool
    quiet: bool


def output(command: Command) -> Command:
    """Add -o, --force, --json and --quiet; the command receives `output: Output`."""
    return _bundle(
        "output",
        Output,
        click.option(
            "-o",
            "--output",
            "folder",
            required=True,
            type=click.Path(path_type=Path),
            metavar="OUT",
            help="Folder for the report; made if absent.",
        ),
        click.option("--force", is_flag=True, help="Replace a report that OUT holds already."),
        click.option("--json", "as_json", is_flag=True, help="Print report.json to stdout."),
        click.option("--quiet", is_flag=True, help="No progress, no table; errors still show."),
    )(command)


def settings(command: Command) -> Command:
    """Add --settings and --paper; the command receives `settings: Settings`."""
    return _bundle(
        "settings",
        _settings,
        click.option(
            "--settings",
            "file",
            type=click.Path(path_type=Path),
            metavar="TOML",
            help="Settings that differ from the defaults.",
        ),
        click.option("--paper", is_flag=True, help="Use the values of the published method."),
    )(command)


def person(command: Command) -> Command:
    """Add --age, --sex and --group; the command receives `person: Person | None`."""
    return _bundle(
        "person",
        _person,
        click.option(
            "--age", type=click.IntRange(45, 84), metavar="YEARS", help="For the MESA percentile."
        ),
        click.option(
            "--sex",
            type=click.Choice(["female", "male"], case_sensitive=False),
            help="For the MESA percentile.",
        ),
        click.option(
            "--group",
            type=click.Choice(["white", "chinese", "black", "hispanic"], case_sensitive=False),
            help="MESA cohort group for the percentile; never inferred.",
        ),
    )(command)


def _bundle(
    name: str, build: Callable[..., object], *options: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """Return a decorator that adds options and passes what `build` makes of them as `name`."""
    # Click passes every option as an argument of its own; commands with a dozen arguments
    # are what this avoids, hence the open keywords here and nowhere else.
    names = build.__annotations__.keys() - {"return"}

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(**given: object) -> None:
            parts = {key: given.pop(key) for key in names}
            command(**given, **{name: build(**parts)})

        decorated: Command = run
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def _settings(file: Path | None, paper: bool) -> Settings:
    from corcal.settings import Settings

    if file is not None and paper:
        raise click.UsageError("--paper and --settings exclude each other: give one of them.")
    if file is not None:
        return Settings.from_toml(file)
    return Settings.paper() if paper else Settings()


def _person(age: int | None, sex: str | None, group: str | None) -> Person | None:
    from corcal.pipeline import Person

    if age is not None and sex is not None and group is not None:
        return Person(age_years=age, sex=sex, group=group)
    if age is None and sex is None and group is None:
        return None
    raise click.UsageError("A MESA percentile needs --age, --sex and --group together.")
