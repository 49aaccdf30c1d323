"""Two label maps from their files to every figure, and those that cannot be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corcal.core.artery import Artery
from corcal.core.errors import GridMismatch, LabelsRefused
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.evaluate.overlap.compare import TARGETS, compare, compare_files
from corcal.settings import Scoring
from tests.evaluate.on_disk import GRID, write_volume
from tests.report.conftest import make_codes

EMPTY = np.zeros(GRID.shape, np.uint8)


def labels(codes: np.ndarray, grid: Grid = GRID) -> ArteryLabels:
    return ArteryLabels(codes, grid)


def test_a_map_against_itself_is_perfect() -> None:
    found = compare("one", labels(make_codes()), labels(make_codes()))
    for target in ("RCA", "LAD", "any"):
        for part in ("artery", "calcium"):
            one = found.overlap[target, part]
            assert (one.dice, one.jaccard, one.hd95_mm) == (1.0, 1.0, 0.0)
        match = found.lesions[target]
        assert match.reference == match.found == match.right == len(match.candidates) > 0
    assert found.overlap["LCX", "calcium"].presence == "neither"
    assert found.overlap["LCX", "calcium"].dice is None
    assert found.outlined


def test_volumes_are_those_of_the_codes() -> None:
    codes = make_codes()
    found = compare("one", labels(codes), labels(EMPTY))
    for artery in Artery:
        voxels = np.count_nonzero(codes == artery.calcium_code)
        assert found.overlap[artery.value, "calcium"].predicted_ml == pytest.approx(
            voxels * GRID.voxel_mm3 / 1000
        )
    assert not found.outlined
    assert found.overlap["any", "artery"].presence == "prediction"


def test_nothing_on_either_side_is_defined() -> None:
    found = compare("one", labels(EMPTY), labels(EMPTY))
    assert {found.overlap[t, p].presence for t in TARGETS for p in ("artery", "calcium")} == {
        "neither"
    }
    assert all(not m.candidates and m.reference == 0 for m in found.lesions.values())


def test_calcium_given_to_another_artery_is_found_in_any_only() -> None:
    wrong = make_codes()
    wrong[wrong == 4] = 6
    found = compare("one", labels(wrong), labels(make_codes()))
    assert found.overlap["RCA", "calcium"].dice == 0.0
    assert found.overlap["any", "calcium"].dice == 1.0
    assert (found.lesions["RCA"].found, found.lesions["any"].found) == (0, 2)


def test_lesions_hang_together_as_the_settings_say() -> None:
    codes = EMPTY.copy()
    codes[2, 2, 2] = codes[3, 3, 3] = 4
    for connectivity, lesions in ((26, 1), (18, 2), (6, 2)):
        found = compare(
            "one", labels(codes), labels(codes), scoring=Scoring(connectivity_3d=connectivity)
        )
        assert found.lesions["RCA"].reference == lesions


def test_files_in_another_order_of_axes_are_the_same(tmp_path: Path) -> None:
    codes = make_codes()
    first = write_volume(tmp_path / "a.nii.gz", codes)
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    flip[0, 3] = codes.shape[0] - 1
    turned = Grid(GRID.shape, GRID.affine @ flip)
    second = write_volume(tmp_path / "b.nrrd", codes[::-1], turned)
    found = compare_files("one", first, second)
    assert found.overlap["any", "artery"].dice == 1.0


def test_a_calcium_map_with_codes_of_its_own(tmp_path: Path) -> None:
    codes = make_codes()
    calcium = np.where(codes > 3, codes - 3, 0).astype(np.uint8) * np.uint8(10)
    first = write_volume(tmp_path / "a.nii.gz", codes)
    second = write_volume(tmp_path / "b.nii.gz", calcium)
    with pytest.raises(LabelsRefused, match="--map"):
        compare_files("one", first, second)
    found = compare_files("one", first, second, mapping={10: 4, 20: 5, 30: 6})
    assert found.overlap["any", "calcium"].dice == 1.0
    assert not found.outlined


def test_maps_on_other_grids_are_refused(tmp_path: Path) -> None:
    first = write_volume(tmp_path / "a.nii.gz", make_codes())
    moved = Grid.axial(GRID.shape, GRID.spacing_mm, (0.0, 0.0, 30.0))
    second = write_volume(tmp_path / "b.nii.gz", make_codes(), moved)
    with pytest.raises(GridMismatch, match=r"one: the prediction a\.nii\.gz"):
        compare_files("one", first, second)
