"""Every way in which a run can end, in words or as JSON, and its exit code."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from corcal import __version__
from corcal.core.errors import InputRefused

DONE, REFUSED, DEFECT, INTERRUPTED, READER_GONE = 0, 2, 3, 130, 141

_PACKAGE = Path(__file__).parents[1]
#: What click says of a number outside its range: "30 is not in the range 45<=x<=84."
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(
    rf"is not in the range (?:(?P<low>{_NUMBER})(?P<above><=?))?"
    rf"x(?:(?P<sign><=?|>=?)(?P<high>{_NUMBER}))?"
)
_KINDS = {REFUSED: "refused", DEFECT: "defect", INTERRUPTED: "stopped"}


_ADVICE = "close other programs, or use a machine with more"
#: What a run takes at its peak: the heart's crop, whatever the scan, and for each of its voxels.
_BASE_BYTES, _BYTES_A_VOXEL = 1.2e9, 8.0


class OutOfMemory(MemoryError):
    """Memory ran out while a scan was scored; the message says what this scan needs."""


@contextmanager
def need_of(shape: tuple[int, int, int]) -> Iterator[None]:
    """Say what a scan of this shape needs where memory runs out on it."""
    try:
        yield
    except MemoryError as error:
        voxels = shape[0] * shape[1] * shape[2]
        need_gb = (_BASE_BYTES + _BYTES_A_VOXEL * voxels) / 1e9
        raise OutOfMemory(
            f"not enough memory: this scan of {' x '.join(str(n) for n in shape)} voxels needs "
            f"about {need_gb:.1f} GB; {_ADVICE}"
        ) from error


def end(error: BaseException, *, as_json: bool) -> int:
    """Say on stderr what ended a run, and return the exit code for it.

    Args:
        error: what ended it.
        as_json: write one line of JSON: exit_code, kind ("usage", "refused", "defect" or
            "stopped"), error (the name of its class) and message. Else a paragraph for people.
    """
    if isinstance(error, BrokenPipeError):
        _discard_stdout()
        return READER_GONE
    code, text = _code_and_text(error)
    usage = isinstance(error, click.ClickException)
    if as_json:
        # ASCII, so that no console's encoding is in the way.
        kind = "usage" if usage else _KINDS[code]
        said = {"exit_code": code, "kind": kind, "error": type(error).__name__, "message": text}
        click.echo(json.dumps(said), err=True)
    elif isinstance(error, click.BadParameter):
        click.UsageError(text, error.ctx).show()
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        say(text)
    return code


def say(text: str) -> None:
    """Write one paragraph to stderr, wrapped where a person reads it, whole in a log."""
    paragraph = " ".join(f"corcal: {text}".split())
    if sys.stderr.isatty():
        paragraph = click.wrap_text(paragraph, width=min(shutil.get_terminal_size().columns, 100))
    click.echo(paragraph, err=True)


def _range_in_words(found: re.Match[str]) -> str:
    """Return "must be 45 to 84", "must be 1 or more", "must be more than 0"."""
    low, above, sign, high = found.group("low", "above", "sign", "high")
    ends = []
    if low is not None:
        ends.append((">=" if above == "<=" else ">", low))
    if high is not None:
        ends.append((sign, high))
    if [e for e, _ in ends] == [">=", "<="]:
        return f"must be {low} to {high}"
    words = {">=": "{} or more", ">": "more than {}", "<=": "{} or less", "<": "less than {}"}
    return "must be " + " and ".join(words[e].format(number) for e, number in ends)


def _code_and_text(error: BaseException) -> tuple[int, str]:
    match error:
        case click.ClickException():
            return REFUSED, _RANGE.sub(_range_in_words, error.format_message())
        case InputRefused():
            return REFUSED, str(error)
        case OSError(errno=errno.ENOSPC):
            return REFUSED, "the disk is full; free some space or choose another disk"
        case click.Abort() | KeyboardInterrupt():
            return INTERRUPTED, "stopped"
        case MemoryError():
            said = str(error) if isinstance(error, OutOfMemory) else f"not enough memory; {_ADVICE}"
            return DEFECT, said
        case _:
            return DEFECT, _defect(error)


def _defect(error: BaseException) -> str:
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
