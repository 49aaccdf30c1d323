"""Reader against reader, and against oneself: by hand, and from forms to the tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from corcal.cli.main import main
from corcal.core.errors import TableRefused
from corcal.evaluate.readers.forms import blank_ratings
from corcal.evaluate.readers.pairs import (
    agreement_of_all,
    agreement_of_pairs,
    agreement_with_oneself,
)
from corcal.evaluate.readers.ratings import read_ratings
from corcal.evaluate.readers.study import SCALE, key_json, plan_study, read_key
from corcal.evaluate.statistics.interval import IntervalRule
from tests.evaluate.cohorts import write_csv
from tests.evaluate.readers.test_agreement import of_rca, ratings

RULE = IntervalRule()
HEADS = ("reader", "case", "artery", "structure", "rating")


def test_two_readers_have_the_kappas_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    first = rng.integers(0, 3, 60)
    second = np.where(rng.random(60) < 0.7, first, rng.integers(0, 3, 60))
    words = ("".join("emM"[i] for i in side) for side in (first, second))
    (pair,) = agreement_of_pairs(ratings(*map(of_rca, words)), RULE)
    assert pair.readers == ("A", "B")
    assert pair.same.value == pytest.approx((first == second).mean())
    for name, weights in (("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohen_kappa_score(first, second, weights=weights)
        assert pair.kappas[name].estimate.value == pytest.approx(expected)


def test_every_two_of_three_readers_and_all_at_once() -> None:
    given = ratings(of_rca("eememe"), of_rca("eemmm-"), of_rca("emMmm-"))
    pairs = agreement_of_pairs(given, RULE)
    assert [p.readers for p in pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert [p.same.n for p in pairs] == [5, 5, 5]
    assert pairs[0].attrition.lost == (("not rated by both", 1),)
    (whole,) = agreement_of_all(given, RULE)
    # Fleiss by hand: five cases with all three readers, 7 e, 7 m and 1 M of 15.
    agreed = (1 + 1 / 3 + 1 / 3 + 1 / 3 + 1) / 5
    shares = np.array([6, 8, 1]) / 15
    chance = float((shares**2).sum())
    assert whole.fleiss.n == 5
    assert whole.fleiss.value == pytest.approx((agreed - chance) / (1 - chance))
    assert whole.ac1.n == 5


def rows_of(reader: str, words: str, session: str = "") -> list[tuple[str, ...]]:
    names = {"e": "excellent", "m": "minor", "M": "major"}
    return [
        (reader, str(i), "RCA", "artery", names[w], session)
        for i, w in enumerate(words)
        if w != "-"
    ]


def test_second_ratings_have_a_session(tmp_path: Path) -> None:
    rows = [*rows_of("A", "eemM"), *rows_of("A", "em-M", "2"), *rows_of("B", "eeee", "1")]
    path = Path(write_csv(tmp_path / "r.csv", rows, (*HEADS, "session")))
    given = read_ratings([path], categories=SCALE)
    (oneself,) = agreement_with_oneself(given, RULE)
    assert (oneself.readers, oneself.same.n) == (("A", "A"), 3)
    assert oneself.same.value == pytest.approx(2 / 3)
    # Second ratings take no part in the agreement of readers.
    (pair,) = agreement_of_pairs(given, RULE)
    assert pair.same.value == pytest.approx(2 / 4)


def test_a_second_rating_without_a_session_is_refused(tmp_path: Path) -> None:
    rows = [*rows_of("A", "e"), *rows_of("A", "m")]
    path = Path(write_csv(tmp_path / "r.csv", rows, (*HEADS, "session")))
    with pytest.raises(TableRefused, match="write 2 into a column session"):
        read_ratings([path], categories=SCALE)
    path = Path(write_csv(tmp_path / "r.csv", rows_of("A", "e", "3"), (*HEADS, "session")))
    with pytest.raises(TableRefused, match="session '3' cannot be; it must be 1, 2 or empty"):
        read_ratings([path], categories=SCALE)


def test_some_cases_are_met_twice_under_other_codes_and_after_all_others() -> None:
    names = [f"case{i}" for i in range(8)]
    study = plan_study(names, ["A", "B"], categories=SCALE, seed=4, repeat=3)
    assert study.repeated == 3
    for blinded in study.order.values():
        assert sorted(b.case for b in blinded[:8]) == names
        assert len({b.case for b in blinded[8:]}) == 3
    codes = [b.code for blinded in study.order.values() for b in blinded]
    assert len(set(codes)) == 22
    with pytest.raises(TableRefused, match="9 cases cannot be shown twice: there are 8"):
        plan_study(names, ["A"], categories=SCALE, seed=4, repeat=9)


def test_from_a_form_with_repeats_to_the_agreement_with_oneself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = plan_study([f"c{i}" for i in range(6)], ["A", "B"], categories=SCALE, seed=1, repeat=2)
    (tmp_path / "key.json").write_bytes(key_json(study))
    assert read_key(tmp_path / "key.json") == study
    files = []
    for reader, blinded in study.order.items():
        text = blank_ratings(reader, blinded).decode("utf-8-sig").splitlines()
        # Excellent first, minor where the case is met again.
        rated = [f"{line}{'excellent' if i < 36 else 'minor'}" for i, line in enumerate(text[1:])]
        files.append(tmp_path / f"{reader}.csv")
        files[-1].write_text("\n".join([text[0], *rated]), encoding="utf-8")
    out = tmp_path / "out"
    key = ["--key", str(tmp_path / "key.json"), "-o", str(out)]
    assert main(["readers", "score", *map(str, files), *key]) == 0
    assert "The readers agree on 36 of 36 structures" in capsys.readouterr().out
    document = json.loads((out / "readers.json").read_text(encoding="utf-8"))
    assert {(p["readers"][0], p["same"]["value"], p["same"]["n"]) for p in document["oneself"]} == {
        ("A", 0.0, 2),
        ("B", 0.0, 2),
    }
    assert all(p["same"]["value"] == 1 for p in document["pairs"])
    table = (out / "readers_oneself.csv").read_text(encoding="utf-8-sig")
    assert [r["n"] for r in csv.DictReader(table.splitlines())] == ["2"] * 12
    assert {"readers_pairs.tex", "readers_all.md"} <= {p.name for p in out.iterdir()}
    assert "Reader against oneself" in (out / "readers.html").read_text(encoding="utf-8")
