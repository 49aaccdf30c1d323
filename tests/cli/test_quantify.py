from __future__ import annotations

from pathlib import Path

import pytest

from corcal import Artery, Settings
from corcal.cli.main import main
from tests.cli.stand_ins import Person, Steps


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


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("1=RCA,2=LAD,3=LCX", {1: Artery.RCA, 2: Artery.LAD, 3: Artery.LCX}),
        (" 10 = lad , 7=Rca", {10: Artery.LAD, 7: Artery.RCA}),
        ("1=LAD,2=LAD", {1: Artery.LAD, 2: Artery.LAD}),
    ],
)
def test_map(steps: Steps, out: Path, text: str, mapping: dict[int, Artery]) -> None:
    assert main(["quantify", "ct.mha", "l.mha", "-o", str(out), "--map", text]) == 0
    assert steps.arguments("read_labels")["mapping"] == mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1", "'1' is not like 1=RCA"),
        ("", "'' is not like 1=RCA"),
        ("1=LM", "'1=LM' is not like 1=RCA; arteries are RCA, LAD and LCX."),
        ("0=RCA", "'0=RCA' is not like 1=RCA"),
        ("-1=RCA", "'-1=RCA' is not like 1=RCA"),
        ("1=RCA,1=LAD", "code 1 is given twice."),
    ],
)
def test_a_wrong_map_is_refused_before_any_work(
    steps: Steps, out: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quantify", "ct.mha", "l.mha", "-o", str(out), f"--map={text}"]) == 2
    assert said in capsys.readouterr().err
    assert steps.calls == []
