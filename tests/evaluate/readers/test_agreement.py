"""Agreement and disputes by hand, and the paper's Table 2 all the way from ratings to print."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from corcal.evaluate.publish.table_files import table_csv
from corcal.evaluate.readers.agreement import agreement_of, disputes_of
from corcal.evaluate.readers.ratings import Ratings, read_ratings
from corcal.evaluate.readers.readers_page import publish_readers, summary_of
from corcal.evaluate.readers.study import Category, Structure
from corcal.evaluate.readers.tables import adjudication_table, agreement_table, overall_table
from corcal.evaluate.statistics.attrition import Attrition

RCA, LAD = Structure("RCA", "artery"), Structure("LAD", "calcium")
SCALE = ("excellent", "minor", "major")


def ratings(*by_reader: dict[tuple[str, Structure], str]) -> Ratings:
    cases = tuple(sorted({case for items in by_reader for case, _ in items}))
    readers = tuple("ABCDE"[: len(by_reader)])
    return Ratings(SCALE, readers, cases, dict(zip(readers, by_reader, strict=True)))


def of_rca(text: str) -> dict[tuple[str, Structure], str]:
    """Return ratings of the RCA of cases 0, 1, ... from letters: e, m, M; - is missing."""
    words = {"e": "excellent", "m": "minor", "M": "major"}
    return {(str(i), RCA): words[c] for i, c in enumerate(text) if c != "-"}


def test_three_readers_by_hand() -> None:
    # Pairs that agree: 3, 1, 0, 3, and 1 of 1 where one reader is missing, of 3 or 1.
    (found,) = agreement_of(ratings(of_rca("eememe"), of_rca("eemmm-"), of_rca("emMmm-")))
    assert dict(found.by_reader["A"]) == {"excellent": 4, "minor": 2, "major": 0}
    assert dict(found.unanimous) == {"excellent": 1, "minor": 1, "major": 0}
    assert found.kappa.n == 5
    agreement = (1 + 1 / 3 + 1 / 3 + 1 / 3 + 1) / 5
    assert found.kappa.value == pytest.approx((agreement - 1 / 3) / (2 / 3))


def test_disputes_begin_with_the_widest_and_know_the_majority() -> None:
    given = ratings(of_rca("eeee"), of_rca("emMe"), of_rca("em-m"))
    found = disputes_of(given)
    assert [(d.case, d.apart, d.majority) for d in found] == [
        ("2", 2, None),
        ("1", 1, "minor"),
        ("3", 1, "excellent"),
    ]
    assert found[0].ratings == ("excellent", "major", None)
    table = adjudication_table(given, agreement_of(given), found)
    assert table.rows[0] == ("2", "RCA", "artery", "excellent", "major", "–", "2", "–", "")


def test_one_reader_has_shares_and_no_agreement() -> None:
    given = ratings(of_rca("eem"))
    (found,) = agreement_of(given)
    assert found.kappa.value is None
    assert disputes_of(given) == ()
    table = agreement_table(given, (found,))
    assert table.rows[0] == ("RCA", "excellent", "2 (66.7)", "–", "–", "–")
    assert any("With one reader there is no agreement" in note for note in table.notes)


def test_missing_ratings_are_counted_in_the_notes() -> None:
    given = ratings(of_rca("eem"), of_rca("e--"))
    notes = agreement_table(given, agreement_of(given)).notes
    assert "Reader B rated 1 of 3; what was not rated is left out." in notes


def test_every_table_says_how_many_cases_it_has_of_how_many() -> None:
    first = of_rca("eem-") | {("0", LAD): "minor"}
    given = ratings(first, of_rca("em--"))
    agreed = agreement_of(given)
    assert [one.attrition for one in agreed] == [
        Attrition(3, (("rated by one reader alone", 1),)),
        Attrition(3, (("rated by nobody", 2), ("rated by one reader alone", 1))),
    ]
    tables = (
        agreement_table(given, agreed),
        overall_table(given, agreed),
        adjudication_table(given, agreed, disputes_of(given)),
    )
    assert [table.lines_below[-1] for table in tables] == [
        "Cases that two readers or more rated: RCA 3 in, 2 used (1: rated by one reader alone); "
        "Left main + LAD, calcium 3 in, 0 used (2: rated by nobody; 1: rated by one reader alone).",
        "Structures that two readers or more rated: 6 in, 2 used "
        "(2: rated by one reader alone; 2: rated by nobody).",
        "Structures to adjudicate: 6 in, 1 used "
        "(2: rated by one reader alone; 2: rated by nobody; 1: all readers agree).",
    ]


def test_overall_shares_add_up() -> None:
    first = of_rca("ee") | {("0", LAD): "major", ("1", LAD): "minor"}
    second = of_rca("em") | {("0", LAD): "major"}
    given = ratings(first, second)
    rows = overall_table(given, agreement_of(given)).rows
    assert ("All arteries", "excellent", "2 (100.0)", "1 (50.0)", "1 (50.0)") in rows
    assert ("Everything", "major", "1 (25.0)", "1 (33.3)", "1 (33.3)") in rows


#: Scans of 100 on which the paper's two readers agreed, and what its Table 2 prints.
TABLE_2 = {
    ("RCA", "artery"): (82, "0.76 (0.66–0.86)"),
    ("LAD", "artery"): (86, "0.81 (0.72–0.90)"),
    ("LCX", "artery"): (76, "0.68 (0.57–0.79)"),
    ("RCA", "calcium"): (89, "0.85 (0.77–0.94)"),
    ("LAD", "calcium"): (89, "0.85 (0.77–0.94)"),
    ("LCX", "calcium"): (84, "0.79 (0.69–0.88)"),
}


def paper_ratings(folder: Path) -> list[Path]:
    """Write two readers' ratings of 100 scans that agree as often as the paper's."""
    paths = []
    for reader in ("AJS", "TNA"):
        lines = ["reader,case,artery,structure,rating"]
        for (artery, part), (agreed, _) in TABLE_2.items():
            for case in range(100):
                other = "minor" if reader == "TNA" and case >= agreed else "excellent"
                lines.append(f"{reader},{case},{artery},{part},{other}")
        paths.append(folder / f"{reader}.csv")
        paths[-1].write_text("\n".join(lines))
    return paths


def test_table_2_from_ratings_to_print(tmp_path: Path) -> None:
    scale = [Category(name) for name in (*SCALE, "absent")]
    given = read_ratings(paper_ratings(tmp_path), categories=scale)
    rows = agreement_table(given, agreement_of(given)).rows
    printed = {row[0]: row[-2] for row in rows if row[-2]}
    titles = {Structure(*key).title: text for key, (_, text) in TABLE_2.items()}
    assert printed == titles
    # The paper: "moderate to strong agreement".
    assert {row[-1] for row in rows if row[-1]} == {"moderate", "strong"}


def test_everything_is_written(tmp_path: Path) -> None:
    given = read_ratings(paper_ratings(tmp_path), categories=[Category(n) for n in SCALE])
    written = publish_readers(given).write(tmp_path / "out")
    assert {p.name for p in written} == {
        "readers.json", "readers.html",
        *(f"{t}.{s}" for t in ("table2_readers", "readers_overall", "adjudication", "readers_pairs",
                                         "readers_all")
          for s in ("csv", "md", "tex")),
    }  # fmt: skip
    document = json.loads(written[0].read_text())
    assert document["agreement"]["LAD"]["artery"]["kappa"]["n"] == 100
    assert document["to_adjudicate"] == 600 - 82 - 86 - 76 - 89 - 89 - 84
    page = written[1].read_text()
    assert "Adjudication" not in page
    assert "94 structures are rated differently" in page
    assert "<script" not in page


def test_the_adjudication_list_comes_back_as_csv(tmp_path: Path) -> None:
    given = ratings(of_rca("ee"), of_rca("eM"))
    text = table_csv(adjudication_table(given, agreement_of(given), disputes_of(given))).decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["Case"], r["Reader B"], r["Decision"]) for r in rows] == [("1", "major", "")]


def test_one_reader_alone_is_said_to_have_no_agreement() -> None:
    item = ("x", Structure("RCA", "artery"))
    alone = Ratings(("good", "poor"), ("A",), ("x",), {"A": {item: "good"}})
    assert summary_of(alone, agreement_of(alone)) == (
        "1 case, 1 reader, 2 categories.",
        "No agreement: it needs the ratings of two readers.",
    )
