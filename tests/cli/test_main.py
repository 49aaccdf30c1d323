from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from corcal import DISCLAIMER, __version__
from corcal.cli import main as cli
from corcal.read import read_scan

#: Modules of the command line that are not commands.
SHARED = {"__init__", "main", "options", "progress", "result"}


def test_version_carries_the_disclaimer(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"corcal {__version__}\n{DISCLAIMER}\n"


def test_every_command_file_is_a_command() -> None:
    home = Path(cli.__file__).parent
    files = {p.stem for room in ("scoring", "study") for p in (home / room).glob("*.py")}
    # A command of several commands has a file for each of them: phantom_insert.
    whole = {f for f in files if f.replace("_", "-") in cli.COMMANDS}
    commands = {f.partition("_")[0] for f in files - SHARED - whole} - {""}
    commands |= {f.replace("_", "-") for f in whole}
    assert commands | set(cli.ROOMS["training"]) | {"completion"} == set(cli.COMMANDS)


def test_the_help_lists_every_command_once_under_its_heading(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert len(set(cli.COMMANDS)) == len(cli.COMMANDS)
    for heading, names in cli.SECTIONS.items():
        section = text.split(f"\n{heading}:\n")[1].split("\n\n")[0]
        assert [line.split()[0] for line in section.splitlines()] == list(names)
    # No sentence of the list is cut off at 80 columns.
    assert "..." not in text.split("Score:")[1]


@pytest.mark.parametrize(
    "given", [["inspect", ""], ["cohort", "", "-o", "out"], ["score", "ct", "--output="]]
)
def test_an_empty_argument_is_not_the_current_folder(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(given) == 2
    assert "An argument is empty" in capsys.readouterr().err


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: corcal {command} ")


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, json; from corcal.cli.main import main; main(['--help']);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"numpy", "scipy", "SimpleITK", "openvino", "pydicom", "PIL", "jinja2", "rich", "torch"}
    assert heavy & loaded == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage: corcal [OPTIONS] COMMAND"),
        (["scroe"], "No such command 'scroe'. Did you mean 'score'?"),
        (["SCORE"], "No such command 'SCORE'. Did you mean 'score'?"),
        (["zzz"], "No such command 'zzz'. There are: score, cohort, "),
        (["train", "datset"], "No such command 'datset'. Did you mean 'dataset'?"),
        (["readers", "fomrs"], "No such command 'fomrs'. Did you mean 'forms'?"),
        (["phantom", "inser"], "No such command 'inser'. Did you mean 'insert'?"),
        (["models", "verfy", "x"], "No such command 'verfy'. Did you mean 'verify'?"),
        (["score", "scan.zip", "-o", "out", "--forec"], "--force"),
        (["phantom", "-o", "out", "--count", "0"], "0 must be 1 or more."),
        (["cohort", "x", "-o", "out", "--minutes", "0"], "0.0 must be more than 0."),
        (["score", "scan.zip"], "Missing option '-o'"),
        (["score", "-o", "out"], "Missing argument 'SCAN'."),
        (
            ["score", "scan.zip", "-o", "out", "--age", "30"],
            "Invalid value for '--age': 30 must be 45 to 84.",
        ),
    ],
)
def test_a_wrong_command_line_is_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


def quantify_that_raises(
    error: Exception, tiny: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Return a command line whose work ends with an error of the machine."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("corcal.pipeline.quantify_labels", fail)
    return ["quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "-o", str(out)]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 2, "corcal: the disk is full; "),
        (MemoryError(), 3, "corcal: not enough memory; "),
        (OSError(errno.EIO, "Input/output error"), 3, "corcal: unexpected OSError (quantify.py"),
    ],
)
def test_errors_of_the_machine(
    error: Exception,
    code: int,
    said: str,
    tiny: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(quantify_that_raises(error, tiny, out, monkeypatch)) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == 1


def test_on_a_terminal_a_long_message_is_wrapped_at_words(
    tiny: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = quantify_that_raises(MemoryError(), tiny, out, monkeypatch)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert cli.main([*arguments, "--quiet"]) == 3
    assert capsys.readouterr().err == (
        "corcal: not enough memory; close other\nprograms, or use a machine with more\n"
    )


def test_memory_that_ran_out_names_what_this_scan_needs(
    tiny: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("corcal.pipeline.score_scan", fail)
    assert cli.main(["score", str(tiny / "ct.nii.gz"), "-o", str(out), "--quiet"]) == 3
    shape = " x ".join(str(n) for n in read_scan(tiny / "ct.nii.gz").grid.shape)
    assert capsys.readouterr().err == (
        f"corcal: not enough memory: this scan of {shape} voxels needs about 1.2 GB; close other "
        "programs, or use a machine with more\n"
    )
