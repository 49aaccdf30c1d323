from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import corcal
from corcal.cli import main as cli
from corcal.core.grid import Grid
from corcal.phantom.files.as_nifti import write_nifti

nibabel = pytest.importorskip("nibabel")

TILT = np.array([[1.0, 0.0, 0.0], [0.0, 0.98, -0.2], [0.0, 0.2, 0.98]])


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return scan_at(tmp_path / "scan.nii.gz", Grid.axial((40, 80, 90), (1.5, 0.9, 0.9)))


def scan_at(path: Path, grid: Grid) -> Path:
    hu = np.rint(np.random.default_rng(0).normal(40.0, 8.0, grid.shape)).astype(np.int16)
    hu[:, :6] = -1000
    write_nifti(path, hu, grid)
    return path


@pytest.fixture
def traced(tmp_path: Path) -> Path:
    arteries = {
        name: {
            "group_label": code,
            "points_ras_mm": [[-x, -float(y), 30.0] for y in range(15, 60)],
            "radius_mm": [2.0] * 45,
        }
        for name, code, x in (("RCA", 1, 20.0), ("LM+LAD", 2, 40.0), ("LCX", 3, 60.0))
    }
    path = tmp_path / "centrelines.json"
    path.write_text(json.dumps({"arteries": arteries}))
    return path


def test_a_scan_gets_lesions_labels_and_truth(
    scan: Path, traced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["--per-artery", "2", "--volume", "10", "40", "--motion", "0", "--seed", "4"]
    assert cli.main(["phantom", "insert", str(scan), str(traced), "-o", str(out), *arguments]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"{out / 'ct.nii.gz'}: 6 lesions of ")
    names = {"ct.nii.gz", "labels.nii.gz", "lesions.nii.gz", "lesions.csv", "truth.json"}
    assert {p.name for p in out.iterdir()} == names
    truth = json.loads((out / "truth.json").read_text())
    assert truth["schema"] == "corcal-insertion/1"
    assert (truth["seed"], truth["plan"]["volume_mm3"]) == (4, [10.0, 40.0])
    assert [truth["arteries"][a]["lesions"] for a in ("RCA", "LAD", "LCX")] == [2, 2, 2]
    with (out / "lesions.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [float(r["volume_mm3"]) for r in table] == [x["volume_mm3"] for x in truth["lesions"]]
    before, after = nibabel.load(scan), nibabel.load(out / "ct.nii.gz")
    assert np.allclose(before.affine, after.affine)
    numbers = np.asarray(nibabel.load(out / "lesions.nii.gz").dataobj)
    codes = np.asarray(nibabel.load(out / "labels.nii.gz").dataobj)
    assert set(np.unique(codes)) == {0, 1, 2, 3, 4, 5, 6}
    assert np.array_equal(numbers > 0, codes > 3)
    voxel = 1.5 * 0.9 * 0.9
    assert (numbers > 0).sum() * voxel == pytest.approx(truth["total"]["visible_mm3"], rel=1e-4)
    brighter = np.asarray(after.dataobj).astype(int) - np.asarray(before.dataobj)
    assert brighter[numbers > 0].min() > 40


def test_quantify_counts_what_was_inserted(scan: Path, traced: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--volume", "40", "80", "--hu", "700", "900", "--motion", "0", "--quiet"]
    assert cli.main(["phantom", "insert", str(scan), str(traced), "-o", str(out), *arguments]) == 0
    truth = json.loads((out / "truth.json").read_text())
    ct = corcal.read_scan(out / "ct.nii.gz")
    labels = corcal.read_labels(out / "labels.nii.gz", ct)
    voxels = sum(int(labels.calcium(a).sum()) for a in corcal.Artery)
    assert voxels * ct.grid.voxel_mm3 == pytest.approx(truth["total"]["visible_mm3"], rel=1e-3)


def test_arteries_may_be_a_label_map_and_scans_tilted(tmp_path: Path) -> None:
    upright = Grid.axial((40, 80, 90), (1.5, 0.9, 0.9), (-30.0, 4.0, 12.0))
    affine = upright.affine.copy()
    affine[:3] = TILT @ affine[:3]
    grid = Grid(upright.shape, affine)
    scan = scan_at(tmp_path / "scan.nii.gz", grid)
    codes = np.zeros(grid.shape, np.uint8)
    codes[18:21, 15:65, 43:47] = 2
    write_nifti(tmp_path / "arteries.nii.gz", codes, grid)
    out, labels = tmp_path / "out", tmp_path / "arteries.nii.gz"
    assert cli.main(["phantom", "insert", str(scan), str(labels), "-o", str(out), "--quiet"]) == 0
    with_them = nibabel.load(out / "ct.nii.gz")
    assert np.allclose(with_them.affine, nibabel.load(scan).affine, atol=1e-4)
    truth = json.loads((out / "truth.json").read_text())
    assert {x["artery"] for x in truth["lesions"]} == {"LAD"}
    for lesion in truth["lesions"]:
        at = grid.to_index(np.array([[lesion["x_mm"], lesion["y_mm"], lesion["z_mm"]]]))[0]
        assert 16 < at[0] < 23
        assert 40 < at[2] < 50


def test_json_is_the_truth_and_nothing_else(
    scan: Path, traced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["phantom", "insert", str(scan), str(traced), "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "truth.json").read_text())
    assert str(tmp_path) not in (out / "truth.json").read_text()


def test_an_earlier_insertion_is_replaced_only_with_force(
    scan: Path, traced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    call = ["phantom", "insert", str(scan), str(traced), "-o", str(out), "--quiet"]
    assert cli.main(call) == 0
    (out / "notes.txt").write_text("mine")
    first = (out / "truth.json").read_text()
    assert cli.main([*call, "--seed", "2"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (out / "truth.json").read_text() == first
    assert cli.main([*call, "--seed", "2", "--force"]) == 0
    assert (out / "truth.json").read_text() != first
    assert (out / "notes.txt").exists()


def test_arteries_of_another_scan_are_refused(
    scan: Path, traced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    courses = json.loads(traced.read_text())
    for course in courses["arteries"].values():
        course["points_ras_mm"] = [[x + 500, y, z] for x, y, z in course["points_ras_mm"]]
    traced.write_text(json.dumps(courses))
    out = tmp_path / "out"
    assert cli.main(["phantom", "insert", str(scan), str(traced), "-o", str(out)]) == 2
    assert "centrelines.json: no lesion found room on these arteries" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--volume", "9", "3"], "volume_mm3 of inserted lesions must run"),
        (["--hu", "90", "300"], "calcium has 130 HU or more, not 90"),
        (["--motion", "2"], "2.0 must be 0.0 to 1.0"),
    ],
)
def test_lesions_that_cannot_be_are_refused(
    scan: Path,
    traced: Path,
    tmp_path: Path,
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert cli.main(["phantom", "insert", str(scan), str(traced), "-o", str(out), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()
