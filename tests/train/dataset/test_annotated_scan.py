"""An annotated scan: labels of another scan are found out, whatever they share with this one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corcal.annotate.checks.plausibility import CALCIUM_BRIGHT
from corcal.core.errors import (
    AnnotationRefused,
    DatasetRefused,
    GridMismatch,
    HeartNotFound,
    ScanNotAdmitted,
)
from corcal.core.grid import Grid
from corcal.label.paint import paint
from corcal.locate.embedded import EmbeddedLocator
from corcal.phantom.files.as_nifti import write_nifti
from corcal.read import read_labels, read_scan
from corcal.train.dataset.annotated_scan import AnnotatedScan, DrawnHeart, read_annotated_scan
from corcal.train.dataset.manifest import ManifestRow
from tests.train.cohort import SHAPE, scan_of, small_settings

SETTINGS = small_settings()


def pair_of(folder: Path, **given: object) -> AnnotatedScan:
    """Return the pair of scan 0 with some of its files replaced."""
    hu, codes, heart, grid = scan_of(0)
    for name, voxels in {"ct": hu, "labels": codes, "heart": heart, **given}.items():
        write_nifti(folder / f"{name}.nii.gz", voxels, grid)  # type: ignore[arg-type]
    return read(folder)


def read(folder: Path) -> AnnotatedScan:
    row = ManifestRow(
        1, 2, "P", folder / "ct.nii.gz", folder / "labels.nii.gz", None, folder / "heart.nii.gz"
    )
    return read_annotated_scan(row, SETTINGS, EmbeddedLocator())


def test_a_pair_on_the_path_of_scoring(tmp_path: Path) -> None:
    pair = pair_of(tmp_path)
    hu, codes, _, grid = scan_of(0)
    assert pair.hu.shape == pair.codes.shape == pair.grid.shape
    # How a scan was gated matters to its category alone, not to a training.
    assert pair.notices == ()
    # At the scan's own spacing nothing is lost on the way there and back.
    back = pair.geometry.put_back(pair.codes)
    assert np.array_equal(back.codes, codes)
    assert back.grid.matches(grid)
    inside = pair.geometry.box.slices
    assert np.abs(pair.hu - hu[inside]).max() < 0.5


def test_labels_of_another_scan_on_another_grid(tmp_path: Path) -> None:
    pair_of(tmp_path)
    _, codes, _, grid = scan_of(1)
    write_nifti(tmp_path / "labels.nii.gz", codes, grid)
    with pytest.raises(GridMismatch, match=r"labels\.nii\.gz"):
        read(tmp_path)
    coarse = Grid.axial((24, 48, 48), (4.0, 2.0, 2.0))
    write_nifti(tmp_path / "labels.nii.gz", codes[::2], coarse)
    with pytest.raises(GridMismatch, match=r"grid \(24, 48, 48\)"):
        read(tmp_path)


@pytest.mark.parametrize("seed", range(1, 6))
def test_labels_of_another_scan_on_the_same_grid(seed: int, tmp_path: Path) -> None:
    hu, _, _, _ = scan_of(0)
    _, codes, _, _ = scan_of(seed)
    # Hearts of one place share voxels; these are a hand's breadth apart, as patients are.
    codes = np.roll(codes, (0, 6, 0), (0, 1, 2))
    share = (hu[codes >= 4] >= 130).mean()
    assert share < CALCIUM_BRIGHT.impossible
    with pytest.raises(
        AnnotationRefused, match=f"{100 * share:.0f} % of the calcium's voxels reach 130"
    ):
        pair_of(tmp_path, labels=codes)


def test_labels_in_reversed_slice_order(tmp_path: Path) -> None:
    _, codes, _, _ = scan_of(0)
    with pytest.raises(AnnotationRefused, match="cannot be of this scan"):
        pair_of(tmp_path, labels=codes[::-1])


@pytest.mark.parametrize("order", [[0, 2, 1, 3, 5, 4, 6], [0, 1, 3, 2, 4, 6, 5]])
def test_exchanged_arteries_are_refused_or_noted_as_by_annotate(
    order: list[int], tmp_path: Path
) -> None:
    codes = np.array(order, np.uint8)[scan_of(0)[1]]
    with pytest.raises(AnnotationRefused, match=r"labels\.nii\.gz: cannot be of this scan"):
        pair_of(tmp_path, labels=codes)
    row = ManifestRow(1, 2, "P", tmp_path / "ct.nii.gz", tmp_path / "labels.nii.gz", None, None)
    heart = DrawnHeart(tmp_path / "heart.nii.gz")
    noted = read_annotated_scan(row, SETTINGS, heart, checked=False).notices
    assert any("lies" in n.text and "that of the" in n.text for n in noted)


def test_arteries_drawn_in_the_lung(tmp_path: Path) -> None:
    hu, codes, _, _ = scan_of(0)
    codes[codes >= 4] -= 3
    air = np.where(codes > 0, np.int16(-800), hu)
    with pytest.raises(AnnotationRefused, match="of the arteries' voxels are lung"):
        pair_of(tmp_path, ct=air, labels=codes)


def test_a_heart_that_is_elsewhere(tmp_path: Path) -> None:
    heart = np.zeros(SHAPE, np.uint8)
    heart[:6, :6, :6] = 1
    with pytest.raises(DatasetRefused, match="0% of what is drawn lies in the heart"):
        pair_of(tmp_path, heart=heart)
    with pytest.raises(HeartNotFound, match=r"ct\.nii\.gz"):
        pair_of(tmp_path, heart=np.zeros(SHAPE, np.uint8))


def test_an_empty_map_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatasetRefused, match="the label map is empty"):
        pair_of(tmp_path, labels=np.zeros(SHAPE, np.uint8))


def test_a_lesion_that_falls_between_voxels_is_noted(tmp_path: Path) -> None:
    hu, codes, _, grid = scan_of(0)
    # At 6 mm every third voxel is looked at; one lesion of a single voxel is put beside it.
    codes[codes >= 4] -= 3
    codes[24, 24, 24], hu[24, 24, 24] = 4, 500
    codes[20, 22, 23], hu[20, 22, 23] = 5, 500
    write_nifti(tmp_path / "ct.nii.gz", hu, grid)
    for name, mask in {"labels": codes, "heart": scan_of(0)[2]}.items():
        write_nifti(tmp_path / f"{name}.nii.gz", mask, grid)
    coarse = replace(SETTINGS.preparation, spacing_mm=(6.0, 6.0, 6.0))
    lenient = replace(SETTINGS.training, min_inside_share=0)
    row = ManifestRow(1, 2, "P", tmp_path / "ct.nii.gz", tmp_path / "labels.nii.gz")
    pair = read_annotated_scan(
        row,
        replace(SETTINGS, preparation=coarse, training=lenient),
        DrawnHeart(tmp_path / "heart.nii.gz"),
    )
    assert np.count_nonzero(pair.codes >= 4) < 2
    (lost,) = (n for n in pair.notices if n.code == "lesions-lost")
    assert re.match(r"[12] of 2 drawn calcified lesions are smaller than a voxel", lost.text)


def test_a_scan_that_scoring_would_refuse_is_refused(tmp_path: Path) -> None:
    hu, codes, heart, _ = scan_of(0)
    flat = Grid.axial((10, 48, 48), (2.0, 2.0, 2.0))
    write_nifti(tmp_path / "ct.nii.gz", hu[19:29], flat)
    for name, mask in {"labels": codes, "heart": heart}.items():
        write_nifti(tmp_path / f"{name}.nii.gz", mask[19:29], flat)
    with pytest.raises(ScanNotAdmitted, match="slices"):
        read(tmp_path)


def test_the_codes_are_painted_as_the_network_will_be(tmp_path: Path) -> None:
    # Six perfect regions, painted, are the labels that were drawn.
    pair = pair_of(tmp_path)
    from corcal.core.artery import REGIONS

    regions = np.stack([np.isin(pair.codes, r.codes) for r in REGIONS])
    assert np.array_equal(paint(regions.astype(np.float32), 0.5), pair.codes)


def test_the_readers_are_those_of_scoring() -> None:
    import corcal.train.dataset.annotated_scan as module

    assert vars(module)["read_scan"] is read_scan
    assert vars(module)["read_labels"] is read_labels
