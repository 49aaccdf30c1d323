"""The `corcal` command: the list of commands, and one place for every way to end.

Exit codes: 0 done; 2 the input or the command line was refused, the message says why; 3 a defect
of corcal; 130 stopped with Ctrl-C; 141 the reader of our output went away.
"""

from __future__ import annotations

import atexit
import gc
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click

from corcal import DISCLAIMER, __version__
from corcal.cli.completion import complete
from corcal.cli.errors import DONE, end
from corcal.cli.groups import Commands
from corcal.cli.progress import verbose_option

#: Where each command lives: in the module of its name, as the object of its name, with _ for -.
ROOMS = {
    "scoring": ("score", "cohort", "quantify", "inspect", "settings", "models"),
    "study": (
        "phantom",
        "evaluate",
        "ablation",
        "checklist",
        "describe",
        "overlap",
        "panels",
        "readers",
        "reference",
        "sample-size",
    ),
    "training": ("annotate", "train"),
}
#: The commands as the help lists them: what most people come for first.
SECTIONS = {
    "Score": ("score", "cohort", "quantify", "inspect"),
    "Study": (
        "sample-size", "reference", "evaluate", "overlap", "readers", "describe", "panels",
        "ablation", "checklist", "phantom",
    ),
    "Train": ("annotate", "train"),
    "Set up": ("settings", "models", "completion"),
}  # fmt: skip
_MODULES = {
    name: f"corcal.cli.{room}.{name.replace('-', '_')}"
    for room, names in ROOMS.items()
    for name in names
} | {"completion": "corcal.cli.completion"}
COMMANDS = tuple(name for names in SECTIONS.values() for name in names)


class _Corcal(Commands):
    """Imports a command when it is called for; commands import what is costly when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(_MODULES[cmd_name]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


def _version(ctx: click.Context, _: click.Parameter, given: bool) -> None:
    if given and not ctx.resilient_parsing:
        click.echo(f"corcal {__version__}\n{DISCLAIMER}")
        ctx.exit()


@click.command(
    cls=_Corcal,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 90},
    epilog="Research use only. Not a medical device.",
    no_args_is_help=True,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and the disclaimer.",
)
@verbose_option()
@click.option("--traceback", is_flag=True, help="On an error, show where in the code it arose.")
def corcal(traceback: bool) -> None:
    """Find and measure coronary artery calcium on chest CT, per artery."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    if arguments is None:
        # This process ends with the command. Python would first look through every object for
        # cycles to take apart, which takes as long as reading a hundred slices.
        atexit.register(gc.freeze)
        _set_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    traced = "--traceback" in given[: _first_command(given)]
    try:
        with warnings.catch_warnings():
            if not traced:
                # Libraries warn programmers, and may quote values from a patient's file.
                warnings.simplefilter("ignore")
            if arguments is None and complete(corcal):
                return DONE
            _require_names(given)
            return _run(given)
    except (Exception, KeyboardInterrupt) as error:
        if traced and not isinstance(error, KeyboardInterrupt):
            traceback.print_exc()
        return end(error, as_json="--json" in given)


def _set_streams() -> None:
    """Write UTF-8 into files and pipes, and never stop at a letter that a console lacks.

    On Windows both would else be written in the console's own code page.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _first_command(given: list[str]) -> int:
    """Return where the options of `corcal` itself end and a command begins."""
    return next((i for i, word in enumerate(given) if not word.startswith("-")), len(given))


def _require_names(given: list[str]) -> None:
    """Refuse an empty argument: as a path it would be the current folder."""
    if any(not word or (word.startswith("--") and word.endswith("=")) for word in given):
        raise click.UsageError("An argument is empty: is a variable of the shell not set?")


def _run(given: list[str]) -> int:
    # Not click's own `main`: it ends the process itself, with codes of its own.
    try:
        with corcal.make_context("corcal", given) as context:
            corcal.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    return DONE
