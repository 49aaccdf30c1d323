"""`corcal inspect`: what it shows, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corcal.cli.scoring.inspect import inspect
from tests.read.dicom.dicom_files import Series, body


@pytest.fixture
def chest() -> Series:
    return Series(body(40), tags={"SeriesDescription": "SECRET DESCRIPTION"})


def test_it_lists_series_choice_and_checks(tmp_path: Path, chest: Series) -> None:
    chest.write(tmp_path / "a")
    scout = Series(body(3), tags={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]})
    scout.write(tmp_path / "b")

    result = CliRunner().invoke(inspect, [str(tmp_path)])

    assert result.exit_code == 0
    text = " ".join(result.output.split())
    assert f"read {chest.uid} CT, 40 slices, every 3.00 mm, kernel B30f, patient 1" in text
    assert f"refused {scout.uid}" in text
    assert "no cross-sections: ImageType says LOCALIZER" in text
    assert "The scan has 40 slices; at least 12 are needed." in text
    assert text.endswith("This scan is admitted.")
    assert "SECRET" not in result.output


def test_json_holds_the_same(tmp_path: Path, chest: Series) -> None:
    chest.write(tmp_path)

    result = CliRunner().invoke(inspect, [str(tmp_path), "--json"])

    assert result.exit_code == 0
    found = json.loads(result.output)
    assert found["usable"] is True
    assert found["refusal"] == ""
    assert [(s["series_uid"], s["chosen"]) for s in found["series"]] == [(chest.uid, True)]
    assert found["scan"]["shape"] == [40, 32, 40]
    assert {c["name"] for c in found["checks"]} >= {"slices", "coverage", "tube-voltage"}
    assert "SECRET" not in result.output


def test_a_scan_that_is_not_admitted_ends_with_2(tmp_path: Path, chest: Series) -> None:
    chest.write(tmp_path)
    result = CliRunner().invoke(inspect, [str(tmp_path), "--paper"])
    assert result.exit_code == 2
    assert "at least 100 are needed" in result.output
    assert "not admitted" in result.output


def test_an_input_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hello" * 100)
    result = CliRunner().invoke(inspect, [str(tmp_path / "x.txt")])
    assert result.exit_code == 2
    assert "x.txt: not a DICOM file" in result.output


def test_two_patients_are_listed_and_refused_until_one_is_named(tmp_path: Path) -> None:
    one, two = Series(body(40), patient="SECRET-1"), Series(body(40), patient="SECRET-2")
    one.write(tmp_path)
    two.write(tmp_path)
    result = CliRunner().invoke(inspect, [str(tmp_path)])
    assert result.exit_code == 2
    assert "2 patients are mixed here" in result.output
    assert one.uid in result.output
    assert two.uid in result.output
    assert "SECRET" not in result.output
    named = CliRunner().invoke(inspect, [str(tmp_path), "--series", two.uid])
    assert named.exit_code == 0
