"""`corcal quantify` on a tiny phantom, whose calcium is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corcal import Settings
from corcal.cli.main import main
from corcal.testing import tiny_phantom


@pytest.fixture
def command(tiny: Path, out: Path) -> list[str]:
    return ["quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "-o", str(out)]


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return found


def test_the_calcium_of_a_label_map_is_measured(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    assert "Left main + LAD   yes" in capsys.readouterr().out
    score, true = report(out), sum(tiny_phantom(4).agatston.values())
    assert score["total"]["agatston"] == pytest.approx(true, abs=1)
    assert [a["present"] for a in score["arteries"].values()] == [False, True, True]
    assert score["models"] == []


def test_json_alone_is_on_stdout(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--json"]) == 0
    assert capsys.readouterr() == ((out / "report.json").read_text(encoding="utf-8"), "")


def test_settings_and_person_reach_the_report(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stated = ["--paper", "--age", "70", "--sex", "male", "--group", "black"]
    assert main([*command, *stated, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    found = report(out)
    assert found["method"]["settings"]["scoring"] == Settings.paper().as_dict()["scoring"]
    assert found["percentile"] is not None


def test_the_map_says_what_the_codes_mean(command: list[str], out: Path) -> None:
    # The calcium of the LAD is said to be of the RCA; of vessels nothing reaches 130 HU.
    assert main([*command, "--map", "1=LAD,2=LAD,3=LAD,5=RCA,6=LCX", "--quiet"]) == 0
    assert [a["present"] for a in report(out)["arteries"].values()] == [True, False, True]


def test_a_wrong_map_is_refused_before_any_work(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--map", "1"]) == 2
    assert capsys.readouterr().err.startswith("corcal: '1' in the map is not like 1=RCA")
    assert not out.exists()


def test_an_earlier_report_needs_force(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "report.json").write_text("an earlier one")
    assert main(command) == 2
    assert "use --force" in capsys.readouterr().err
    assert (out / "report.json").read_text() == "an earlier one"
    assert main([*command, "--force", "--quiet"]) == 0
    assert report(out)["total"]["agatston"] > 0
