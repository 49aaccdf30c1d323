from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from corcal.cli.main import main
from tests.evaluate.cohorts import write_cohort


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    return write_cohort(tmp_path_factory.mktemp("tables"), 60)


def test_tables_in_a_folder_out(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, truth, second = tables
    out = tmp_path / "out"
    asked = ["--against", second, "--stratify", "hospital", "--interval", "exact"]
    assert main(["evaluate", first, truth, "-o", str(out), *asked]) == 0
    printed = capsys.readouterr()
    assert "RCA" in printed.out
    assert str(out / "evaluation.html") in printed.out
    document = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert document["input"]["patients"] == 60
    assert document["comparison"]["against"] == "worse.csv"
    assert document["options"]["interval"] == "exact"


def test_one_table_given_twice_is_said(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(Path(tables[1]).read_bytes())
    for first in (tables[1], str(copy)):
        assert main(["evaluate", first, tables[1], "-o", str(tmp_path / "o"), "--force"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert f"{Path(first).name} and {Path(tables[1]).name} say the same of every" in said


def test_json_alone(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *tables[:2], "-o", str(tmp_path / "o"), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["schema"] == "corcal-evaluation/1"
    assert printed.err == ""


def test_quiet_says_nothing(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *tables[:2], "-o", str(tmp_path / "o"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_refused_table_writes_nothing(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("patient,artery,present\n0,RCA,7\n", encoding="utf-8")
    assert main(["evaluate", str(wrong), tables[1], "-o", str(tmp_path / "o")]) == 2
    assert "wrong.csv, line 2" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_an_earlier_evaluation_needs_force(
    tables: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["evaluate", *tables[:2], "-o", str(tmp_path / "o"), "--quiet"]
    assert main(arguments) == 0
    assert main(arguments) == 2
    assert "--force" in capsys.readouterr().err
    assert main([*arguments, "--force"]) == 0


def test_without_the_extra_it_says_what_to_install(
    tables: tuple[str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["evaluate", *tables[:2], "-o", str(tmp_path / "o")]) == 2
    assert 'pip install ".[evaluate]"' in capsys.readouterr().err
