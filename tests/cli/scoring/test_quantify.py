"""`corcal quantify` on a tiny phantom, whose calcium is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corcal
from corcal import Settings
from corcal.cli.main import main
from corcal.storage import write_nifti
from corcal.testing import tiny_phantom


@pytest.fixture
def command(tiny: Path, out: Path) -> list[str]:
    return ["quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "-o", str(out)]


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return found


def test_the_calcium_of_a_label_map_is_measured(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    assert "Left main + LAD   yes" in capsys.readouterr().out
    score, true = report(out), sum(tiny_phantom(4).agatston.values())
    assert score["total"]["agatston"] == pytest.approx(true, abs=1)
    assert [a["present"] for a in score["arteries"].values()] == [False, True, True]
    assert score["models"] == []


def test_json_alone_is_on_stdout(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--json"]) == 0
    assert capsys.readouterr() == ((out / "report.json").read_text(encoding="utf-8"), "")


def test_settings_and_person_reach_the_report(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stated = ["--paper", "--age", "70", "--sex", "male", "--group", "black"]
    assert main([*command, *stated, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    found = report(out)
    assert found["method"]["settings"]["scoring"] == Settings.paper().as_dict()["scoring"]
    assert found["percentile"] is not None


@pytest.mark.parametrize("labels", ["labels.nii.gz", "coronary.nii.gz"])
def test_two_people_in_one_file_are_not_measured(
    tiny: Path, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], labels: str
) -> None:
    first, second = tiny_phantom(4).scan, tiny_phantom(5).scan
    joined = np.concatenate([first.hu[:30], second.hu[30:]])
    write_nifti(tmp_path / "joined.nii.gz", joined, first.grid.affine)
    marked = (tiny_phantom(4).labels > 0).astype(np.uint8)
    write_nifti(tmp_path / "coronary.nii.gz", marked, first.grid.affine)
    path = tmp_path / labels if labels == "coronary.nii.gz" else tiny / labels
    stated = ["--map", "1=coronary", "--calcium-inside"] if labels == "coronary.nii.gz" else []
    assert (
        main(["quantify", str(tmp_path / "joined.nii.gz"), str(path), "-o", str(out), *stated]) == 2
    )
    assert "Slices 30 and 31 of 64 (the first at the feet) do not belong together" in (
        capsys.readouterr().err
    )
    assert not out.exists()


def test_the_map_says_what_the_codes_mean(command: list[str], out: Path) -> None:
    # The calcium of the LAD is said to be of the RCA; of vessels nothing reaches 130 HU.
    assert main([*command, "--map", "1=LAD,2=LAD,3=LAD,5=RCA,6=LCX", "--quiet"]) == 0
    assert [a["present"] for a in report(out)["arteries"].values()] == [True, False, True]


def test_a_wrong_map_is_refused_before_any_work(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--map", "1"]) == 2
    assert capsys.readouterr().err.startswith("corcal: '1' in the map is not like 6=RCA")
    assert not out.exists()


def test_an_earlier_report_needs_force(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "report.json").write_text("an earlier one")
    assert main(command) == 2
    assert "use --force" in capsys.readouterr().err
    assert (out / "report.json").read_text() == "an earlier one"
    assert main([*command, "--force", "--quiet"]) == 0
    assert report(out)["total"]["agatston"] > 0


def vessels_of(tiny: Path, folder: Path, codes: dict[int, int]) -> Path:
    """Write the labels of the phantom under other codes."""
    scan = corcal.read_scan(tiny / "ct.nii.gz")
    labels = corcal.read_labels(tiny / "labels.nii.gz", scan)
    table = np.array([codes.get(code, 0) for code in range(7)], dtype=np.uint8)
    path = folder / "drawn.nii.gz"
    write_nifti(path, table[labels.codes], labels.grid.affine)
    return path


ARTERIES = {1: 1, 4: 1, 2: 2, 5: 2, 3: 3, 6: 3}


def test_arteries_alone_are_never_no_calcium(
    tiny: Path, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = vessels_of(tiny, tmp_path, ARTERIES)
    command = ["quantify", str(tiny / "ct.nii.gz"), str(drawn), "-o", str(out)]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.startswith("corcal: drawn.nii.gz: marks arteries and no calcium. ")
    assert "--map 1=RCA,2=LAD,3=LCX" in said
    assert "--calcium-inside" in said
    assert not out.exists()
    assert main([*command, "--calcium-inside", "--quiet"]) == 0
    found = report(out)
    assert [a["present"] for a in found["arteries"].values()] == [False, True, True]
    assert "calcium-inside" in [n["code"] for n in found["notices"]]


def test_one_mask_of_all_arteries_gives_a_total_and_no_report(
    tiny: Path, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = vessels_of(tiny, tmp_path, dict.fromkeys(range(1, 7), 1))
    command = ["quantify", str(tiny / "ct.nii.gz"), str(drawn), "-o", str(out), "--calcium-inside"]
    assert main(command) == 2
    assert "is it one artery" in capsys.readouterr().err
    command += ["--map", "1=coronary"]
    assert main([*command, "--pdf"]) == 2
    assert main([*command, "--dicom"]) == 2
    capsys.readouterr()
    person = ["--age", "70", "--sex", "male", "--group", "black"]
    assert main([*command, *person]) == 0
    said = capsys.readouterr().out
    assert "Note: The labels do not say which artery: there is a total" in said
    assert "MESA percentile: " in said
    assert [path.name for path in out.iterdir()] == ["total.json"]
    total = json.loads((out / "total.json").read_text(encoding="utf-8"))
    true = sum(tiny_phantom(4).agatston.values())
    assert total["total"]["agatston"] == pytest.approx(true, rel=0.05)
    assert total["schema"] == "corcal-total/1"
    assert "arteries" not in total
    assert main([*command, "--force", "--json"]) == 0
    assert capsys.readouterr().out == (out / "total.json").read_text(encoding="utf-8")


def test_a_report_is_not_left_beside_a_total(tiny: Path, tmp_path: Path, out: Path) -> None:
    drawn = vessels_of(tiny, tmp_path, {4: 1, 5: 1, 6: 1})
    command = ["quantify", str(tiny / "ct.nii.gz"), str(drawn), "-o", str(out), "--quiet"]
    assert main([*command, "--map", "1=LAD"]) == 0
    assert (out / "report.html").exists()
    assert main([*command, "--map", "1=calcium"]) == 2
    assert main([*command, "--map", "1=calcium", "--force"]) == 0
    assert [path.name for path in out.iterdir()] == ["total.json"]


def test_a_segmentation_of_slicer_is_read_by_its_names(tiny: Path, out: Path) -> None:
    plain = ["quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "--quiet"]
    assert main([*plain, "-o", str(out)]) == 0
    ours = report(out)["arteries"]
    again = out.with_name("again")
    names = ["quantify", str(tiny / "ct.nii.gz"), str(out / "labels.seg.nrrd"), "--quiet"]
    assert main([*names, "-o", str(again)]) == 0
    assert report(again)["arteries"] == ours


def test_the_user_says_that_a_scan_was_gated(
    command: list[str], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--gating", "yes"]) == 0
    assert "CAC-DRS A" in capsys.readouterr().out
    found = report(out)
    assert (found["input"]["gated"], found["input"]["gating_source"]) == (True, "user")
    assert found["method"]["agatston_kind"] == "Agatston"
    assert found["method"]["settings"]["admission"]["gating"] == "yes"
    for path in out.iterdir():
        assert b"non-gated" not in path.read_bytes()
        assert b"not gated" not in path.read_bytes()
