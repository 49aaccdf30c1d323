from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corcal.cli import main as cli
from corcal.phantom import Patient, PhantomCase, PhantomOptions, make_case
from corcal.phantom.cohort import cohort_folder

_MADE: list[PhantomCase] = []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Patient, PhantomOptions]]:
    """Give every patient the same tiny phantom, and remember what was asked for."""
    remembered: list[tuple[Patient, PhantomOptions]] = []

    def stand_in(
        patient: Patient, options: PhantomOptions, progress: Callable[[str], None] | None = None
    ) -> PhantomCase:
        remembered.append((patient, options))
        if not _MADE:
            _MADE.append(make_case(4, options=replace(PhantomOptions.tiny(), burden="some")))
        return _MADE[0]

    monkeypatch.setattr(cohort_folder, "phantom_of", stand_in)
    return remembered


def test_a_cohort_is_made_and_counted(
    asked: list[tuple[Patient, PhantomOptions]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["phantom", "cohort", "-o", str(out), "--patients", "3"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"{out}: 3 patients (3 made now, 0 there already); calcium visible")
    assert [p.name for p, _ in asked] == ["patient-0001", "patient-0002", "patient-0003"]
    assert (asked[0][1].field, asked[0][1].spacing_mm) == ("chest", (1.0, 0.75, 0.75))
    assert {p.name for p in (out / "cases/patient-0001").iterdir()} == {
        "ct.nii.gz", "labels.nii.gz", "contours.con", "truth.json",
    }  # fmt: skip


def test_options_and_the_population_reach_the_cohort(
    asked: list[tuple[Patient, PhantomOptions]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "p.toml", tmp_path / "out"
    file.write_text("[RCA]\npresence = 1.0\n[people]\nmen = 0.0\n")
    arguments = ["--population", str(file), "--heart-only", "--thickness", "3", "--dicom"]
    call = ["phantom", "cohort", "-o", str(out), "--patients", "4", *arguments, "--json"]
    assert cli.main(call) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["made"], summary["kept"], set(summary["calcified"])) == (
        4,
        0,
        {"RCA", "LAD", "LCX"},
    )
    assert all(p.calcium_mm3[0] > 0 and p.sex == "female" for p, _ in asked)
    assert (asked[0][1].field, asked[0][1].thickness_mm) == ("heart", 3.0)
    assert len(list((out / "cases/patient-0004/dicom").iterdir())) == 64
    assert cli.main([*call, "--seed", "9"]) == 2
    assert "holds another cohort" in capsys.readouterr().err
    assert cli.main([c if c != "4" else "5" for c in call]) == 0
    assert json.loads(capsys.readouterr().out)["made"] == 1
    with (out / "patients.csv").open() as table:
        assert len(list(csv.DictReader(table))) == 5


def test_a_population_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text("[RCA]\nprevalence = 0.3\n")
    call = ["phantom", "cohort", "-o", str(tmp_path / "out"), "--population"]
    assert cli.main([*call, str(tmp_path / "p.toml")]) == 2
    assert "p.toml: a population has no 'RCA.prevalence'" in capsys.readouterr().err
    assert cli.main([*call, str(tmp_path / "absent.toml")]) == 2
    assert "cannot be read as a TOML population" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_options_without_a_command_are_those_of_make(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["phantom", "--burden", "much"]) == 2
    assert "'much' is not one of 'mix'" in capsys.readouterr().err
    assert cli.main(["phantom", "isnert"]) == 2
    assert "No such command 'isnert'" in capsys.readouterr().err
    for name in ("make", "insert", "cohort"):
        assert cli.main(["phantom", name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"Usage: corcal phantom {name} ")
