"""`corcal annotate` as it is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corcal.cli.main import main
from corcal.phantom import ConOptions
from corcal.phantom.files.as_con import ORPHAN
from corcal.phantom.files.as_nifti import write_nifti
from tests.annotate.drawings import GRID, chest, con_of, heart

MAP = ["--map", "6=RCA,7=LAD", "--map", "8=LCX,9=calcium"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    codes = heart()
    codes[10, 50:52, 30:32] = ORPHAN
    write_nifti(tmp_path / "ct.nii.gz", chest(codes).hu, GRID)
    path = con_of(tmp_path, codes, options=ConOptions(reversed_slices=True, centred=True))
    return [str(tmp_path / "ct.nii.gz"), str(path)]


def test_one_drawing_is_described_in_words(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["annotate", *files, "-o", str(tmp_path / "out"), *MAP]) == 0
    said = capsys.readouterr().out
    assert "RCA-calcium" in said
    assert "Decided: slices down: the calcium contours agree with the scan's values (up " in said
    assert "Decided: origin centre: " in said
    assert "Note: Pieces of calcium that touch no artery: 1, together 4.9 mm\u00b3." in said
    assert said.endswith(f"Look at it: {tmp_path / 'out' / 'qc.png'}\n")


def test_options_reach_the_work(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", str(tmp_path / "out"), *MAP]
    assert main(["annotate", *files, *out, "--orphans", "refuse"]) == 2
    assert "pieces of calcium that touch no artery: 1: 4.9 mm" in capsys.readouterr().err
    assert main(["annotate", *files, *out, "--slices", "up"]) == 2
    assert "cannot be of this scan" in capsys.readouterr().err
    wide = ["--orphans", "nearest", "--reach", "30", "--origin", "centre", "--json"]
    assert main(["annotate", *files, *out, *wide]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["orphans"][0]["given_to"] == "RCA"
    assert shown["decisions"][1]["why"] == "as given"
    assert main(["annotate", *files, *out, "--slices", "up", "--unchecked", "--force"]) == 0
    assert "Note: Doubtful: " in capsys.readouterr().out


def test_a_table_of_drawings_ends_with_a_summary_and_a_code(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("scan,annotation\nct.nii.gz,drawn.con\nct.nii.gz,none.con\n")
    command = ["annotate", "--manifest", str(table), "-o", str(tmp_path / "out"), *MAP]
    assert main(command) == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("case-0001  done    RCA, LAD, LCX; calcium ")
    # The second says that voxels below air were set to it.
    assert said[0].endswith("; orphans: 1; notes: 2")
    assert said[1].startswith("case-0002  FAILED  ")
    assert "there is no such file" in said[1]
    assert said[-1] == f"1 of 2 done: {tmp_path / 'out' / 'manifest.csv'}"
    table.write_text("scan,annotation,patient\nct.nii.gz,drawn.con,P1\n")
    assert main([*command, "--force", "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["case"], shown["error"]) == ("case-0001", None)
    assert main([*command, "--force", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "given",
    [[], ["ct"], ["ct", "a.con", "--manifest", "m"], ["--manifest", "m", "--series", "1.2"]],
)
def test_one_scan_or_a_table(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", *given, "-o", "out"]) == 2
    assert "Error: " in capsys.readouterr().err


def test_a_map_that_cannot_be_read_is_refused_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["annotate", "ct", "a.con", "-o", "out", "--map", "6=heart"]) == 2
    assert "'6=heart' in the map is not like 6=RCA" in capsys.readouterr().err
