from __future__ import annotations

import io
import sys

import pytest

from corcal.cli.progress import TITLES, steps


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_nothing_when_quiet_or_not_a_terminal(
    stream: io.StringIO, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with steps(quiet) as begin:
        begin("reading the scan")
        begin.part(1, 2)
    assert stream.getvalue() == ""


def test_a_bar_per_step_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with steps(False) as begin:
        begin("reading the scan")
        begin("heart")
        begin.part(3, 7)
    assert "reading the scan" in terminal.getvalue()
    assert "finding the heart" in terminal.getvalue()


def test_every_step_of_the_method_has_a_title() -> None:
    from corcal.pipeline import STEPS

    assert tuple(TITLES) == STEPS
