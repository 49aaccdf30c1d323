"""`corcal readers compare`, from tables of readings to the tables of a paper."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from corcal.cli.main import main
from tests.evaluate.cohorts import write_csv
from tests.evaluate.statistics.test_multireader import van_dyke

HEADS = ("reader", "system", "case", "score", "present")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Van Dyke's study as tables: readings of the whole patient, and who had a dissection."""
    folder = tmp_path_factory.mktemp("van_dyke")
    scores, ill = van_dyke()
    rows = [
        (f"r{j}", system, f"P{k:03d}", int(scores[i, j, k]), int(scores[i, j, k] >= 3))
        for i, system in enumerate(("spin echo", "cine"))
        for j in range(5)
        for k in range(len(ill))
    ]
    truth = [(f"P{k:03d}", "any", int(x)) for k, x in enumerate(ill)]
    return (
        write_csv(folder / "readings.csv", rows, HEADS),
        write_csv(folder / "truth.csv", truth, ("patient", "artery", "present")),
    )


def test_van_dykes_study_as_a_user_makes_it(
    tables: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["readers", "compare", tables[0], "--reference", tables[1], "-o", str(out)]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("114 cases, readers r0, r1, r2, r3, r4, systems spin echo, cine.\n")
    assert (
        "Any artery, AUC of the score: spin echo less cine −0.044 (−0.088 to 0.000), p 0.052 "
        "(random readers, random cases)."
    ) in said
    names = {p.name for p in out.iterdir()}
    for table in ("means", "differences", "readers", "components"):
        assert {f"systems_{table}.{end}" for end in ("csv", "md", "tex")} <= names
    text = (out / "systems_differences.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [r["Figure"] for r in rows] == ["AUC of the score", "Sensitivity", "Specificity"]
    assert rows[0]["df"] == "15.3"
    assert rows[0]["Fixed readers"] == "−0.044 (−0.080 to −0.007)"
    made = (out / "systems_means.md").read_text(encoding="utf-8")
    assert "Made by corcal" in made
    assert "n = 114 cases, 5 readers" in made
    assert "Sensitivity 114 in, 45 used (69: without calcium)" in made


def test_no_output_names_a_case(tables: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["readers", "compare", tables[0], "--reference", tables[1], "-o", str(out)]
    assert main([*arguments, "--quiet"]) == 0
    assert all(b"P0" not in p.read_bytes() for p in out.iterdir())
    document = json.loads((out / "systems.json").read_text(encoding="utf-8"))
    area = document["figures"][0]
    assert area["components"]["cov1"] == pytest.approx(0.00034661371)
    assert area["readers"]["cine"]["r3"] == pytest.approx(0.99935588)


def test_a_case_that_one_reader_lacks_is_left_out_and_counted(
    tables: tuple[str, str], tmp_path: Path
) -> None:
    lines = Path(tables[0]).read_text(encoding="utf-8").splitlines()
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("\n".join([*lines[:1], *lines[2:]]), encoding="utf-8")
    out = tmp_path / "out"
    arguments = ["readers", "compare", str(fewer), "--reference", tables[1], "-o", str(out)]
    assert main([*arguments, "--quiet"]) == 0
    document = json.loads((out / "systems.json").read_text(encoding="utf-8"))
    left = document["figures"][0]["attrition"]
    assert left["n_used"] == 113
    assert left["left_out"] == [{"reason": "not read by every reader with every system", "n": 1}]


@pytest.mark.parametrize(
    ("rows", "heads", "said"),
    [
        ([("A", "x", "P000", 1)] * 2, ("reader", "system", "case", "score"),
         "line 3: reader A read any of this case with x already (made.csv, line 2)"),
        ([("A", "x", "P000", "")], ("reader", "system", "case", "score"), "every cell is empty"),
        ([("A", "x", "P000")], ("reader", "system", "case"), "neither a column score nor"),
        ([("A", "x", "P000", "perhaps")], ("reader", "system", "case", "present"), "'perhaps'"),
        ([("A", "", "P000", 1)], ("reader", "system", "case", "score"), "line 2: has no system"),
        ([("A", "x", "nobody", 1)], ("reader", "system", "case", "score"),
         "1 of 1 cases of the readings are not in truth.csv"),
        ([("A", "x", "P000", 1)], ("reader", "system", "case", "score"), "two cases with and two"),
    ],
)  # fmt: skip
def test_what_cannot_be_analysed_is_refused(
    tables: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[tuple[object, ...]],
    heads: tuple[str, ...],
    said: str,
) -> None:
    made = write_csv(tmp_path / "made.csv", rows, heads)
    out = ["-o", str(tmp_path / "out")]
    assert main(["readers", "compare", made, "--reference", tables[1], *out]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
