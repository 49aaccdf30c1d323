"""Patients that are left out are counted, named by a reason, and do not flatter a system."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from corcal.evaluate.accuracy.detection import measure_detection
from corcal.evaluate.accuracy.evaluation import Evaluation, Options, evaluate
from corcal.evaluate.accuracy.evaluation_page import publish_evaluation
from corcal.evaluate.accuracy.tables.paper_tables import paper_tables
from corcal.evaluate.statistics.attrition import Attrition, state_attrition
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.pairs import Pairs, pair
from corcal.evaluate.tables_in.results_table import read_results
from tests.evaluate.cohorts import results, write_cohort

RULE = IntervalRule()


@pytest.fixture(scope="module")
def partly_compared(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """160 patients, of whom the second system knows 40."""
    first, truth, second = write_cohort(tmp_path_factory.mktemp("in"), 160)
    lines = Path(second).read_text(encoding="utf-8").splitlines()
    Path(second).write_text("\n".join(lines[: 1 + 3 * 40]) + "\n", encoding="utf-8")
    reference = read_results(truth)
    pairs = pair(read_results(first), reference)
    other = pair(read_results(second), reference, allow_missing=True)
    return evaluate(pairs, Options(), against=other)


def test_a_second_system_does_not_cut_the_evaluation_of_the_first(
    partly_compared: Evaluation,
) -> None:
    e = partly_compared
    assert e.versus is not None
    assert e.detection["any"].counts.n == 160
    assert e.versus.detection["any"].counts.n == 40
    assert e.versus.comparison["any"].n == 40
    assert e.versus.attrition == Attrition(160, (("not known to every system", 120),))
    assert "compared-on-shared" in {n.code for n in e.notices}


def test_every_table_says_how_many_patients_it_has_of_how_many(
    partly_compared: Evaluation, tmp_path: Path
) -> None:
    tables = paper_tables(partly_compared)
    assert [t.name for t in tables if not t.attrition] == []
    publish_evaluation(partly_compared).write(tmp_path / "out")
    for table in tables:
        text = (tmp_path / "out" / f"{table.name}.md").read_text(encoding="utf-8")
        assert "in, " in text
        assert " used" in text
        assert "Made by corcal" in text
    comparison = (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")
    assert "160 in, 40 used (120: not known to every system)" in comparison


def test_attrition_adds_up_or_is_none() -> None:
    a = Attrition(10).lose("no scan", 3).lose("nothing", 0).lose("no grade", 2)
    assert (a.n_used, a.words) == (5, "10 in, 5 used (3: no scan; 2: no grade)")
    assert state_attrition({"RCA": a, "LAD": a}) == f"Patients: {a.words}."
    three = {"RCA": a, "LAD": Attrition(4), "LCX": a}
    assert state_attrition(three, "Scans") == f"Scans: RCA, LCX {a.words}; LAD 4 in, 4 used."
    assert state_attrition({}) == ""
    with pytest.raises(ValueError, match="does not add up"):
        Attrition(2, (("no scan", 3),))


def holed(share: float, seed: int = 0, n: int = 20_000) -> tuple[Pairs, Pairs]:
    """Return whole pairs, and the same with a share of the predicted cells missing at random."""
    rng = np.random.default_rng(seed)
    ill = rng.random((3, n)) < 0.3
    seen = np.where(rng.random((3, n)) < 0.1, ~ill, ill).astype(float)
    names = ("RCA", "LAD", "LCX")
    truth = results(n, present=dict(zip(names, ill.astype(float).tolist(), strict=True)))
    whole = results(n, present=dict(zip(names, seen.tolist(), strict=True)))
    seen[rng.random((3, n)) < share] = math.nan
    gaps = results(n, present=dict(zip(names, seen.tolist(), strict=True)))
    return Pairs(whole, truth), Pairs(gaps, truth)


def test_any_artery_is_not_biased_by_cells_missing_at_random() -> None:
    whole, gaps = (measure_detection(p, "any", RULE) for p in holed(0.2))
    for name in ("sensitivity", "specificity"):
        assert gaps.figures[name].value == pytest.approx(whole.figures[name].value, abs=0.015)
        worst, best = gaps.bounds[name]
        assert worst < (whole.figures[name].value or 0) < best
    assert whole.bounds == {}
    assert gaps.attrition.n_used == pytest.approx(20_000 * 0.8**3, rel=0.03)


def test_a_system_that_fills_in_one_artery_alone_gains_nothing() -> None:
    truth = results(4, present={"RCA": [1, 0, 1, 0], "LAD": [0, 0, 1, 1], "LCX": [0] * 4})
    lazy = results(4, present={"RCA": [1, 0, 1, 0]})
    d = measure_detection(Pairs(lazy, truth), "any", RULE)
    assert d.figures["sensitivity"].value is None
    assert d.bounds["sensitivity"] == (2 / 3, 1.0)
