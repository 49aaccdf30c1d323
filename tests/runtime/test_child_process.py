"""A module as a process of its own: what reaches it, and what is said when it ends badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import CorcalError, InputRefused, ModelRefused
from corcal.runtime.child_process import end_with, run_module

CHILD = """
import os, signal, sys
from pathlib import Path
folder, how = Path(sys.argv[1]), sys.argv[2]
print("some chatter")
if how == "refuse":
    from corcal.core.errors import ModelRefused
    from corcal.runtime.child_process import end_with
    sys.exit(end_with(ModelRefused("no such thing; do another"), folder))
if how == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if how == "break":
    raise ValueError("nine")
(folder / "seen.txt").write_text(os.environ["GIVEN"] + " " + os.environ["KEPT"])
"""


def run(tmp_path: Path, how: str) -> None:
    (tmp_path / "child_of_a_test.py").write_text(CHILD, encoding="utf-8")
    source = Path(__file__).parents[2] / "src"
    run_module(
        "child_of_a_test",
        [str(tmp_path), how],
        folder=tmp_path,
        environment={"GIVEN": "one", "PYTHONPATH": f"{tmp_path}:{source}"},
    )


def test_the_child_has_its_own_environment_and_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEPT", "two")
    run(tmp_path, "work")
    assert (tmp_path / "seen.txt").read_text(encoding="utf-8") == "one two"
    assert (tmp_path / "log.txt").read_text(encoding="utf-8").strip() == "some chatter"
    assert capfd.readouterr() == ("", "")


def test_a_refusal_is_passed_on_word_for_word(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"^no such thing; do another$"):
        run(tmp_path, "refuse")


def test_a_child_that_was_killed_is_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="stopped by signal 9; most often there is too little"):
        run(tmp_path, "killed")


def test_a_defect_of_the_child_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(CorcalError, match=r"broke down \(exit code 1\): ValueError: nine") as seen:
        run(tmp_path, "break")
    assert not isinstance(seen.value, InputRefused)


def test_the_package_is_found_by_the_child(tmp_path: Path) -> None:
    run_module("corcal", ["--version"], folder=tmp_path, environment={})
    assert "corcal" in (tmp_path / "log.txt").read_text(encoding="utf-8")


def test_a_refusal_is_written_down(tmp_path: Path) -> None:
    assert end_with(ModelRefused("why"), tmp_path) == 2
    assert (tmp_path / "refused.txt").read_text(encoding="utf-8") == "why"
