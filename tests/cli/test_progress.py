"""Progress: one line on a terminal, nothing elsewhere, a line for each step with -v."""

from __future__ import annotations

import io
import re
import sys

import pytest

from corcal.cli import progress
from corcal.cli.progress import TITLES, Steps, steps
from tests.cli.as_process import run
from tests.cli.terminal import run_in_terminal, screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


@pytest.mark.parametrize(("stream", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_nothing_when_quiet_or_not_a_terminal(
    stream: io.StringIO, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with steps(quiet) as begin:
        begin("reading the scan")
        begin.part(1, 2)
    assert stream.getvalue() == ""


def test_one_line_says_step_part_and_seconds(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    begin = Steps(8, live=True)
    begin("reading the scan")
    clock.now += 3.2
    begin.tick()
    begin("arteries")
    begin.part(3, 7)
    begin.finish_last(done=True)
    shown = terminal.getvalue().split("\r")[1:]
    assert [line.rstrip() for line in shown] == [
        "step 1 of 8: reading the scan, 0 s",
        "step 1 of 8: reading the scan, 3 s",
        "step 2 of 8: finding arteries and calcium, 0 s",
        "step 2 of 8: finding arteries and calcium, 3 of 7, 0 s",
        "",
        "",
    ]
    # Each covers the one before, and the last one is blank: nothing is left on the screen.
    lengths = [len(line) for line in shown[:-1]]
    assert lengths == sorted(lengths)
    assert "\n" not in terminal.getvalue()


def test_a_line_is_never_wider_than_the_terminal(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "20")
    begin = Steps(live=True)
    begin("a step with a long name that would be wrapped")
    assert terminal.getvalue() == "\rstep 1: a step with"


def test_verbose_leaves_a_line_for_each_step(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = Steps(verbose=True)
    for step, seconds in (("reading the scan", 1.25), ("heart", 3.0)):
        begin(step)
        clock.now += seconds
    begin.finish_last(done=True)
    assert capsys.readouterr().err == (
        "corcal: reading the scan: 1.2 s\ncorcal: finding the heart: 3.0 s\n"
    )


def test_a_step_that_failed_is_not_said_to_be_done(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = Steps(verbose=True)
    begin("reading the scan")
    begin.finish_last(done=False)
    assert capsys.readouterr().err == ""


def test_every_step_of_the_method_has_a_title() -> None:
    from corcal.pipeline import STEPS

    assert tuple(TITLES) == STEPS


def test_on_a_real_terminal_the_line_vanishes_before_the_result(quantify: tuple[str, ...]) -> None:
    code, text = run_in_terminal("works", *quantify)
    assert code == 0
    assert "\rstep 1 of 4: reading the scan, 0 s" in text
    assert "\rstep 4 of 4: writing the report, 0 s" in text
    assert not any(line.startswith("step ") for line in screen(text))
    assert any(line.startswith("Report: ") for line in screen(text))
    assert "\x1b[?" not in text  # no cursor is hidden, so none has to be brought back


def test_on_a_real_terminal_an_error_stands_alone() -> None:
    code, text = run_in_terminal("works", "score", "no_such_scan.nii", "-o", "no_such_folder")
    assert code == 2
    assert screen(text) == ["corcal: no_such_scan.nii: there is no such file or folder"]


@pytest.mark.parametrize("before", [True, False])
def test_verbose_may_stand_on_either_side_of_the_command(
    before: bool, quantify: tuple[str, ...]
) -> None:
    given = ("-v", *quantify) if before else (*quantify, "-v")
    done = run("works", *given)
    lines = done.stderr.splitlines()
    assert [re.sub(r"[\d.]+ s$", "T s", line) for line in lines] == [
        "corcal: reading the scan: T s",
        "corcal: reading the labels: T s",
        "corcal: measuring the calcium: T s",
        "corcal: writing the report: T s",
    ]
