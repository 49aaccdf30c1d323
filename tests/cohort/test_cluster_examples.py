"""The examples for clusters and containers: run where they can be, else checked by their words."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from corcal.cli import main as cli
from tests.cohort.tiny import write_scans

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "examples" / "cluster"
CONTAINERS = ROOT / "containers"
RECIPES = [*sorted(CLUSTER.iterdir()), *sorted(CONTAINERS.iterdir())]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_options_that_are_named_exist(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = recipe.read_text(encoding="utf-8").replace("\\\n", " ")
    commands = re.findall(r"(?:corcal|corcal.sif|CORCAL}) (cohort .*)", text)
    assert cli.main(["cohort", "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    named = {option for line in commands for option in re.findall(r"--[a-z-]+", line)}
    assert commands
    assert named - {"--network"} <= known


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_files_that_are_named_exist(recipe: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    named = re.findall(r"(?:containers|examples)/[\w/]+(?:\.\w+)?", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_recipe_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "cohorts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(\.\./((?:examples|containers)/[^)]+)\)", text))
    assert named == {path.relative_to(ROOT).as_posix() for path in RECIPES}


def test_containers_install_without_a_network() -> None:
    for path in CONTAINERS.iterdir():
        installs = [t for t in path.read_text("utf-8").splitlines() if "pip install" in t]
        assert len(installs) == 1
        assert "--no-index --find-links=/wheelhouse corcal" in installs[0]


def test_the_slurm_array_divides_the_list_and_starts_a_part(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "corcal"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (tmp_path / "list.csv").write_text("scan,case\na,A\nb,B\nc,C\nd,D\ne,E\n", encoding="utf-8")
    cases = []
    for part in range(2):
        done = subprocess.run(
            ["sh", str(CLUSTER / "cohort.sbatch"), "list.csv", "out"],
            cwd=tmp_path,
            env={
                "PATH": f"{script.parent}:{os.environ['PATH']}",
                "SLURM_ARRAY_TASK_ID": str(part),
                "SLURM_ARRAY_TASK_COUNT": "2",
                "SLURM_CPUS_PER_TASK": "4",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[:4] == [
            "cohort",
            f"out/lists/{part}.csv",
            "-o",
            f"out/parts/{part}",
        ]
        with (tmp_path / "out" / "lists" / f"{part}.csv").open(encoding="utf-8") as file:
            cases.append([row["case"] for row in csv.DictReader(file)])
    assert cases == [["A", "C", "E"], ["B", "D"]]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("snakemake") is None, reason="snakemake is not installed")
def test_snakemake_scores_the_parts_and_joins_them(tmp_path: Path) -> None:
    paths = write_scans(tmp_path / "scans", 5)
    lines = [f"scans/{path.name},C{i}" for i, path in enumerate(paths)]
    (tmp_path / "list.csv").write_text("\n".join(["scan,case", *lines, ""]), encoding="utf-8")
    paths_of_python = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    program = [sys.executable, "-m", "snakemake", "-s", str(CLUSTER / "Snakefile"), "--cores", "2"]
    # On tiny models: the program in the command's place takes the same words.
    corcal = f"{sys.executable} -m tests.cohort.as_process"
    config = ["scans=list.csv", "out=out", "parts=2", f"corcal={corcal}", "more=--keep numbers"]
    subprocess.run(
        [*program, "--config", *config],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths_of_python)},
        capture_output=True,
        check=True,
        timeout=600,
    )
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["patient"] for row in rows) == [f"C{i}" for i in range(5)]
    assert {row["state"] for row in rows} == {"scored"}
