"""`corcal score` of the example scan, once; and what it refuses before any work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corcal import Settings
from corcal.cli.main import main
from corcal.read import read_scan

EXAMPLE = Path(__file__).parents[3] / "examples" / "data" / "LCTSC-Test-S1-201.zip"


class Scored(NamedTuple):
    code: int
    printed: str
    folder: Path
    report: dict[str, Any]


@pytest.fixture(scope="module")
def series() -> str:
    uid = read_scan(EXAMPLE).source.series_uid
    assert uid
    return uid


@pytest.fixture(scope="module")
def scored(series: str, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Return the report of the example scan, by the settings of a file and for a person."""
    folder = tmp_path_factory.mktemp("scored")
    own, out = folder / "own.toml", folder / "out"
    own.write_text("[admission]\nmin_slices = 40\n", encoding="utf-8")
    stated = ["--age", "60", "--sex", "female", "--group", "White", "--settings", str(own)]
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("click.echo", lambda text="", **_: printed.append(str(text)))
        arguments = ["score", str(EXAMPLE), "-o", str(out), "--series", series, *stated, "--json"]
        code = main(arguments)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return Scored(code, "\n".join(printed), out, report)


def test_the_example_is_scored(scored: Scored) -> None:
    assert scored.code == 0
    # Two plain lesions of the left main and proximal LAD (217 mm3), drawn by a reader.
    assert 100 < scored.report["total"]["volume_mm3"] < 300
    assert {"report.json", "report.html", "labels.nii.gz"} <= {
        p.name for p in scored.folder.iterdir()
    }


def test_json_is_the_report_as_written(scored: Scored) -> None:
    assert json.loads(scored.printed) == scored.report


def test_the_settings_of_the_file_are_in_the_report(scored: Scored) -> None:
    settings = scored.report["method"]["settings"]
    assert settings["admission"]["min_slices"] == 40
    assert settings["scoring"] == Settings().as_dict()["scoring"]


def test_models_and_person_are_in_the_report(scored: Scored) -> None:
    steps = [model["step"] for model in scored.report["models"]]
    assert steps == ["heart", "arteries"]
    assert scored.report["percentile"] is not None


def test_an_unknown_series_is_refused(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(EXAMPLE), "-o", str(out), "--series", "1.2.3"]) == 2
    assert "1.2.3" in capsys.readouterr().err
    assert not out.exists()


def test_an_earlier_report_is_noticed_before_the_scan_is_read(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "report.json").write_text("an earlier one")
    assert main(["score", "absent.zip", "-o", str(out)]) == 2
    assert "use --force" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--settings", "absent.toml"], "absent.toml: cannot be read as TOML settings"),
        (["--age", "60"], "needs --age, --sex and --group together"),
        (["--age", "60", "--sex", "male"], "needs --age, --sex and --group together"),
        (["--sex", "x"], "'x' is not one of 'female', 'male'"),
        (["--model", "absent"], "absent"),
        (["--model", "absent", "--fast"], "model absent always runs whole: leave out --fast"),
        (["--paper", "--fast"], "give one of them"),
    ],
)
def test_refused_before_any_work(
    out: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "absent.zip", "-o", str(out), *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert not out.exists()
