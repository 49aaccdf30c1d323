"""Completion in real shells; in PowerShell's protocol where there is no PowerShell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.as_process import ROOT
from tests.cli.terminal import read_all

Shell = Callable[[list[str]], subprocess.CompletedProcess[str]]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return a PATH on which `corcal` is that of this checkout."""
    program = tmp_path / "bin" / "corcal"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncd {ROOT}\nexec {sys.executable} -m corcal "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def corcal(*arguments: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "corcal", *arguments],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def require(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"there is no {shell} here")
    return found


BASH = """
source "$1"
COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_corcal_completion corcal
printf '%%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("corcal sco", ["score"]),
        ("corcal train da", ["dataset"]),
        ("corcal score --qu", ["--quiet"]),
        ("corcal quantify scan.nii labels.nii --lang", ["--language"]),
        ("corcal score scan.nii --language ''", ["en", "de", "fr", "es"]),
        ("corcal completion pow", ["powershell"]),
    ],
)
def test_bash(words: str, offered: list[str], tmp_path: Path, path: str) -> None:
    bash = require("bash")
    script = tmp_path / "corcal.bash"
    script.write_text(corcal("completion", "bash"))
    done = subprocess.run(
        [bash, "--norc", "-c", BASH % words, "bash", str(script)],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == offered


def test_bash_at_a_keyboard(tmp_path: Path, path: str) -> None:
    require("bash")
    script = tmp_path / "corcal.bash"
    script.write_text(corcal("completion", "bash"))
    typed = f"source {script}\ncorcal quan\t--versio\t\nexit\n"
    text = type_into(["bash", "--norc", "--noprofile", "-i"], typed, path)
    assert "corcal quantify --versio" in text.replace("\r", "")


def test_fish(tmp_path: Path, path: str) -> None:
    fish = require("fish")
    script = tmp_path / "corcal.fish"
    script.write_text(corcal("completion", "fish"))
    done = subprocess.run(
        [fish, "--no-config", "-c", f"source {script}; complete -C 'corcal train da'"],
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split("\t")[0].strip() == "dataset"


def test_zsh_at_a_keyboard(tmp_path: Path, path: str) -> None:
    require("zsh")
    script = tmp_path / "fpath" / "_corcal"
    script.parent.mkdir()
    script.write_text(corcal("completion", "zsh"))
    typed = (
        f"fpath+={script.parent}\nautoload -U compinit\ncompinit -u -D\n"
        "corcal quan\t--versio\nexit\n"
    )
    text = type_into(["zsh", "-f", "-i"], typed, path)
    assert "corcal quantify" in text


def type_into(command: list[str], typed: str, path: str) -> str:
    """Type into a shell on a pty, waiting for its prompt; return what the screen got."""
    pty = pytest.importorskip("pty", reason="Windows has none")
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        settings = {"PS1": "> ", "TERM": "dumb", "INPUTRC": "/dev/null", "PATH": path}
        os.execvpe(command[0], command, {**os.environ, **settings})
    os.write(terminal, typed.encode())
    written = read_all(terminal)
    os.waitpid(child, 0)
    return written


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [
        (["corcal", "sco"], "sco", "plain\tscore\tFind and measure the coronary calcium of"),
        (["corcal", "train", "da"], "da", "plain\tdataset\t"),
        (["corcal", "score", "scan one.nii", "--qu"], "--qu", "plain\t--quiet\t"),
        (["corcal", "score", "a"], "a", "file\ta\t"),
    ],
)
def test_the_protocol_of_powershell(words: list[str], incomplete: str, offered: str) -> None:
    text = corcal(
        _CORCAL_COMPLETE="powershell_complete",
        COMP_WORDS="\n".join(words),
        COMP_INCOMPLETE=incomplete,
    )
    (line,) = text.splitlines()
    assert line.startswith(offered)


def test_powershell_with_nothing_typed_offers_every_command() -> None:
    text = corcal(_CORCAL_COMPLETE="powershell_complete", COMP_WORDS="corcal", COMP_INCOMPLETE="")
    names = [line.split("\t")[1] for line in text.splitlines()]
    assert {"score", "evaluate", "completion"} <= set(names)


def test_the_script_of_powershell_names_program_and_variable() -> None:
    script = corcal("completion", "powershell")
    assert script.startswith("Register-ArgumentCompleter -Native -CommandName corcal ")
    assert '$env:_CORCAL_COMPLETE = "powershell_complete"' in script
    assert script.count("{") == script.count("}")


def test_a_run_that_no_shell_asked_for_completes_nothing() -> None:
    assert corcal("--version").startswith("corcal ")
