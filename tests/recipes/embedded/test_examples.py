"""The examples of training the embedded models: the script for a GPU, and the rehearsal."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from corcal.cli.training.default import default

EXAMPLES = Path(__file__).parents[3] / "examples"

#: Stands for python3: it says how it was called, and leaves a file of weights.
STUB = """#!/bin/sh
echo "$PYTHONPATH" > called.txt
for word in "$@"; do echo "$word" >> called.txt; done
touch "$WORK_OF_TEST/weights/base.pt"
"""


def test_the_script_for_a_gpu_calls_a_command_that_exists(tmp_path: Path) -> None:
    script = EXAMPLES / "embedded_on_gpu.sh"
    assert len(script.read_bytes()) < 2000
    stub, work = tmp_path / "bin" / "python3", tmp_path / "work"
    stub.parent.mkdir()
    stub.write_text(STUB)
    stub.chmod(0o755)
    path = f"{stub.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(script), "results", "0.5", str(work)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "WORK_OF_TEST": str(work)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    places, *words = (tmp_path / "called.txt").read_text().splitlines()
    assert places == f"{tmp_path}/src:{work}/site"
    assert words[:6] == ["-m", "corcal", "train", "default", "--minutes", "0.5"]
    known = {name for p in default.get_params(click.Context(default)) for name in p.opts}
    assert {w for w in words[4:] if w.startswith("-")} <= known
    # What is written to WORK/weights lies in RESULTS, beside the output.
    assert sorted(p.name for p in (tmp_path / "results").iterdir()) == ["base.pt", "output.txt"]


@pytest.mark.slow
def test_the_rehearsal_trains_and_scores(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs torch")
    program = [sys.executable, str(EXAMPLES / "embedded_rehearsal.py"), str(tmp_path)]
    done = subprocess.run(
        [*program, "--minutes", "1.5"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "scored: Agatston" in done.stdout
    models = {p.name for p in (tmp_path / "models").iterdir()}
    assert {f"{n}.{e}" for n in ("heart", "arteries") for e in ("xml", "bin", "json")} == models
