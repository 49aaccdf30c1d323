"""The whole evaluation, from tables to files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from corcal.core.errors import OutputRefused, TableRefused
from corcal.evaluate.accuracy.as_json import evaluation_document
from corcal.evaluate.accuracy.evaluation import Evaluation, Options, evaluate
from corcal.evaluate.accuracy.evaluation_page import publish_evaluation
from corcal.evaluate.accuracy.tables.paper_tables import paper_tables
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.pairs import Pairs, pair
from corcal.evaluate.tables_in.results_table import read_results
from tests.evaluate.cohorts import from_counts, results, write_cohort

FIGURES = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "kappa", "auc")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    first, truth, second = write_cohort(tmp_path_factory.mktemp("in"), 160)
    reference = read_results(truth, groups=("hospital",))
    pairs = pair(read_results(first), reference)
    other = pair(read_results(second), reference)
    return evaluate(pairs, Options(stratify=("hospital",)), against=other)


@pytest.fixture(scope="module")
def folder(whole: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "evaluation"
    publish_evaluation(whole).write(out)
    return out


def test_the_contract_of_evaluation_json(folder: Path) -> None:
    document = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert document["schema"] == "corcal-evaluation/1"
    for target in ("RCA", "LAD", "LCX", "any"):
        for name in FIGURES:
            figure = document["detection"][target][name]
            assert set(figure) == {
                "value",
                "low",
                "high",
                "n",
                "method",
                "no_interval",
            }
            assert figure["low"] <= figure["value"] <= figure["high"]
            assert 0 < figure["n"] <= 160
    counts = document["detection"]["RCA"]["counts"]
    assert sum(counts.values()) == 160
    assert document["detection"]["RCA"]["sensitivity"]["n"] == counts["tp"] + counts["fn"]


def test_strata_add_up_to_the_whole(folder: Path) -> None:
    document = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    strata = document["strata"]["hospital"]["strata"]
    assert [s["value"] for s in strata] == ["A", "B"]
    assert sum(s["patients"] for s in strata) == 160
    for cell in ("tp", "fp", "fn", "tn"):
        parts = sum(s["detection"]["LAD"]["counts"][cell] for s in strata)
        assert parts == document["detection"]["LAD"]["counts"][cell]


def test_what_is_in_the_folder(folder: Path) -> None:
    names = {p.name for p in folder.iterdir()}
    assert {"evaluation.json", "evaluation.html", "severity_model.json"} <= names
    tables = (
        "table3_detection", "table4_severity", "ordinal_regression", "strata_hospital",
        "comparison", "detection_further", "detection_pooled", "limits_volume",
        "agreement_agatston", "agreement_volume", "categories",
        "reclassification_cac_drs", "decision",
    )  # fmt: skip
    for table in tables:
        assert {f"{table}.csv", f"{table}.md", f"{table}.tex"} <= names
    figures = ("roc", "confusion", "volume_by_grade", "bland_altman", "forest_hospital")
    for figure in figures:
        assert {f"figure_{figure}.svg", f"figure_{figure}.png"} <= names


def test_figures_are_whole_and_the_same_each_time(
    whole: Evaluation, folder: Path, tmp_path: Path
) -> None:
    publish_evaluation(whole).write(tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    for path in folder.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")
        assert "<dc:date>" not in text
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            assert min(image.size) > 500
            assert np.asarray(image.convert("L")).std() > 5


def test_the_page_stands_alone_and_holds_every_table(whole: Evaluation, folder: Path) -> None:
    page = (folder / "evaluation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []
    for table in paper_tables(whole):
        assert table.title.replace("'", "&#39;") in page
    assert page.count("<img") == 5


def test_no_patient_leaves_the_program(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [f"SECRET{i},{a},{i % 2},{5 * i}" for i in range(12) for a in ("RCA", "LAD", "LCX")]
    path.write_text("\n".join(["patient,artery,present,volume_mm3", *rows]), encoding="utf-8")
    r = read_results(path)
    publish_evaluation(evaluate(pair(r, r), Options())).write(tmp_path / "out")
    assert all(b"SECRET" not in f.read_bytes() for f in (tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "cells", [(5, 0, 0, 0), (0, 0, 0, 5), (4, 0, 0, 6), (0, 3, 2, 0), (1, 0, 0, 0)]
)
def test_poor_tables_still_make_a_whole_report(
    cells: tuple[int, int, int, int], tmp_path: Path
) -> None:
    found = evaluate(from_counts(*cells), Options())
    files = publish_evaluation(found).write(tmp_path / "out")
    assert json.loads(files[0].read_text(encoding="utf-8"))["detection"]["LCX"]["auc"]["n"] == 0


def test_grades_alone_and_scores_alone_are_enough(tmp_path: Path) -> None:
    grades = evaluate(
        Pairs(
            results(6, volume_mm3={"RCA": [0, 5, 9, 7, 80, 60]}),
            results(6, grade={"RCA": [0, 0, 1, 1, 2, 2]}),
        ),
        Options(),
    )
    assert grades.severity["RCA"].n == 6
    scores = [0.0, 20, 150, 400, 30]
    amounts = evaluate(
        Pairs(results(5, agatston={"any": scores}), results(5, agatston={"any": scores[::-1]})),
        Options(),
    )
    assert amounts.bands["cac_drs"].counts.sum() == 5
    for i, found in enumerate((grades, amounts)):
        publish_evaluation(found).write(tmp_path / str(i))


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(TableRefused, match=r"compared: made\.csv knows agatston"):
        evaluate(
            Pairs(results(2, agatston={"RCA": [1, 2]}), results(2, grade={"RCA": [1, 2]})),
            Options(),
        )


def test_all_volumes_zero_says_why_there_is_no_model(tmp_path: Path) -> None:
    zero = results(
        4, present={"RCA": [0, 0, 0, 0]}, volume_mm3={"RCA": [0] * 4}, agatston={"RCA": [0] * 4}
    )
    truth = results(
        4, present={"RCA": [0, 1, 0, 1]}, volume_mm3={"RCA": [0] * 4}, grade={"RCA": [0, 1, 0, 3]}
    )
    found = evaluate(Pairs(zero, truth), Options())
    assert any("same volume, 0 mL" in n.text for n in found.notices)
    publish_evaluation(found).write(tmp_path / "out")


def test_options_are_said_in_the_document(whole: Evaluation) -> None:
    rule = IntervalRule(method="bootstrap", confidence=0.9, seed=7)
    found = evaluate(whole.pairs, Options(rule, without_none=True))
    options = evaluation_document(found)["options"]
    assert (options["interval"], options["confidence"], options["seed"]) == ("bootstrap", 0.9, 7)
    assert options["without_none"]


def test_an_earlier_evaluation_is_not_overwritten(whole: Evaluation, folder: Path) -> None:
    with pytest.raises(OutputRefused, match="--force"):
        publish_evaluation(whole).write(folder)


@pytest.mark.slow
def test_a_hundred_thousand_patients_are_evaluated(tmp_path: Path) -> None:
    first, truth, _ = write_cohort(tmp_path, 100_000)
    pairs = pair(read_results(first), read_results(truth, groups=("hospital",)))
    found = evaluate(pairs, Options(stratify=("hospital",)))
    publish_evaluation(found).write(tmp_path / "out")
    assert found.detection["any"].counts.n == 100_000
    assert sum(f.stat().st_size for f in (tmp_path / "out").iterdir()) < 20e6
