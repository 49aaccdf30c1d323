"""Commands on a terminal: a pty, and what a person would see on it."""

from __future__ import annotations

import os

import pytest

from tests.cli.as_process import ROOT, command


def run_in_terminal(how: str, *arguments: str) -> tuple[int, str]:
    """Run `tests.cli.as_process` on a pty of 80 columns; return exit code and all that it wrote."""
    line = command(how, *arguments)
    pty = pytest.importorskip("pty", reason="Windows has none")
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        os.chdir(ROOT)
        os.execv(line[0], line)
    written = read_all(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written


def read_all(terminal: int) -> str:
    """Return what is written to a pty until its other side is closed."""
    parts = []
    try:
        while part := os.read(terminal, 4096):
            parts.append(part)
    except OSError:  # Linux: the other side was closed
        pass
    os.close(terminal)
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def screen(text: str) -> list[str]:
    """Return the lines that stay on the screen, without empty ones at the end."""
    lines: list[str] = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return lines
