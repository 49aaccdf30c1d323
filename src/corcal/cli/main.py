"""The `corcal` command: the list of commands, and one place for every way to end.

Exit codes: 0 done; 2 the input or the command line was refused, the message says why; 3 a defect
of corcal; 130 stopped with Ctrl-C; 141 the reader of our output went away.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import shutil
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from corcal import DISCLAIMER, __version__
from corcal.core.errors import InputRefused

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
        "sample-size",
    ),
    "training": ("annotate", "train"),
}
_MODULES = {
    name: f"corcal.cli.{room}.{name.replace('-', '_')}"
    for room, names in ROOMS.items()
    for name in names
}
COMMANDS = tuple(_MODULES)

_PACKAGE = Path(__file__).parents[1]

DONE, REFUSED, DEFECT, INTERRUPTED, READER_GONE = 0, 2, 3, 130, 141


class _Commands(click.Group):
    """Imports a command when it is called for; commands import what is costly when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(_MODULES[cmd_name]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"corcal {__version__}\n{DISCLAIMER}")
        ctx.exit()


@click.command(
    cls=_Commands,
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
@click.option("--traceback", is_flag=True, help="On an error, show where in the code it arose.")
def corcal(traceback: bool) -> None:
    """Find and measure coronary artery calcium on chest CT, per artery."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    if arguments is None:
        # This process ends with the command. Python would first look through every object for
        # cycles to take apart, which takes as long as reading a hundred slices.
        atexit.register(gc.freeze)
    given = list(sys.argv[1:] if arguments is None else arguments)
    traced = "--traceback" in given[: _first_command(given)]
    try:
        with warnings.catch_warnings():
            if not traced:
                # Libraries warn programmers, and may quote values from a patient's file.
                warnings.simplefilter("ignore")
            return _run(given)
    except Exception as error:
        if traced:
            traceback.print_exc()
        return _end(error)
    except KeyboardInterrupt:
        _say("stopped")
        return INTERRUPTED


def _first_command(given: list[str]) -> int:
    """Return where the options of `corcal` itself end and a command begins."""
    return next((i for i, word in enumerate(given) if not word.startswith("-")), len(given))


def _run(given: list[str]) -> int:
    # Not click's own `main`: it ends the process itself, with codes of its own.
    try:
        with corcal.make_context("corcal", given) as context:
            corcal.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    return DONE


def _end(error: Exception) -> int:
    """Say on stderr what ended the run, and return the exit code for it."""
    match error:
        case click.ClickException():
            error.show()
            code, text = REFUSED, ""
        case InputRefused():
            code, text = REFUSED, str(error)
        case OSError(errno=errno.ENOSPC):
            code, text = REFUSED, "the disk is full; free some space or choose another disk"
        case click.Abort():
            code, text = INTERRUPTED, "stopped"
        case BrokenPipeError():
            _discard_stdout()
            code, text = READER_GONE, ""
        case MemoryError():
            code, text = DEFECT, "not enough memory; a chest CT of 300 slices needs about 2.5 GB"
        case _:
            code, text = DEFECT, _defect(error)
    if text:
        _say(text)
    return code


def _say(text: str) -> None:
    """Write one paragraph to stderr, wrapped where a person reads it, whole in a log."""
    paragraph = " ".join(f"corcal: {text}".split())
    if sys.stderr.isatty():
        paragraph = click.wrap_text(paragraph, width=min(shutil.get_terminal_size().columns, 100))
    click.echo(paragraph, err=True)


def _defect(error: Exception) -> str:
    """Return what is said of a defect: the kind and the place, never the error's own text.

    A library's message may quote what it choked on, and that may be a patient's name.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if _PACKAGE in Path(f.filename).parents] or frames
    place = ""
    if ours:
        place = f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})"
    return (
        f"unexpected {type(error).__name__}{place}. This is a defect of corcal {__version__}"
        ", not of your input. To see where it arose, run `corcal --traceback ...`; look through"
        " what it prints for patient data before you pass it on."
    )


def _discard_stdout() -> None:
    """Point stdout nowhere, or Python fails once more when it flushes on the way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
