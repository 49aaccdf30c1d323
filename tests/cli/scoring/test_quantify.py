from __future__ import annotations

from pathlib import Path

import pytest

from corcal import Settings
from corcal.cli.main import main
from corcal.quantify import Person
from tests.cli.stand_ins import Steps


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_labels_are_read_on_the_scan_and_measured(
    steps: Steps, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quantify", "ct.nii.gz", "labels.nii.gz", "-o", str(out)]) == 0
    assert steps.names == [
        "check_output",
        "read_scan",
        "read_labels",
        "quantify_labels",
        "write_reports",
    ]
    scan = steps.arguments("quantify_labels")["scan"]
    asked = steps.arguments("read_labels")
    assert asked == {"path": Path("labels.nii.gz"), "scan": scan, "mapping": None}
    assert steps.arguments("quantify_labels")["labels"] == "the labels"
    assert "Left main + LAD" in capsys.readouterr().out


def test_settings_and_person_are_passed_on(steps: Steps, out: Path) -> None:
    stated = ["--paper", "--age", "70", "--sex", "male", "--group", "black"]
    assert main(["quantify", "ct.mha", "l.mha", "-o", str(out), *stated]) == 0
    asked = steps.arguments("quantify_labels")
    assert asked["settings"] == Settings.paper()
    assert asked["person"] == Person(70, "male", "black")


def test_the_map_says_what_the_codes_mean(steps: Steps, out: Path) -> None:
    assert main(["quantify", "ct.mha", "l.mha", "-o", str(out), "--map", "1=RCA"]) == 0
    assert steps.arguments("parse_mapping") == {"text": "1=RCA"}
    assert steps.arguments("read_labels")["mapping"] == {1: 4}


def test_a_wrong_map_is_refused_before_any_work(
    steps: Steps, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quantify", "ct.mha", "l.mha", "-o", str(out), "--map", "1"]) == 2
    assert capsys.readouterr().err == "corcal: '1' is not like 1=RCA\n"
    assert steps.names == ["parse_mapping"]
