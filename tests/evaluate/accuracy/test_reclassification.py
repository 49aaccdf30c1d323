"""Net reclassification of two systems, from tables to the table of a paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corcal.cli.main import main
from tests.evaluate.cohorts import write_csv

HEADS = ("patient", "artery", "agatston")


def write_tables(folder: Path, events: list[object]) -> tuple[str, str, str]:
    """Write two systems and a reference: the first is right of every patient."""
    scores = [0, 50, 150, 400, 120, 90, 0, 350]
    first = [(f"p{i}", "any", s) for i, s in enumerate(scores)]
    second = [(f"p{i}", "any", s) for i, s in enumerate([0, 150, 50, 400, 120, 90, 5, 90])]
    truth = [(*row, e) for row, e in zip(first, events, strict=True)]
    return (
        write_csv(folder / "first.csv", first, HEADS),
        write_csv(folder / "second.csv", second, HEADS),
        write_csv(folder / "truth.csv", truth, (*HEADS, "death")),
    )


def test_moves_are_counted_by_outcome(tmp_path: Path) -> None:
    first, second, truth = write_tables(tmp_path, [0, 0, 1, 1, 0, 0, "", 1])
    out = tmp_path / "out"
    arguments = ["evaluate", first, truth, "--against", second, "--event", "death"]
    assert main([*arguments, "-o", str(out), "--quiet"]) == 0
    found = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["comparison"]
    nri = found["reclassification"]
    assert nri["event"] == "death = 1"
    assert nri["attrition"]["n_used"] == 7
    drs = nri["scales"]["CAC-DRS category"]
    # Of the dead (150, 400, 350) two are moved up; of the others (50 for 150) one is moved down.
    assert (drs["events"]["up"], drs["events"]["down"], drs["events"]["n"]) == (2, 0, 3)
    assert (drs["others"]["up"], drs["others"]["down"], drs["others"]["n"]) == (0, 1, 4)
    assert drs["total"]["value"] == pytest.approx(2 / 3 + 1 / 4)
    table = (out / "comparison_reclassification.md").read_text(encoding="utf-8")
    assert "Event: death = 1." in table
    assert "second.csv" in table
    assert "7 used (1: score or event unknown)" in table
    page = (out / "evaluation.html").read_text(encoding="utf-8")
    assert "Net reclassification of the first system" in page


def test_without_an_event_it_is_the_decision(tmp_path: Path) -> None:
    first, second, truth = write_tables(tmp_path, [0] * 8)
    out = tmp_path / "out"
    assert main(["evaluate", first, truth, "--against", second, "-o", str(out), "--quiet"]) == 0
    found = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["comparison"]
    assert found["reclassification"]["event"] == "a reference score of 100 and more"
    assert found["reclassification"]["scales"]["Agatston band"]["events"]["n"] == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--event", "stroke"], "truth.csv has no column 'stroke'"),
        (["--event", "death"], "column 'death': 'perhaps' cannot be; it must be 1 or 0"),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    first, second, truth = write_tables(tmp_path, [0, 0, 1, 1, 0, 0, "perhaps", 1])
    out = ["-o", str(tmp_path / "out")]
    assert main(["evaluate", first, truth, "--against", second, *arguments, *out]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [("--event", "death"), ("--margin", "0.05")])
def test_an_event_or_a_margin_needs_two_systems(
    option: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, truth = write_tables(tmp_path, [0, 0, 1, 1, 0, 0, 0, 1])
    assert main(["evaluate", first, truth, *option, "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert option[0] in said
    assert "needs the other, --against" in said
