"""Ratings in: with and without a key, and everything that can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.readers.ratings import Ratings, read_ratings
from corcal.evaluate.readers.study import SCALE, BlindedCase, Structure, Study

HEADER = "reader,case,artery,structure,rating\n"
KEY = Study(
    SCALE,
    {"A": (BlindedCase("QQ22", "one"), BlindedCase("QQ33", "two")),
     "B": (BlindedCase("RR22", "two"), BlindedCase("RR33", "one"))},
    1,
)  # fmt: skip
RCA = Structure("RCA", "artery")


def read(tmp_path: Path, *texts: str, key: Study | None = None) -> Ratings:
    paths = []
    for number, text in enumerate(texts):
        paths.append(tmp_path / f"ratings{number}.csv")
        paths[-1].write_text(HEADER + text, encoding="utf-8")
    return read_ratings(paths, key=key, categories=SCALE)


def test_a_key_brings_the_readers_cases_together(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "A,QQ22,RCA,artery,excellent\nA,QQ33,RCA,artery,Minor\n",
        "B,rr33,rca,ARTERY,major\nB,RR22,RCA,artery,\n",
        key=KEY,
    )
    assert found.readers == ("A", "B")
    assert found.cases == ("one", "two")
    assert found.of("one", RCA) == ("excellent", "major")
    assert found.of("two", RCA) == ("minor", None)
    assert found.structures == (RCA,)
    assert found.blinded


def test_without_a_key_cases_are_as_they_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, "B,x,LAD,calcium,minor\nA,x,LAD,calcium,minor\nA,y,LAD,calcium,\n")
    assert (found.readers, found.cases, found.blinded) == (("A", "B"), ("x", "y"), False)
    assert found.of("x", Structure("LAD", "calcium")) == ("minor", "minor")


def test_a_spreadsheets_semicolons_and_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    text = (HEADER + "A,x,RCA,artery,minor\n").replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_ratings([path], categories=SCALE).of("x", RCA) == ("minor",)


def test_a_reader_who_sent_nothing_is_still_in_the_study(tmp_path: Path) -> None:
    found = read(tmp_path, "A,QQ22,RCA,artery,excellent\n", key=KEY)
    assert found.readers == ("A", "B")
    assert found.of("one", RCA) == ("excellent", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A,QQ22,RCA,artery,good\n", r"line 2: rating 'good' is not on the scale \(excellent"),
        ("A,QQ22,RCX,artery,minor\n", "line 2: 'RCX' 'artery' is not rated here"),
        ("A,QQ22,RCA,plaque,minor\n", "'RCA' 'plaque' is not rated here"),
        ("C,QQ22,RCA,artery,minor\n", r"reader 'C' is not in the key \(readers: A, B\)"),
        (",QQ22,RCA,artery,minor\n", "no reader is named"),
        ("A,,RCA,artery,minor\n", "no case is named"),
        ("A,RR22,RCA,artery,minor\n", "not of reader A's form; it is of reader B's form"),
        ("A,ZZ99,RCA,artery,minor\n", "not of reader A's form; no form has it"),
        (
            "A,QQ22,RCA,artery,minor\nA,QQ22,RCA,artery,minor\n",
            r"line 3: reader A rated RCA artery of case QQ22 already \(ratings0.csv, line 2\)",
        ),
        ("A,QQ22,RCA,artery,\n", "none of the files holds a rating"),
        ("", "holds no rows"),
        ("A,QQ22,RCA,artery,minor,more\n", "6 cells under 5 columns"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        read(tmp_path, text, key=KEY)


def test_a_form_sent_twice_is_said(tmp_path: Path) -> None:
    text = "A,QQ22,RCA,artery,minor\n"
    with pytest.raises(TableRefused, match=r"ratings1.csv, line 2: .* \(ratings0.csv, line 2\)"):
        read(tmp_path, text, text, key=KEY)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="there is no such file"):
        read_ratings([tmp_path / "none.csv"], categories=SCALE)


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("reader,case,rating\nA,x,minor\n")
    with pytest.raises(TableRefused, match="no column artery, structure; it has reader, case"):
        read_ratings([path], categories=SCALE)


def test_codes_of_forms_without_the_key_are_refused(tmp_path: Path) -> None:
    head = "reader,case,artery,structure,rating\n"
    paths = []
    for reader, codes in (("A", ("Q7RX", "M2KD")), ("B", ("ZZ8T", "H4WN"))):
        path = tmp_path / f"{reader}.csv"
        path.write_text(head + "".join(f"{reader},{c},RCA,artery,excellent\n" for c in codes))
        paths.append(path)
    with pytest.raises(TableRefused, match="give the key of the study with --key"):
        read_ratings(paths, categories=SCALE)


def test_one_reader_under_two_spellings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        TableRefused, match="line 3: reader 'ajs' and reader 'AJS' differ by capital letters alone"
    ):
        read(tmp_path, "AJS,x,RCA,artery,minor\najs,y,RCA,artery,minor\n")


def test_what_to_do_where_there_is_no_rating(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"'NA' is not on the scale.*leave the cell empty"):
        read(tmp_path, "A,x,RCA,artery,NA\n")


def test_cases_without_their_zeros_are_not_blamed_on_the_key(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="the same name in all files, with its leading zeros"):
        read(tmp_path, "A,007,RCA,artery,minor\nB,7,RCA,artery,minor\n")
