"""Run a module of corcal as a process of its own, with an environment of its own.

For code that is steered by environment variables, writes to the terminal, keeps what it once
loaded, or may be killed for want of memory: none of it reaches the process that asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from corcal.core.errors import CorcalError, InputRefused, ModelRefused

#: A child that refuses its input says why in this file of its folder.
REFUSAL = "refused.txt"
REFUSED = 2

#: Where the package lies, so that the child finds it however the parent did.
_HOME = str(Path(__file__).parents[2])


def run_module(
    module: str, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> None:
    """Run `python -m module arguments` to its end; its output goes to log.txt in the folder.

    Args:
        module: its dotted name; it ends by `end_with`.
        arguments: of its command line.
        folder: for the log and the refusal; the child knows it by its arguments.
        environment: variables that are set in the child, beside those of this process.

    Raises:
        ModelRefused: the child refused its input, with its words; or it was killed.
        CorcalError: the child broke down.
    """
    with (folder / "log.txt").open("wb") as log:
        ended = subprocess.run(
            command_of(module, arguments),
            env=environment_with(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if ended == 0:
        return
    refusal = folder / REFUSAL
    if ended == REFUSED and refusal.is_file():
        raise ModelRefused(refusal.read_text(encoding="utf-8"))
    if ended < 0:
        raise ModelRefused(
            f"the process of {module} was stopped by signal {-ended}; most often there is too "
            "little memory: close other programs, or use a computer with more"
        )
    said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip()
    last = said.splitlines()[-1] if said else "it said nothing"
    raise CorcalError(f"the process of {module} broke down (exit code {ended}): {last}")


def command_of(module: str, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs a module with this Python."""
    # -P: a stray file in the current folder must not take a library's place.
    return [sys.executable, "-P", "-m", module, *arguments]


def environment_with(changes: Mapping[str, str], *, without: str = "") -> dict[str, str]:
    """Return this process's environment variables and some more, for a child.

    Args:
        changes: are set.
        without: this process's own variables that begin so are not handed on, in either case.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not without or not name.lower().startswith(without.lower())
    }
    path = os.pathsep.join(filter(None, [_HOME, kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, **changes}


def end_with(error: InputRefused, folder: Path) -> int:
    """Write down why a child refuses its input, and return the exit code for it."""
    (folder / REFUSAL).write_text(str(error), encoding="utf-8")
    return REFUSED
