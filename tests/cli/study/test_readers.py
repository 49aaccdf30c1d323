"""`corcal readers` as a user calls it, from results to forms and from ratings to agreement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corcal.cli import main as cli
from tests.evaluate.on_disk import write_phantom


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    for seed, name in enumerate(("one", "two")):
        write_phantom(folder, name, seed)
    return folder


def forms(root: Path, out: Path, *more: str) -> int:
    key = str(out.with_name("key.json"))
    wanted = ["--reader", "A", "--reader", "B", "--key", key, "-o", str(out)]
    return cli.main(["readers", "forms", str(root / "results"), *wanted, *more])


def rated(folder: Path, reader: str, word: str) -> str:
    path = folder / f"ratings-{reader}.csv"
    path.write_text(path.read_text().replace(",\n", f",{word}\n"))
    return str(path)


def test_from_results_to_agreement(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, scored = tmp_path / "forms", tmp_path / "scored"
    assert forms(root, out) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == [
        f"{out / 'form-A.html'}: 2 cases for reader A",
        f"{out / 'form-B.html'}: 2 cases for reader B",
        f"{tmp_path / 'key.json'}: undoes the blinding; keep it from the readers",
    ]
    files = [rated(out, "A", "excellent"), rated(out, "B", "minor")]
    key = ["--key", str(tmp_path / "key.json")]
    assert cli.main(["readers", "score", *files, *key, "-o", str(scored)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("2 cases, 2 readers, 3 categories.\nThe readers agree on 0 of 12")
    assert printed.endswith(f"Report: {scored / 'readers.html'}\n")
    assert (scored / "adjudication.csv").read_text().count("\n") == 13


def test_json_is_all_that_is_printed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "forms"
    assert forms(root, out, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["cases"] == 2
    assert made["forms"]["A"] == str(out / "form-A.html")
    files = [rated(out, "A", "major"), rated(out, "B", "major")]
    asked = ["--key", made["key"], "-o", str(tmp_path / "scored"), "--json"]
    assert cli.main(["readers", "score", *files, *asked]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert scored["agreement"]["LCX"]["calcium"]["kappa"]["value"] == 1.0
    assert scored["blinded"] is True


def test_scans_give_more_pictures(root: Path, tmp_path: Path) -> None:
    assert forms(root, tmp_path / "few", "--quiet") == 0
    more = ["--scans", str(root / "scans"), "--slices", "3", "--quiet", "--force"]
    assert forms(root, tmp_path / "many", *more) == 0
    few, many = ((tmp_path / f / "form-A.html").read_text() for f in ("few", "many"))
    assert few.count("image/jpeg") == 2 * 2 * 4
    assert many.count("image/jpeg") == 2 * 2 * 10


def test_a_scale_of_ones_own(root: Path, tmp_path: Path) -> None:
    own = ["--category", "good=can be used", "--category", "bad", "--quiet"]
    assert forms(root, tmp_path / "forms", *own) == 0
    page = (tmp_path / "forms/form-A.html").read_text()
    assert "<b>good</b>: can be used" in page
    key = json.loads((tmp_path / "key.json").read_text())
    assert [c["name"] for c in key["categories"]] == ["good", "bad"]


def test_ratings_of_other_software_need_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "reader,case,artery,structure,rating\nA,1,RCA,artery,good\nB,1,RCA,artery,bad\n"
    )
    own = ["--category", "good", "--category", "bad", "-o", str(tmp_path / "out")]
    assert cli.main(["readers", "score", str(path), *own]) == 0
    assert "RCA −1.00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--reader", "a"], "readers need different names"),
        (["--reader", "../x"], "letters, figures"),
        (["--category", "good"], "two or more different categories"),
        (["--scans", "nowhere"], "nowhere: is no folder"),
    ],
)
def test_refusals_are_2_and_leave_nothing(
    change: list[str], said: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forms(root, tmp_path / "forms", *change) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_key_does_not_lie_among_the_forms(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = ["--key", str(tmp_path / "forms/key.json")]
    assert forms(root, tmp_path / "forms", *inside) == 2
    assert "would lie among the forms" in capsys.readouterr().err


def test_a_key_is_not_overwritten_unasked(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forms(root, tmp_path / "forms", "--quiet") == 0
    before = (tmp_path / "key.json").read_bytes()
    assert forms(root, tmp_path / "again", "--seed", "2") == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "key.json").read_bytes() == before
    assert forms(root, tmp_path / "forms", "--seed", "2", "--force", "--quiet") == 0
    assert (tmp_path / "key.json").read_bytes() != before


def test_a_key_states_the_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--key", "key.json", "--category", "a", "-o", str(tmp_path / "out")]
    assert cli.main(["readers", "score", "r.csv", *asked]) == 2
    assert "leave --category out" in capsys.readouterr().err
