from __future__ import annotations

import json
from pathlib import Path

import pytest

from corcal import Settings
from corcal.cli.main import main
from corcal.quantify import Person
from tests.cli.stand_ins import REPORT, Steps


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_the_output_is_checked_before_any_work_and_written_last(steps: Steps, out: Path) -> None:
    assert main(["score", "scan.zip", "-o", str(out)]) == 0
    assert steps.names == ["check_output", "read_scan", "score_scan", "write_reports"]
    assert steps.arguments("check_output") == {"out": out, "force": False}


def test_defaults(steps: Steps, out: Path) -> None:
    assert main(["score", "scan.zip", "-o", str(out)]) == 0
    asked = steps.arguments("read_scan")
    assert asked == {
        "path": Path("scan.zip"),
        "settings": Settings().admission,
        "series_uid": None,
    }
    assert steps.arguments("score_scan")["settings"] == Settings()
    assert steps.arguments("score_scan")["person"] is None


def test_series_and_force_are_passed_on(steps: Steps, out: Path) -> None:
    assert main(["score", "scan.zip", "-o", str(out), "--series", "1.2.3", "--force"]) == 0
    assert steps.arguments("read_scan")["series_uid"] == "1.2.3"
    assert steps.arguments("check_output")["force"] is True
    assert steps.arguments("write_reports")["force"] is True


def test_the_settings_of_the_paper(steps: Steps, out: Path) -> None:
    assert main(["score", "scan.zip", "-o", str(out), "--paper"]) == 0
    assert steps.arguments("score_scan")["settings"] == Settings.paper()
    assert steps.arguments("read_scan")["settings"] == Settings.paper().admission


def test_models_are_those_that_were_asked_for(steps: Steps, out: Path) -> None:
    asked = ["--model", "mine", "--heart", "totalsegmentator", "--device", "cuda"]
    assert main(["score", "scan.zip", "-o", str(out), *asked]) == 0
    assert steps.arguments("score_scan")["locator"] == "the locator totalsegmentator"
    assert steps.arguments("score_scan")["segmenter"] == "the segmenter mine"


def test_settings_from_a_file(steps: Steps, out: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[admission]\nmin_slices = 40\n", encoding="utf-8")
    assert main(["score", "scan.zip", "-o", str(out), "--settings", str(file)]) == 0
    assert steps.arguments("score_scan")["settings"].admission.min_slices == 40


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--paper", "--settings", "x.toml"], "--paper and --settings exclude each other"),
        (["--settings", "absent.toml"], "absent.toml: cannot be read as TOML settings"),
        (["--age", "60"], "needs --age, --sex and --group together"),
        (["--age", "60", "--sex", "male"], "needs --age, --sex and --group together"),
        (["--sex", "x"], "'x' is not one of 'female', 'male'"),
    ],
)
def test_refused_before_any_work(
    steps: Steps, out: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "scan.zip", "-o", str(out), *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert steps.calls == []


def test_a_person_is_stated_in_full(steps: Steps, out: Path) -> None:
    stated = ["--age", "60", "--sex", "female", "--group", "White"]
    assert main(["score", "scan.zip", "-o", str(out), *stated]) == 0
    assert steps.arguments("score_scan")["person"] == Person(60, "female", "white")


def test_json_is_the_report_as_written(
    steps: Steps, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "scan.zip", "-o", str(out), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out) == REPORT
