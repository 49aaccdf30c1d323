"""Figures over many scans: by hand, with intervals that cover, and written as files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corcal.core.labels import ArteryLabels
from corcal.evaluate.overlap.compare import CaseOverlap, compare
from corcal.evaluate.overlap.lesions import Candidate, LesionMatch
from corcal.evaluate.overlap.summary import MEASURES, summarise
from corcal.evaluate.overlap.tables import CASE_COLUMNS, cases_csv, overlap_tables
from corcal.evaluate.overlap.voxels import Overlap
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.interval import IntervalRule
from tests.evaluate.on_disk import GRID
from tests.report.conftest import make_codes

RULE = IntervalRule(seed=3)


def case(
    name: str, shift: int, *, only_calcium: bool = False, nothing: bool = False
) -> CaseOverlap:
    codes = make_codes()
    if only_calcium:
        codes[codes < 4] = 0
    if nothing:
        codes[:] = 0
    moved = np.roll(make_codes(), shift, axis=2) if not nothing else codes
    return compare(name, ArteryLabels(moved, GRID), ArteryLabels(codes, GRID))


def test_means_leave_out_what_is_undefined() -> None:
    cases = [case("a", 0), case("b", 1), case("c", 0, nothing=True)]
    found = summarise(cases, RULE).overlap["RCA", "calcium"]
    dice = [cases[0].overlap["RCA", "calcium"].dice, cases[1].overlap["RCA", "calcium"].dice]
    assert dice[0] == 1.0
    assert dice[1] is not None
    assert found.presence == {"both": 2, "prediction": 0, "reference": 0, "neither": 1}
    assert found.spreads["dice"].mean.n == 2
    assert found.spreads["dice"].mean.value == pytest.approx((1 + dice[1]) / 2)
    quartiles = np.percentile([1.0, dice[1]], [25, 50, 75])
    assert found.spreads["dice"].quartiles == pytest.approx(quartiles)
    assert found.pooled_dice.value == pytest.approx(1 - (1 - dice[1]) / 2)


def test_nobody_with_calcium_is_undefined() -> None:
    found = summarise([case("a", 0, nothing=True)] * 3, RULE)
    one = found.overlap["any", "calcium"]
    assert all(one.spreads[m].mean.value is None for m in MEASURES if m != "difference_ml")
    assert one.spreads["difference_ml"].mean.value == 0.0
    assert one.pooled_dice.value is None
    assert found.lesions["any"].figures["f1"].value is None
    assert found.lesions["any"].figures["false_per_scan"].value == 0.0
    assert found.lesions["any"].froc is None
    json.dumps(found.as_dict(), allow_nan=False)


def test_without_outlined_vessels_only_calcium_is_reported() -> None:
    found = summarise([case("a", 0, only_calcium=True)], RULE)
    assert {part for _, part in found.overlap} == {"calcium"}
    assert any("only calcium is compared" in note for note in overlap_tables(found)[0].notes)


def test_one_scan_has_figures_and_no_interval() -> None:
    found = summarise([case("a", 1)], RULE).overlap["any", "artery"].spreads["dice"]
    assert found.mean.value is not None
    assert (found.mean.low, found.mean.high, found.sd) == (None, None, None)


def test_equal_scans_have_no_interval_rather_than_one_without_width() -> None:
    found = summarise([case("a", 1), case("b", 1)], RULE).overlap["any", "artery"]
    assert found.spreads["dice"].mean.low is None


def made(rng: np.random.Generator, scans: int) -> list[CaseOverlap]:
    """Return scans of 0 to 3 lesions, each found with chance 0.7, and some made up."""
    cases = []
    nothing = Overlap(0.0, 0.0, 0.0, None)
    for i in range(scans):
        reference = int(rng.integers(0, 4))
        right = [Candidate(5.0, frozenset({j})) for j in range(reference) if rng.random() < 0.7]
        wrong = [Candidate(4.0, frozenset())] * int(rng.poisson(0.3))
        match = LesionMatch(reference, (*right, *wrong))
        targets = ("RCA", "LAD", "LCX", "any")
        cases.append(
            CaseOverlap(
                str(i),
                {(t, p): nothing for t in targets for p in ("artery", "calcium")},
                dict.fromkeys(targets, match),
                False,
            )
        )
    return cases


def test_intervals_of_lesions_cover_at_their_nominal_rate() -> None:
    rng = np.random.default_rng(1)
    rule = IntervalRule(draws=200, seed=2)
    hits = 0
    for _ in range(100):
        found = summarise(made(rng, 120), rule).lesions["RCA"].figures["sensitivity"]
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.7 <= found.high
    assert 87 <= hits <= 99


def test_lesions_are_summed_over_scans() -> None:
    cases = made(np.random.default_rng(4), 50)
    found = summarise(cases, RULE).lesions["any"]
    total = sum(c.lesions["any"].reference for c in cases)
    assert found.counts.reference == total
    assert found.figures["sensitivity"].value == pytest.approx(found.counts.found / total)
    wrong = found.counts.predicted - found.counts.right
    assert found.figures["false_per_scan"].value == pytest.approx(wrong / 50)
    assert found.figures["f1"].value == pytest.approx(found.counts.f1)


def test_every_scan_is_listed_and_undefined_cells_are_empty() -> None:
    lines = cases_csv([case("a", 1), case("b", 0, nothing=True)]).decode().splitlines()
    assert lines[0] == ",".join(CASE_COLUMNS)
    assert len(lines) == 1 + 2 * 8
    assert lines[-1] == "b,any,calcium,neither,0,0,,,,,0,0,0,0"


def test_no_name_of_a_scan_is_a_formula_to_a_spreadsheet() -> None:
    text = cases_csv([case("=HYPERLINK(A1)", 1), case("@b", 1), case("-5", 1)]).decode()
    first = {line.partition(",")[0] for line in text.splitlines()[1:]}
    assert first == {"'=HYPERLINK(A1)", "'@b", "-5"}


def test_every_table_says_how_many_scans_it_has_of_how_many() -> None:
    cases = [case("a", 0), case("b", 1, only_calcium=True), case("c", 0, nothing=True)]
    found = summarise(cases, RULE, alone=2)
    assert found.cases == 3
    lost = (("no reference", 2), ("neither side has it", 1))
    assert found.overlap["RCA", "calcium"].attrition == Attrition(5, lost)
    overlap, surfaces, lesions, froc = overlap_tables(found)
    # The LCX of these scans has no calcium, but a vessel.
    assert overlap.attrition["LCX, calcium"].lost == (
        ("no reference", 2),
        ("neither side has it", 3),
    )
    whole = "5 in, 2 used (2: no reference; 1: neither side has it)"
    assert f"Left main + LAD, calcium, All arteries, calcium {whole};" in overlap.lines_below[-1]
    assert surfaces.lines_below[-1].startswith("Scans: ")
    assert [t.lines_below[-1] for t in (lesions, froc)] == [
        "Scans: 5 in, 3 used (2: no reference)."
    ] * 2
    assert found.as_dict()["attrition"]["n_used"] == 3


def test_tables_have_a_row_for_each_structure() -> None:
    overlap, surfaces, lesions, froc = overlap_tables(summarise([case("a", 0), case("b", 1)], RULE))
    assert [len(t.rows) for t in (overlap, surfaces, lesions, froc)] == [8, 8, 4, 4]
    assert lesions.rows[2][:3] == ("LCX, calcium", "0 / 0", "–")
    assert froc.rows[2][1:] == ("–",) * 8


def test_everything_is_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from corcal.evaluate.overlap.overlap_page import publish_overlap

    publication = publish_overlap([case("a", 0), case("b", 1)], RULE, alone=1)
    written = publication.write(tmp_path / "out")
    names = {p.name for p in written}
    assert {"overlap.json", "overlap.html", "cases.csv", "figure_froc.svg", "froc.tex"} <= names
    document = json.loads(written[0].read_text())
    assert document["overlap"]["RCA"]["artery"]["dice"]["n"] == 2
    page = written[1].read_text()
    assert "1 of 3 predictions have no reference and were not compared." in page
    assert "Scans: 3 in, 2 used (1: no reference)." in page
    assert b"<dc:date>" not in (tmp_path / "out/figure_froc.svg").read_bytes()
