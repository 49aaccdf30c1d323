"""Every way a run can end, in real processes: exit code, stdout and stderr."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.as_process import SECRET, command, run

ROOT = Path(__file__).parents[2]


def test_success_is_0_and_says_where_the_report_is(quantify: tuple[str, ...], out: Path) -> None:
    done = run("works", *quantify)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Report: {out / 'report.html'}\n" in done.stdout


def test_a_refused_input_is_2_with_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no scan" * 100)
    done = run("works", "score", str(tmp_path / "notes.txt"), "-o", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"corcal: {tmp_path.name}/notes.txt: not a DICOM file")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_defect_is_3_without_the_text_of_the_library(quantify: tuple[str, ...]) -> None:
    done = run("fails", *quantify)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("corcal: unexpected ValueError (quantify.py, line ")
    assert "corcal --traceback" in done.stderr
    assert "Traceback (most recent call last)" not in done.stderr
    assert SECRET not in done.stderr


def test_with_json_a_refusal_is_json(tmp_path: Path) -> None:
    done = run("works", "score", str(tmp_path / "none.nii"), "-o", str(tmp_path / "out"), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr) == {
        "exit_code": 2,
        "kind": "refused",
        "error": "UnreadableScan",
        "message": f"{tmp_path / 'none.nii'}: there is no such file or folder",
    }


def test_with_json_a_defect_is_json_without_the_text_of_the_library(
    quantify: tuple[str, ...],
) -> None:
    done = run("fails", *quantify, "--json")
    assert (done.returncode, done.stdout) == (3, "")
    said = json.loads(done.stderr)
    assert (said["exit_code"], said["kind"], said["error"]) == (3, "defect", "ValueError")
    assert SECRET not in done.stderr


def test_with_json_a_wrong_command_line_is_json() -> None:
    done = run("works", "score", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    said = json.loads(done.stderr)
    assert (said["kind"], said["message"]) == ("usage", "Missing argument 'SCAN'.")


def test_into_a_pipe_goes_utf_8_whatever_the_console_has(
    quantify: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = subprocess.run(command("as-main", *quantify), cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0
    assert "mm³" in done.stdout.decode("utf-8")


def test_traceback_shows_where(quantify: tuple[str, ...]) -> None:
    done = run("fails", "--traceback", *quantify)
    assert done.returncode == 3
    assert done.stderr.startswith("Traceback (most recent call last)")
    assert "in _fail" in done.stderr


def test_a_library_warning_does_not_reach_the_screen(quantify: tuple[str, ...]) -> None:
    done = run("warns", *quantify)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_is_130(quantify: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command("waits", *quantify),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=600)
    assert (process.returncode, stdout, stderr) == (130, "", "corcal: stopped\n")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error_message(quantify: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command("talks", *quantify, "--json"),
        cwd=ROOT,
        # Unbuffered, Python drops what a pipe does not take at once and never learns more.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(3) == b'"xx'
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=600) == 141
