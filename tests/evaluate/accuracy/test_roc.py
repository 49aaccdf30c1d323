"""ROC curves: one kind of area in a legend, and p values under the test that they are of."""

from __future__ import annotations

import re

import pytest

from corcal.evaluate.accuracy.evaluation import Evaluation, Options, evaluate
from corcal.evaluate.accuracy.tables.comparison_table import comparison_table
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.wording import figure, p_value
from corcal.evaluate.tables_in.pairs import Pairs, pair
from corcal.evaluate.tables_in.results_table import read_results
from tests.evaluate.cohorts import results, write_cohort


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    first, truth, second = write_cohort(tmp_path_factory.mktemp("in"), 80)
    reference = read_results(truth)
    pairs, other = (pair(read_results(path), reference) for path in (first, second))
    return evaluate(pairs, Options(), against=other)


def words_of(e: Evaluation) -> list[str]:
    """Return every text of the ROC figure; matplotlib writes each as a comment of its paths."""
    pytest.importorskip("matplotlib")
    from corcal.evaluate.accuracy.figures.roc import roc_plot

    plot = roc_plot(e)
    assert plot is not None
    return re.findall(r"<!-- (.*?) -->", plot.svg.decode("utf-8"))


def test_the_legend_holds_areas_of_the_volume_alone(whole: Evaluation) -> None:
    words = words_of(whole)
    assert "AUC of the volume (95 % interval)" in words
    assert {w for w in words if ": " in w} == {
        f"{TITLES[target]}: {figure(d.auc_volume)}" for target, d in whole.detection.items()
    }
    assert whole.detection["RCA"].auc_volume.value != whole.detection["RCA"].figures["auc"].value


def test_a_target_without_a_volume_is_not_in_the_legend_of_volumes() -> None:
    present = {"RCA": [1, 1, 0, 0, 1, 0], "LAD": [1, 0, 1, 0, 1, 0], "LCX": [0, 1, 0, 1, 0, 0]}
    predicted = results(6, present=present, volume_mm3={"RCA": [9, 2, 3, 1, 7, 0]})
    words = words_of(evaluate(Pairs(predicted, results(6, present=present)), Options()))
    assert "AUC of the volume (95 % interval)" in words
    assert [w.partition(":")[0] for w in words if ": " in w] == ["RCA"]


def test_without_amounts_the_legend_says_present_or_absent() -> None:
    present = {"RCA": [1, 1, 0, 0], "LAD": [1, 0, 1, 0], "LCX": [0, 1, 0, 1]}
    both = results(4, present=present)
    words = words_of(evaluate(Pairs(both, both), Options()))
    assert "AUC, present or absent (95 % interval)" in words


def test_the_p_of_delong_does_not_stand_under_chi_squared(whole: Evaluation) -> None:
    assert whole.versus is not None
    table = comparison_table(whole)
    cells = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    areas = [c for c in cells if c["Figure"].startswith("AUC")]
    tests = [c for c in cells if not c["Figure"].startswith("AUC")]
    assert (len(areas), len(tests)) == (8, 12)
    assert {c["χ² p"] + c["Mid-p"] + c["Exact p"] for c in areas} == {""}
    assert {c["DeLong p"] for c in tests} == {""}
    p = whole.versus.comparison["LAD"].auc_volume.p
    [of_lad] = [c for c in areas if c["Artery"] == "Left main + LAD" and "volume" in c["Figure"]]
    assert of_lad["DeLong p"] == p_value(p) != "–"
