"""Courses that somebody traced, from centreline files and from label maps."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.errors import LabelsRefused, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.phantom.inserting.centrelines import label_centrelines, read_centrelines


def file_of(folder: Path, **changes: Any) -> Path:
    line = [[float(i), 2.0, -3.0] for i in range(40)]
    one = {
        "group_label": 2,
        "points_ras_mm": line,
        "radius_mm": [2.0] * 40,
        "confidence": [3] * 15 + [1] * 5 + [2] * 20,
    }
    path = folder / "x_centrelines.json"
    path.write_text(json.dumps({"arteries": {"LM+LAD": one | changes}}))
    return path


def test_points_become_lps_and_unseen_stretches_are_left_out(tmp_path: Path) -> None:
    first, second = read_centrelines(file_of(tmp_path))
    assert (first.name, first.artery) == ("LM+LAD", Artery.LAD)
    assert first.tube.points_mm[0] == pytest.approx([0.0, -2.0, -3.0])
    assert [len(v.tube.points_mm) for v in (first, second)] == [15, 20]
    (sure,) = read_centrelines(file_of(tmp_path), least_confidence=3)
    assert len(sure.tube.points_mm) == 15
    (whole,) = read_centrelines(file_of(tmp_path), least_confidence=1)
    assert whole.tube.length_mm == pytest.approx(39.0)


def test_a_file_without_confidence_is_trusted(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    courses = json.loads(path.read_text())
    del courses["arteries"]["LM+LAD"]["confidence"]
    path.write_text(json.dumps(courses))
    (one,) = read_centrelines(path)
    assert one.tube.length_mm == pytest.approx(39.0)


@pytest.mark.parametrize(
    "changes", [{"group_label": 7}, {"points_ras_mm": [[0, 1]] * 40}, {"confidence": [3] * 4}]
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableScan, match=r"x_centrelines\.json: is no centreline file"):
        read_centrelines(file_of(tmp_path, **changes))


def test_what_is_no_json_or_absent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[1, 2]")
    with pytest.raises(UnreadableScan, match="no centreline file"):
        read_centrelines(tmp_path / "a.json")
    with pytest.raises(UnreadableScan, match="missing or damaged"):
        read_centrelines(tmp_path / "b.json")


def test_nothing_seen_well_enough_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelsRefused, match="confidence 3 or more"):
        read_centrelines(file_of(tmp_path, confidence=[2] * 40), least_confidence=3)


def tube_of(points: np.ndarray, grid: Grid, radius_mm: float) -> np.ndarray:
    voxels = grid.to_lps(np.argwhere(np.ones(grid.shape)).astype(float))
    near = np.full(len(voxels), np.inf)
    for point in points:
        np.minimum(near, np.linalg.norm(voxels - point, axis=1), out=near)
    return (near <= radius_mm).reshape(grid.shape)


def test_the_middle_of_a_labelled_arc_is_found() -> None:
    grid = Grid.axial((30, 60, 60), (1.5, 1.0, 1.0))
    t = np.linspace(0.0, 2.5, 80)
    arc = np.stack([30 + 20 * np.cos(t), 30 + 20 * np.sin(t), 5 + 10 * t], axis=1)
    codes = np.zeros(grid.shape, np.uint8)
    codes[tube_of(arc, grid, 2.0)] = 3
    (found,) = label_centrelines(ArteryLabels(codes, grid))
    assert found.artery is Artery.LCX
    apart = np.linalg.norm(found.tube.points_mm[:, None] - arc[None], axis=2).min(axis=1)
    assert apart.max() < 2.0
    assert apart.mean() < 0.5
    assert found.tube.length_mm == pytest.approx(2.5 * np.hypot(20, 10), rel=0.08)


def test_a_branch_is_a_course_of_its_own() -> None:
    grid = Grid.axial((12, 60, 60), (1.5, 1.0, 1.0))
    s = np.linspace(5.0, 55.0, 60)
    stem = np.stack([s, 0 * s + 20.0, 0 * s + 8.0], axis=1)
    branch = np.stack([0 * s[:30] + 30.0, np.linspace(20.0, 45.0, 30), 0 * s[:30] + 8.0], axis=1)
    codes = np.zeros(grid.shape, np.uint8)
    codes[tube_of(np.vstack([stem, branch]), grid, 1.8)] = 2
    lengths = sorted(v.tube.length_mm for v in label_centrelines(ArteryLabels(codes, grid)))
    assert lengths == [pytest.approx(21.0, abs=5.0), pytest.approx(52.0, abs=4.0)]


def test_calcium_is_part_of_its_artery_and_empty_maps_are_refused() -> None:
    grid = Grid.axial((12, 20, 40), (1.5, 1.0, 1.0))
    codes = np.zeros(grid.shape, np.uint8)
    codes[5:7, 8:11, 5:35] = 1
    codes[5:7, 8:11, 15:20] = 4
    (one,) = label_centrelines(ArteryLabels(codes, grid))
    assert one.artery is Artery.RCA
    with pytest.raises(LabelsRefused, match="no artery of 6 mm"):
        label_centrelines(ArteryLabels(np.zeros(grid.shape, np.uint8), grid))
