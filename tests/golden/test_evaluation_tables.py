"""The tables of `corcal evaluate` are to the letter those that were looked through.

They are those of the code before it was rebuilt but for: a byte order mark, intervals of areas on
the logit scale, p values of heterogeneity by stratum, DeLong's and Holm's p values of two systems,
the score test of parallel lines, and tables that are new.

`evaluate/` holds two systems and a reference of 150 made-up patients in two hospitals, and in
`expected/` what the command wrote of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.cli.main import main

INPUTS = Path(__file__).with_name("evaluate")
EXPECTED = INPUTS / "expected"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluate")
    files = [str(INPUTS / "a.csv"), str(INPUTS / "ref.csv"), "--against", str(INPUTS / "b.csv")]
    options = ["--stratify", "hospital", "-o", str(out), "--force", "--quiet"]
    assert main(["evaluate", *files, *options]) == 0
    return out


def test_the_same_tables_are_written(tables: Path) -> None:
    assert {p.name for p in tables.glob("*.csv")} == {p.name for p in EXPECTED.glob("*.csv")}


@pytest.mark.parametrize("name", sorted(p.name for p in EXPECTED.glob("*.csv")))
def test_each_table_is_the_same_to_the_letter(tables: Path, name: str) -> None:
    assert (tables / name).read_bytes() == (EXPECTED / name).read_bytes()
