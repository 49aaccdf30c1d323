"""overlap, describe, panels, ablation and checklist as a user calls them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("matplotlib")

from corcal.cli import main as cli
from tests.evaluate.on_disk import write_phantom, write_volume
from tests.report.conftest import make_codes


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results, scans and references of two cases, and a result without a reference."""
    folder = tmp_path_factory.mktemp("cases")
    for seed, name in enumerate(("one", "two", "three")):
        write_phantom(folder, name, seed)
    for name in ("one", "two"):
        write_volume(folder / "references" / f"{name}.nii.gz", make_codes())
    return folder


def test_overlap(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(root / "results"), str(root / "references")]
    assert cli.main(["overlap", *folders, "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "RCA artery   mean Dice 0.8" in said.out
    assert "LCX calcium  mean Dice undefined (n = 0), median HD95 undefined" in said.out
    assert "Lesions: 4 of 4 found, 4 of 4 predicted are right" in said.out
    assert "Note: 1 of 3 predictions have no reference and were not compared." in said.out


def test_overlap_without_a_prediction(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(root / "references"), str(root / "results")]
    assert cli.main(["overlap", *folders, "-o", str(tmp_path / "out")]) == 2
    assert "1 of 3 cases without a prediction: three" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_panels(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["panels", str(root / "results"), str(root / "scans"), "-o", str(tmp_path / "out")]
    show = ["--show", "one:RCA", "--show", "two:lad", "--reference", str(root / "references")]
    assert cli.main([*given, *show]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{tmp_path / 'out/figure3_panels.png'}\nExamples: (A) RCA; (B) Left")
    assert (tmp_path / "out/figure3_panels.svg").stat().st_size > 10_000


def test_panels_of_every_patient_go_on_as_many_figures_as_they_need(
    root: Path, tmp_path: Path
) -> None:
    given = ["panels", str(root / "results"), str(root / "scans"), "-o", str(tmp_path / "out")]
    assert cli.main([*given, "--quiet"]) == 0
    assert sorted(p.name for p in (tmp_path / "out").glob("*.txt")) == [
        "figure3_panels_1.txt",
        "figure3_panels_2.txt",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--show", "four"], "no prediction is named four; there are one, three, two"),
        (["--show", "three"], "1 of 1 cases without a reference: three"),
    ],
)
def test_panels_that_cannot_be_drawn(
    more: list[str], said: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["panels", str(root / "results"), str(root / "scans"), "-o", str(tmp_path / "out")]
    assert cli.main([*given, "--reference", str(root / "references"), *more]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    lines = ["patient,split,sex,age"]
    lines += [f"P{i},{'train' if i % 4 else 'test'},{'fm'[i % 2]},{50 + i}" for i in range(20)]
    path = tmp_path / "cohort.csv"
    path.write_text("\n".join(lines))
    return path


def test_describe(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--by", "split", "--kind", "age=median", "-o", str(tmp_path / "out")]
    assert cli.main(["describe", str(cohort), *asked]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "By split: test 5; train 15." in said.out
    table = (tmp_path / "out/table1_cohort.md").read_text()
    assert "| age | median [IQR] |" in table


def test_describe_with_a_flow_that_does_not_add_up(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = tmp_path / "flow.csv"
    flow.write_text("box,parent,n\nAll,,20\ntrain,All,15\ntest,All,4\n")
    asked = ["--flow", str(flow), "-o", str(tmp_path / "out")]
    assert cli.main(["describe", str(cohort), *asked]) == 2
    assert "'All' holds 20, but 15 'train' + 4 'test' make 19" in capsys.readouterr().err
    flow.write_text("box,parent,n\nAll,,20\ntrain,All,16\ntest,All,4\n")
    assert cli.main(["describe", str(cohort), "--by", "split", *asked]) == 2
    assert "'train' holds 16, but cohort.csv has 15" in capsys.readouterr().err
    assert cli.main(["describe", str(cohort), "--kind", "age", *asked]) == 2
    assert "COLUMN=KIND" in capsys.readouterr().err


@pytest.fixture
def models(tmp_path: Path) -> list[str]:
    for name, text in (("ref", "11110000"), ("full", "11100000"), ("bare", "11000001")):
        rows = [f"{p},{v},{v},{v}" for p, v in zip("abcdefgh", text, strict=True)]
        head = "patient,RCA_present,LAD_present,LCX_present"
        (tmp_path / f"{name}.csv").write_text("\n".join([head, *rows]))
    return [
        str(tmp_path / "ref.csv"),
        f"Full model={tmp_path / 'full.csv'}",
        f"No crop={tmp_path / 'bare.csv'}",
    ]


def test_ablation(models: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ablation", *models, "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "| RCA | Full model | 8 | 75.0 (30.1–95.4) |" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["bare.csv"], "'bare.csv' is not like NAME=PRED"),
        (["No crop=other.csv"], "Two models are named 'No crop'."),
    ],
)
def test_ablation_of_unnamed_models(
    change: list[str],
    said: str,
    models: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["ablation", *models, *change, "-o", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err


def test_checklist_of_everything(
    root: Path,
    cohort: Path,
    models: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folders = [str(tmp_path / name) for name in ("ablation", "describe", "evaluate", "overlap")]
    runs = [
        ["ablation", *models],
        ["describe", str(cohort), "--by", "split"],
        ["evaluate", models[1].partition("=")[2], models[0]],
        ["overlap", str(root / "results"), str(root / "references")],
    ]
    for run, folder in zip(runs, folders, strict=True):
        assert cli.main([*run, "-o", folder, "--quiet"]) == 0
    result = str(root / "results/one")
    capsys.readouterr()
    assert cli.main(["checklist", *folders, result, "-o", str(tmp_path / "c"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["checklist_stard"]["items"] == 34
    assert printed["checklist_claim"]["items"] == 44
    assert printed["checklist_stard"]["filled"] == 9
    text = (tmp_path / "c/checklist_claim.md").read_text()
    for part in ("Ablation (Full model, No crop)", "Resampled to 0.8 x 0.73 x 0.73 mm", "test 5;"):
        assert part in text
    assert (Path(folders[2]) / "checklist_stard.md").exists()


def test_without_the_extra_the_way_to_it_is_said(
    cohort: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert cli.main(["describe", str(cohort), "-o", str(tmp_path / "out")]) == 2
    assert 'needs matplotlib: pip install ".[evaluate]"' in capsys.readouterr().err
