"""The severity model further: odds ratios, cross-validation, what is exported, the logarithm."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from corcal.cli.main import main
from corcal.evaluate.accuracy.evaluation import Options
from corcal.evaluate.accuracy.severity import severity, severity_model
from corcal.evaluate.accuracy.tables.model_tables import model_tables
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.results import ARTERIES
from tests.evaluate.cohorts import graded, write_cohort

RULE = IntervalRule()


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    return write_cohort(tmp_path_factory.mktemp("tables"), 160)


def read(path: Path) -> dict[str, list[str]]:
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    return {row[0]: row[1:] for row in lines}


def test_odds_ratios_and_validation_stand_beside_table_4(
    tables: tuple[str, str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["evaluate", *tables[:2], "-o", str(out), "--quiet"]) == 0
    document = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    rca = document["severity"]["RCA"]
    odds = read(out / "ordinal_odds.csv")
    ratio = math.exp(rca["B"]["value"] / 100)
    assert odds["Odds ratio for 10 mm³"][0].startswith(f"{ratio:.3f} (")
    # Nearly separated grades: of one standard deviation the ratio is beyond a million.
    assert odds["Odds ratio for 1 SD"][0] == "–"
    observed = rca["observed_information"]["location"]
    assert observed["value"] == pytest.approx(rca["B"]["value"])
    assert observed["error"] != rca["location"]["error"]
    assert observed["error"] == pytest.approx(rca["location"]["error"], rel=0.2)
    validation = rca["validation"]
    assert validation["skill"] > 0
    assert len(validation["brier"]) == len(rca["outcome"]) - 1
    shown = read(out / "ordinal_validation.csv")
    assert shown["Exported"] == ["yes", "yes", "–"]
    assert (out / "severity_model.json").is_file()
    assert {"ordinal_thresholds.tex", "ordinal_odds.md"} <= {p.name for p in out.iterdir()}
    page = (out / "evaluation.html").read_text(encoding="utf-8")
    assert "The severity model on arteries that it has not seen" in page


def test_odds_ratios_by_hand() -> None:
    rng = np.random.default_rng(3)
    volumes = rng.gamma(0.8, 120, 200)
    grades = np.digitize(0.02 * volumes + rng.logistic(size=200), [0.5, 3]).astype(np.float64)
    fit = severity(graded(volumes, grades), "RCA", RULE)
    assert fit.fit is not None
    b, sd = fit.fit.slopes[0], fit.sd
    assert sd == pytest.approx(volumes.std(ddof=1) / 1000)
    tables = model_tables(dict.fromkeys(ARTERIES, fit), Options())
    assert [t.name for t in tables] == [
        "ordinal_odds", "ordinal_thresholds", "ordinal_validation"
    ]  # fmt: skip
    odds = {row[0]: row[1] for row in tables[0].rows}
    for name, unit in (("10 mm³", 0.01), ("1 SD", sd)):
        ends = (math.exp(unit * x) for x in (b.value, b.low, b.high))
        value, low, high = (f"{x:.3f}" for x in ends)
        assert odds[f"Odds ratio for {name}"] == f"{value} ({low}–{high})"
    first, second = (row for row in tables[1].rows if row[0] == "RCA")
    assert (first[1], second[1]) == ("mild or worse", "moderate or worse")
    assert first[2] == f"{fit.fit.free_slopes[0].value:.3f}"


def test_the_logarithm_is_regressed_on_and_not_exported(
    tables: tuple[str, str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["evaluate", *tables[:2], "-o", str(out), "--log-volume", "--quiet"]) == 0
    rca = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))["severity"]["RCA"]
    assert rca["predictor"] == "ln(1 + volume in mm3)"
    assert rca["B_per_mm3"] is None
    assert not (out / "severity_model.json").exists()
    table4 = read(out / "table4_severity.csv")
    assert "B for ln(1 + mm³)" in table4
    assert "B for 1 mL" not in table4
    odds = read(out / "ordinal_odds.csv")["Odds ratio for a doubling of 1 + mm³"][0]
    assert odds.startswith(f"{2 ** rca['B']['value']:,.3f} (")
    assert read(out / "ordinal_validation.csv")["Exported"][:2] == ["no", "no"]


def test_a_model_of_no_use_is_not_exported() -> None:
    rng = np.random.default_rng(1)
    fit = severity(
        graded(rng.gamma(1, 100, 60), rng.integers(0, 3, 60).astype(np.float64)), "RCA", RULE
    )
    assert fit.fit is not None
    assert fit.validation is not None
    assert fit.validation.skill <= 0
    assert "no better than the shares" in fit.withheld
    assert severity_model({"RCA": fit}, "volume_mm3") is None


def test_a_model_that_cannot_be_held_against_others_is_not_exported() -> None:
    rng = np.random.default_rng(2)
    grades = np.array([0.0, 1] * 15 + [3])
    volumes = 40 * grades + rng.gamma(1, 60, 31)
    fit = severity(graded(volumes, grades), "RCA", RULE)
    assert fit.fit is not None
    assert fit.validation is None
    assert "one artery alone" in fit.withheld
    assert severity_model({"RCA": fit}, "volume_mm3") is None
