"""An ablation: every model on the same patients, the first against each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from corcal.core.errors import TableRefused
from corcal.evaluate.accuracy import measure_detection
from corcal.evaluate.statistics import IntervalRule
from corcal.evaluate.tables_in import Pairs, pair, read_results
from corcal.studies.ablation.ablation import ablation_table, compare_models, publish_ablation

RULE = IntervalRule()


def table(folder: Path, name: str, present: dict[str, str]) -> Path:
    """Write presence of the RCA by patient, "1" or "0"; LAD and LCX are free."""
    lines = ["patient,RCA_present,LAD_present,LCX_present"]
    lines += [f"{p},{v},0,0" for p, v in present.items()]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines))
    return path


def systems(folder: Path, **models: str) -> dict[str, Pairs]:
    """Return models given as a digit for each patient, against 11110000."""
    truth = read_results(table(folder, "ref", dict(zip("abcdefgh", "11110000", strict=True))))
    return {
        name: pair(
            read_results(table(folder, name, dict(zip("abcdefgh", text, strict=True)))), truth
        )
        for name, text in models.items()
    }


def test_each_model_is_what_it_is_by_itself(tmp_path: Path) -> None:
    given = systems(tmp_path, full="11110000", bare="11000001")
    full, bare = compare_models(given, RULE)
    assert full.against_first is None
    assert (
        bare.detection["RCA"].as_dict() == measure_detection(given["bare"], "RCA", RULE).as_dict()
    )
    assert bare.against_first is not None
    accuracy = bare.against_first["RCA"].accuracy
    assert (accuracy.only_first, accuracy.only_second) == (3, 0)
    assert accuracy.exact_p == pytest.approx(0.25)
    assert accuracy.mid_p == pytest.approx(0.125)


def test_the_table_has_a_row_for_each_artery_and_model(tmp_path: Path) -> None:
    made = compare_models(
        systems(tmp_path, full="11110000", bare="11000001", other="11110000"), RULE
    )
    rows = ablation_table(made).rows
    assert [r[:2] for r in rows[:4]] == [
        ("RCA", "full"), ("RCA", "bare"), ("RCA", "other"), ("Left main + LAD", "full"),
    ]  # fmt: skip
    assert [r[-1] for r in rows[:3]] == ["–", "0.12", ">0.99"]
    assert rows[0][3] == "100.0 (51.0–100.0)"


def test_models_are_compared_on_the_patients_all_know(tmp_path: Path) -> None:
    given = systems(tmp_path, full="11110000")
    fewer = read_results(table(tmp_path, "fewer", dict(zip("hgfe", "0011", strict=True))))
    truth = given["full"].reference
    given["fewer"] = pair(fewer, truth, allow_missing=True)
    full, other = compare_models(given, RULE)
    assert full.detection["RCA"].counts.n == other.detection["RCA"].counts.n == 4
    assert other.detection["RCA"].counts.fp == 2


def test_one_model_is_no_ablation(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="two models or more"):
        compare_models(systems(tmp_path, full="11110000"), RULE)


def test_everything_is_written(tmp_path: Path) -> None:
    made = compare_models(systems(tmp_path, full="11110000", bare="11000001"), RULE)
    written = publish_ablation(made).write(tmp_path / "out")
    assert {p.name for p in written} == {
        "ablation.json", "ablation.html", "tableS2_ablation.csv", "tableS2_ablation.md",
        "tableS2_ablation.tex",
    }  # fmt: skip
    document = json.loads(written[0].read_text())
    assert [m["name"] for m in document["models"]] == ["full", "bare"]
    assert document["models"][0]["first_against_it"] is None
