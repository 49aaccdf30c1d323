"""Options that several commands share, each bundle handed to the command as one value.

The options of one command alone are a frozen dataclass too, its `...Choice`: as given on the
command line, with a method `options` that returns those of the room the command calls.

What is costly to import is imported inside functions, here and in every command, so that
`corcal --help` stays quick.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli.progress import verbose_option
from corcal.core.errors import SettingsRefused
from corcal.runtime import install_extra

if TYPE_CHECKING:
    from corcal.quantify import Person

Command = Callable[..., None]


@dataclass(frozen=True)
class Output:
    """The folder of the results, and how much is said on the way.

    Attributes:
        folder: the folder for them.
        force: replace what is there already.
        as_json: print the result as JSON to stdout, and nothing else.
        quiet: no progress and no table.
    """

    folder: Path
    force: bool
    as_json: bool
    quiet: bool


@dataclass(frozen=True)
class PublicationOutput(Output):
    """The output of a command that publishes tables.

    Attributes:
        office: add the tables as .docx and .xlsx.
    """

    office: bool


def output_of(what: str, earlier: str, printed: str) -> Callable[[Command], Command]:
    """Return `output` for a command that writes something else than a report.

    Args:
        what: is put into OUT.
        earlier: is replaced with --force.
        printed: is printed with --json.
    """
    return bundle("output", Output, *output_options(what, earlier, printed))


def publication_of(what: str, earlier: str, printed: str) -> Callable[[Command], Command]:
    """Return `output: PublicationOutput` for a command that publishes tables.

    Args:
        what: is put into OUT.
        earlier: is replaced with --force.
        printed: is printed with --json.
    """
    office = click.option(
        "--office", is_flag=True, help="Add all tables as .docx and .xlsx (extra `office`)."
    )
    return bundle("output", _publication, *output_options(what, earlier, printed), office)


def _publication(
    folder: Path, force: bool, as_json: bool, quiet: bool, office: bool
) -> PublicationOutput:
    if office:
        require_office()
    return PublicationOutput(folder, force, as_json, quiet, office)


def output_options(
    what: str, earlier: str, printed: str
) -> tuple[Callable[[Command], Command], ...]:
    """Return -o, --force, --json, --quiet and -v; arguments as of `output_of`."""
    return (
        place_option("folder", f"Folder for {what}; made if absent."),
        force_option(earlier),
        json_option(printed),
        quiet_option(),
        verbose_option(),
    )


def place_option(name: str, says: str, *, metavar: str = "OUT") -> Callable[[Command], Command]:
    """Return -o, the place of what a command writes; its help is `says`."""
    return click.option(
        "-o",
        "--output",
        name,
        required=True,
        type=click.Path(path_type=Path),
        metavar=metavar,
        help=says,
    )


def force_option(earlier: str) -> Callable[[Command], Command]:
    """Return --force, which replaces what is there of an `earlier` call."""
    return click.option("--force", is_flag=True, help=f"Replace {earlier}.")


def json_option(printed: str) -> Callable[[Command], Command]:
    """Return --json, which prints something to stdout, and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {printed} to stdout.")


def quiet_option(*, result: bool = True) -> Callable[[Command], Command]:
    """Return --quiet; `result` where it keeps back a result, too."""
    silent = "No progress, no result" if result else "No progress"
    return click.option("--quiet", is_flag=True, help=f"{silent}; errors still show.")


def seed_option(
    of: str, *, default: int = 0, largest: int | None = None
) -> Callable[[Command], Command]:
    """Return --seed.

    Args:
        of: what it decides, for the help.
        default: where it is not given.
        largest: None without a bound.
    """
    return click.option(
        "--seed",
        type=click.IntRange(0, largest),
        default=default,
        show_default=True,
        help=f"Of {of}.",
    )


def person(command: Command) -> Command:
    """Add --age, --sex and --group; the command receives `person: Person | None`."""
    return bundle(
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


def require_office() -> None:
    """Refuse to go on without the packages of the extra `office`.

    Raises:
        SettingsRefused: one of them is not installed.
    """
    try:
        import docx  # noqa: F401
        import openpyxl  # noqa: F401
    except ModuleNotFoundError as error:
        raise SettingsRefused(
            f"tables for Word and Excel need {error.name}: {install_extra('office')}"
        ) from error


def require_evaluate() -> None:
    """Refuse to go on without the packages of the extra `evaluate`.

    Raises:
        SettingsRefused: one of them is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise SettingsRefused(
            f"evaluating needs {error.name}: {install_extra('evaluate')}"
        ) from error


def bundle(
    name: str, build: Callable[..., object], *options: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """Return a decorator that adds options and passes what `build` makes of them as `name`."""
    # Click passes every option as an argument of its own; commands with a dozen arguments
    # are what this avoids, hence the open keywords here and nowhere else.
    names = signature(build).parameters.keys()

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


def _person(age: int | None, sex: str | None, group: str | None) -> Person | None:
    from corcal.quantify import Person

    if age is not None and sex is not None and group is not None:
        return Person(age_years=age, sex=sex, group=group)
    if age is None and sex is None and group is None:
        return None
    raise click.UsageError("A MESA percentile needs --age, --sex and --group together.")
