"""Every way a run can end, in real processes: exit code, stdout and stderr."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.as_process import REFUSAL, SECRET
from tests.cli.stand_ins import REPORT

ROOT = Path(__file__).parents[2]


def command(how: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.cli.as_process", how, *arguments]


def run(how: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(how, *arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(tmp_path / "out")


def test_success_is_0_and_says_where_the_report_is(out: str) -> None:
    done = run("works", "score", "scan.zip", "-o", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Report: {Path(out) / 'report.html'}\n" in done.stdout


def test_json_alone_is_on_stdout(out: str) -> None:
    done = run("works", "score", "scan.zip", "-o", out, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == REPORT


def test_quiet_says_nothing(out: str) -> None:
    done = run("works", "score", "scan.zip", "-o", out, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_refused_input_is_2_with_one_paragraph(out: str) -> None:
    done = run("refuses", "score", "scan.zip", "-o", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"corcal: {REFUSAL}\n".replace(";\n", "; ")


def test_a_defect_is_3_without_the_text_of_the_library(out: str) -> None:
    done = run("fails", "score", "scan.zip", "-o", out)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("corcal: unexpected ValueError (score.py, line ")
    assert "corcal --traceback" in done.stderr
    assert "Traceback (most recent call last)" not in done.stderr
    assert SECRET not in done.stderr


def test_traceback_shows_where(out: str) -> None:
    done = run("fails", "--traceback", "score", "scan.zip", "-o", out)
    assert done.returncode == 3
    assert done.stderr.startswith("Traceback (most recent call last)")
    assert "in score_scan" in done.stderr


def test_a_library_warning_does_not_reach_the_screen(out: str) -> None:
    done = run("warns", "score", "scan.zip", "-o", out)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_is_130(out: str) -> None:
    process = subprocess.Popen(
        command("waits", "score", "scan.zip", "-o", out),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout, stderr) == (130, "", "corcal: stopped\n")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error_message(out: str) -> None:
    process = subprocess.Popen(
        command("talks", "score", "scan.zip", "-o", out, "--json"),
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
    assert process.wait(timeout=20) == 141
