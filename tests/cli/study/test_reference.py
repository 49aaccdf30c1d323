"""`corcal reference` on made-up files in the form of COCA."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import corcal
from corcal.cli.main import main
from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.storage import read_csv
from tests.annotate.coca_files import images_of, write_outlines, write_scan
from tests.annotate.drawings import heart
from tests.read.dicom.dicom_files import SPACING_MM

CODES = heart(Grid.axial((12, 60, 64), (3.0, *SPACING_MM)))
CALCIUM = np.where(CODES > 3, CODES, 0).astype(np.uint8)


@pytest.fixture
def gated(tmp_path: Path) -> Path:
    """Return a set of three: with outlines, without, and with damaged ones."""
    home = tmp_path / "coca" / "Gated_release_final"
    for patient in ("2", "10", "11"):
        write_scan(home / "patient" / patient / "series", CODES)
    write_outlines(home / "calcium_xml" / "2.xml", images_of(CALCIUM))
    write_outlines(home / "calcium_xml" / "11.xml", [])
    return home


def cells(path: Path) -> dict[tuple[str, str], tuple[bool | None, float]]:
    return {
        (r.text("patient"), r.text("artery")): (r.boolean("present"), r.number("agatston"))
        for r in read_csv(path).rows
    }


def test_outlines_become_a_reference(
    gated: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reference", str(gated.parent), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        f"Patients: 1, with calcium: 1. Table: {out / 'reference.csv'}\nLeft out: 2;"
    )
    assert f"Next: corcal cohort {out / 'cases.csv'} -o SCORED; corcal evaluate SCORED" in said
    scan = corcal.read_scan(gated / "patient" / "2")
    bright = np.where(scan.hu >= 130, CALCIUM, 0).astype(np.uint8)
    labels = ArteryLabels(bright, scan.grid)
    score = corcal.quantify_labels(scan, labels).report.score
    found = cells(out / "reference.csv")
    assert list(found) == [("2", a.value) for a in Artery]
    for artery in Artery:
        present, agatston = found["2", artery.value]
        assert present
        assert agatston == pytest.approx(score.of(artery).agatston, abs=1e-3)
    kept = corcal.read_labels(out / "labels" / "2.nii.gz", scan)
    np.testing.assert_array_equal(kept.codes, bright)
    cases = read_csv(out / "cases.csv").rows
    assert [(r.text("case"), Path(r.text("scan"))) for r in cases] == [
        ("2", (gated / "patient" / "2").absolute())
    ]
    left = {r.text("patient"): r.text("reason") for r in read_csv(out / "left_out.csv").rows}
    assert left["10"] == "10: the set has no outlines of this scan"
    assert left["11"] == "11.xml: holds no outline that encloses an area"


def test_scans_without_outlines_may_be_free_of_calcium(gated: Path, out: Path) -> None:
    command = ["reference", str(gated), "-o", str(out), "--without-outlines", "none", "--quiet"]
    assert main(command) == 0
    found = cells(out / "reference.csv")
    assert {key: value for key, value in found.items() if key[0] == "10"} == {
        ("10", a.value): (False, 0.0) for a in Artery
    }


def sheet(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (
        ("filename", "LCA", "LAD", "LCX", "RCA", "total"),
        ("1A", 1.5, 10, 0, 3, 14.5),
        ("2A", 0, 0, 0, 0, 0),
        ("3A", 0, 5, 0, 0, 50),
        ("4A", None, 5, 0, 0, 5),
    ):
        book.active.append(row)
    book.save(path)
    return path


def test_a_sheet_of_scores_becomes_a_reference(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ct" / "1").mkdir(parents=True)
    command = ["reference", str(sheet(tmp_path / "scores.xlsx")), "-o", str(out)]
    assert main([*command, "--scans", str(tmp_path / "ct"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["patients"], said["with_calcium"]) == (1, 1)
    assert cells(out / "reference.csv") == {
        ("1", "RCA"): (True, 3.0),
        ("1", "LAD"): (True, 11.5),
        ("1", "LCX"): (False, 0.0),
    }
    assert said["left_out"] == {
        "2": "ct holds no folder 2",
        "3": "its total is not the sum of its arteries, or a cell is empty",
        "4": "its total is not the sum of its arteries, or a cell is empty",
    }
    assert main([*command, "--force", "--quiet"]) == 0
    assert [key[0] for key in cells(out / "reference.csv")] == ["1"] * 3 + ["2"] * 3
    assert not (out / "cases.csv").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("filename,LCA,LAD,LCX\n1,0,0,0\n", "rca"),
        ("filename,LCA,LAD,LCX,RCA\n1A,0,0,0,-1\n", "is no score"),
        ("filename,LCA,LAD,LCX,RCA\n1A,0,0,0,1\n1,0,0,0,1\n", "patient 1 stands there twice"),
    ],
)
def test_other_sheets_are_refused(
    tmp_path: Path, out: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scores.csv").write_text(text)
    assert main(["reference", str(tmp_path / "scores.csv"), "-o", str(out)]) == 2
    assert words in capsys.readouterr().err.lower().replace("\n", " ")
    assert main(["reference", str(tmp_path), "-o", str(out)]) == 2
    assert "holds no patient/ and calcium_xml/" in capsys.readouterr().err
    assert not out.exists()
