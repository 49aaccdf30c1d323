"""The jobs of workers: of every kind some early, each once, whoever makes it."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.errors import CorcalError, SettingsRefused
from corcal.core.grid import Grid
from corcal.recipes.embedded.cases.bank import Case, load_case, save_case
from corcal.recipes.embedded.cases.chest import load_chest
from corcal.recipes.embedded.cases.scans import Trust
from corcal.recipes.embedded.workers.jobs import JobPlan, jobs
from corcal.recipes.embedded.workers.processes import Workers
from corcal.storage import json_bytes, parse_json

TRUST = {"A": Trust(complete=("RCA",), unsettled_mm=((1.0, 2.0, 3.0),)), "B": Trust(("LAD",))}


def plan(folder: Path, **others: object) -> JobPlan:
    values: dict[str, object] = {
        "bank": folder / "bank",
        "chests": folder / "chests",
        "phantoms": 6,
        "acquired": 2,
        "made_chests": 5,
        "seed": 0,
        "data": folder,
        "trust": TRUST,
        "real": ("A", "B"),
    }
    return JobPlan(**{**values, **others})  # type: ignore[arg-type]


def test_of_every_kind_some_come_early_and_each_once(tmp_path: Path) -> None:
    names = [job.path.relative_to(tmp_path).as_posix() for job in jobs(plan(tmp_path))]
    chests = [f"chests/phantom-{50000 + i}.npz" for i in range(5)]
    assert names == [
        *chests[:4], "bank/phantom-00000", "bank/acquired-00000", "chests/A.npz",
        chests[4], "bank/phantom-00001", "bank/acquired-00001", "bank/A",
        "bank/phantom-00002", "chests/B.npz",
        "bank/phantom-00003", "bank/B",
        "bank/phantom-00004",
        "bank/phantom-00005", "bank/A+0000",
    ]  # fmt: skip


def test_workers_share_the_jobs_without_asking_each_other(tmp_path: Path) -> None:
    whole = [job.path for job in jobs(plan(tmp_path))]
    parts = [{job.path for job in islice(jobs(plan(tmp_path)), i, None, 3)} for i in range(3)]
    assert sorted(whole) == sorted(path for part in parts for path in part)


def test_without_data_and_scans_there_are_phantoms_and_chests(tmp_path: Path) -> None:
    alone = plan(tmp_path, data=None, trust={}, real=(), acquired=0, made_chests=0)
    assert [job.path.name for job in jobs(alone)] == [f"phantom-{i:05d}" for i in range(6)]


def test_a_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    for made in (plan(tmp_path), plan(tmp_path, data=None)):
        document = parse_json(json_bytes(made.as_json()), "plan", refusal=SettingsRefused)
        assert JobPlan.from_json(document) == made


def test_real_scans_with_deposits_have_names_of_their_own(tmp_path: Path) -> None:
    shape = (70, 80, 100)
    grid = Grid.axial(shape, (0.8, 0.73, 0.73))
    line = grid.to_lps(np.stack([np.full(60, 30.0), np.full(60, 40.0), np.arange(20.0, 80)], 1))
    hu, packed = np.full(shape, 40, np.int16), np.zeros(shape, np.uint16)
    case = Case("A", "real", hu, packed, grid, (0, 0, 0), 600.0, (1.0, 0.5, 0.5), {1: [line]}, ())
    save_case(case, tmp_path / "bank")
    made = plan(tmp_path, trust={}, real=("A",), made_chests=0, data=None)
    job = next(job for job in jobs(made) if job.path.name == "A+0000")
    job.make()
    changed = load_case(job.path)
    assert (changed.kind, changed.name) == ("real", "A+0000")
    bright = np.asarray(changed.packed) & 0b111 == 4
    assert bright.any()
    assert np.asarray(changed.hu)[bright].mean() > 150
    assert (np.asarray(changed.hu)[~bright] == 40).mean() > 0.9


@pytest.mark.slow
def test_workers_fill_the_folders_and_end_when_all_is_made(tmp_path: Path) -> None:
    few = plan(tmp_path, data=None, trust={}, real=(), phantoms=0, acquired=0, made_chests=3)
    with Workers(few, 2, tmp_path) as workers:
        workers.wait(120.0)
        workers.check()
    chests = [load_chest(path) for path in sorted((tmp_path / "chests").iterdir())]
    assert [c.name for c in chests] == ["phantom-50000", "phantom-50001", "phantom-50002"]
    assert all(c.hu.shape == c.heart.shape and c.heart.any() for c in chests)


@pytest.mark.slow
def test_workers_that_break_down_are_noticed(tmp_path: Path) -> None:
    few = plan(tmp_path, phantoms=0, acquired=0, made_chests=0)  # annotations of A are not there
    with Workers(few, 1, tmp_path) as workers:
        workers.wait(120.0)
        with pytest.raises(CorcalError, match="exit code 1"):
            workers.check()
