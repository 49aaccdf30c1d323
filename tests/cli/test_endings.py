"""Every way a run can end, in real processes: exit code, stdout and stderr."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.as_process import SECRET

ROOT = Path(__file__).parents[2]


def command(how: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.cli.as_process", how, *arguments]


def run(how: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(how, *arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def quantify(tiny: Path, out: Path) -> tuple[str, ...]:
    """Return the command line that measures the calcium of a tiny phantom."""
    return ("quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "-o", str(out))


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
