"""The dataset: as nnU-Net wants it, nameless, gone on with after a stop, and never mixed up."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from corcal.core.errors import DatasetRefused, OutputRefused
from corcal.core.grid import Grid
from corcal.phantom.files.as_nifti import write_nifti
from corcal.train.dataset import dataset as module
from corcal.train.dataset.crop_geometry import put_back
from corcal.train.dataset.dataset import Acceptance, image_file, label_file, make_dataset
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import scan_of, small_settings, write_cohort, write_manifest

SETTINGS = small_settings()


def parts(work: TrainingFolder) -> dict[str, str]:
    with work.split_file.open(newline="") as file:
        return {row["case"]: row["part"] for row in csv.DictReader(file)}


def test_every_scan_has_its_files_where_nnunet_looks(made: TrainingFolder) -> None:
    found = parts(made)
    assert len(found) == 6
    assert sorted(found.values()) == ["0", "0", "0", "1", "1", "test"]
    for case, part in found.items():
        kind = "Ts" if part == "test" else "Tr"
        assert (made.raw / f"images{kind}" / f"{case}_0000.nii.gz").is_file()
        assert (made.raw / f"labels{kind}" / f"{case}.nii.gz").is_file()
    splits = json.loads((made.raw / "splits_final.json").read_text())
    for k, fold in enumerate(splits):
        assert fold["val"] == [c for c, part in found.items() if part == str(k)]
    assert json.loads((made.raw / "dataset.json").read_text())["numTraining"] == 5


def test_images_are_prepared_and_labels_lie_on_them(made: TrainingFolder) -> None:
    case = "case_0001"
    kind = "Ts" if parts(made)[case] == "test" else "Tr"
    image = sitk.ReadImage(str(made.raw / f"images{kind}" / f"{case}_0000.nii.gz"))
    labels = sitk.ReadImage(str(made.raw / f"labels{kind}" / f"{case}.nii.gz"))
    assert image.GetPixelIDTypeAsString() == "32-bit float"
    for a, b in (
        (image.GetOrigin(), labels.GetOrigin()),
        (image.GetSpacing(), labels.GetSpacing()),
        (image.GetDirection(), labels.GetDirection()),
    ):
        assert np.allclose(a, b)
    assert np.allclose(image.GetSpacing(), (2, 2, 2))
    codes = sitk.GetArrayFromImage(labels)
    assert sorted(np.unique(codes)) == list(range(7))
    assert sitk.GetArrayFromImage(image)[codes >= 4].min() > 300


def test_the_way_back_gives_the_labels_as_drawn(made: TrainingFolder) -> None:
    for seed in range(6):
        case = f"case_{seed + 1:04d}"
        kind = "Ts" if parts(made)[case] == "test" else "Tr"
        _, drawn, _, grid = scan_of(seed)
        back = put_back(made.raw / f"labels{kind}" / f"{case}.nii.gz", case, made)
        assert np.array_equal(back.codes, drawn)
        assert back.grid.matches(grid)


def test_what_is_no_prediction_of_a_case_is_not_put_back(
    made: TrainingFolder, tmp_path: Path
) -> None:
    wrong, grid = tmp_path / "wrong.nii.gz", Grid.axial((4, 4, 4), (1.0, 1.0, 1.0))
    write_nifti(wrong, np.full((4, 4, 4), 7, np.uint8), grid)
    with pytest.raises(DatasetRefused, match=r"wrong\.nii\.gz: holds values other than the codes"):
        put_back(wrong, "case_0001", made)
    write_nifti(wrong, np.zeros((4, 4, 4), np.uint8), grid)
    with pytest.raises(DatasetRefused, match=r"shape \(4, 4, 4\) do not fill the crop"):
        put_back(wrong, "case_0001", made)


def test_what_is_saved_of_each_subject_is_what_the_paper_saves(made: TrainingFolder) -> None:
    said = json.loads(made.geometry_file("case_0002").read_text())
    assert said["scan_shape"] == [48, 48, 48]
    crop = np.array(said["crop_stop"]) - said["crop_start"]
    assert said["crop_shape"] == crop.tolist()
    assert all(said["voxels_by_label"][str(code)] > 0 for code in range(1, 7))


def test_nothing_names_a_patient(made: TrainingFolder) -> None:
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert b"Smith" not in path.read_bytes()
            assert "Smith" not in path.name


def test_a_stopped_run_goes_on(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = TrainingFolder(tmp_path / "work")
    read = vars(module)["read_annotated_scan"]
    asked: list[str] = []

    def until_the_power_fails(row, settings, locator, **options):  # type: ignore[no-untyped-def]
        asked.append(row.case)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return read(row, settings, locator, **options)

    monkeypatch.setattr(module, "read_annotated_scan", until_the_power_fails)
    with pytest.raises(KeyboardInterrupt):
        make_dataset(manifest, work, SETTINGS)
    assert not (work.raw / "dataset.json").exists()
    asked.append("again")
    made = make_dataset(manifest, work, SETTINGS)
    assert asked[asked.index("again") + 1 :] == ["case_0004", "case_0005", "case_0006"]
    assert all(image_file(c, work, made.split).exists() for c in made.split.trained)
    before = len(asked)
    make_dataset(manifest, work, SETTINGS)
    assert len(asked) == before


def test_a_folder_of_another_dataset_is_left_alone(work: TrainingFolder, manifest: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in work.folder.rglob("*")}
    other = replace(SETTINGS, preparation=replace(SETTINGS.preparation, padding_voxels=(3, 3, 3)))
    with pytest.raises(OutputRefused, match="dataset of other scans, labels or settings"):
        make_dataset(manifest, work, other)
    with pytest.raises(OutputRefused, match="exists and is not empty"):
        make_dataset(manifest, TrainingFolder(manifest.parent), SETTINGS)
    assert {p: p.stat().st_mtime_ns for p in work.folder.rglob("*")} == before


def test_all_scans_that_cannot_be_used_are_named_at_once(tmp_path: Path) -> None:
    manifest = write_cohort(tmp_path / "in")
    first, second = (tmp_path / "in" / f"labels-{seed}.nii.gz" for seed in (1, 4))
    shutil.copyfile(first, tmp_path / "in" / "kept.nii.gz")
    shutil.copyfile(second, first)
    shutil.copyfile(tmp_path / "in" / "kept.nii.gz", second)
    said: list[str] = []
    with pytest.raises(DatasetRefused) as refused:
        make_dataset(manifest, TrainingFolder(tmp_path / "work"), SETTINGS, on_progress=said.append)
    text = str(refused.value)
    assert text.startswith("2 of 6 scans: line 3 of the manifest: labels-1.nii.gz: grid")
    assert "line 6 of the manifest: labels-4.nii.gz" in text
    assert "scan 2 of 6 refused" in " ".join(said)
    assert not (tmp_path / "work" / "raw" / "dataset.json").exists()


def test_a_refused_scan_is_set_aside_and_comes_in_when_corrected(tmp_path: Path) -> None:
    manifest = write_cohort(tmp_path / "in")
    labels, kept = tmp_path / "in" / "labels-1.nii.gz", tmp_path / "in" / "kept.nii.gz"
    shutil.copyfile(labels, kept)
    _, codes, _, grid = scan_of(1)
    write_nifti(labels, np.array([0, 2, 1, 3, 5, 4, 6], np.uint8)[codes], grid)
    work = TrainingFolder(tmp_path / "work")
    aside = Acceptance(set_aside=True)
    with pytest.raises(DatasetRefused, match=r"1 of 6 scans.*leave them out with --set-aside"):
        make_dataset(manifest, work, SETTINGS)
    made = make_dataset(manifest, work, SETTINGS, acceptance=aside)
    assert list(made.set_aside) == ["case_0002"]
    assert "case_0002" not in made.split.trained + made.split.test
    (line,) = csv.DictReader(work.set_aside_file.read_text().splitlines())
    assert line["case"] == "case_0002"
    assert "the middle of the RCA lies" in line["why"]
    assert "case_0002" not in work.split_file.read_text()
    shutil.copyfile(kept, labels)
    whole = make_dataset(manifest, work, SETTINGS, acceptance=aside)
    assert whole.set_aside == {}
    assert not work.set_aside_file.exists()
    others = [c for c in whole.split.test if c != "case_0002"]
    assert others == list(made.split.test)


@pytest.mark.parametrize("kind", ["ct", "labels"])
def test_the_same_file_under_two_names_is_refused(kind: str, tmp_path: Path) -> None:
    manifest = write_cohort(tmp_path, 3)
    hu, codes, heart, grid = scan_of(0)
    if kind == "labels":
        # Another scan, on which the labels of the first happen to fit.
        hu = hu + np.int16(1)
    for name, voxels in (("ct", hu), ("labels", codes), ("heart", heart)):
        write_nifti(tmp_path / f"{name}-2.nii.gz", voxels, grid)
    what = "scan" if kind == "ct" else "label map"
    with pytest.raises(DatasetRefused, match=f"lines 2 and 4 .* the same {what}"):
        make_dataset(manifest, TrainingFolder(tmp_path / "work"), small_settings(test_share=0.0))


def test_a_full_disk_is_said_and_what_was_there_is_kept(
    work: TrainingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corcal.storage import replace_file

    target = work.folder / "thing.json"
    replace_file(target, b"good")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputRefused, match=r"thing\.json: cannot be written \(No space left"):
        replace_file(target, b"worse")
    assert target.read_bytes() == b"good"
    assert [p.name for p in work.folder.iterdir() if "partial" in p.name] == []


def test_a_manifest_may_lie_elsewhere(tmp_path: Path) -> None:
    write_cohort(tmp_path / "in", 3)
    lines = [["patient", "scan", "labels", "heart"]]
    for seed in range(3):
        files = [f"in/{kind}-{seed}.nii.gz" for kind in ("ct", "labels", "heart")]
        lines.append([f"p{seed}", *files])
    manifest = write_manifest(tmp_path / "list.csv", lines)
    work = TrainingFolder(tmp_path / "work")
    made = make_dataset(manifest, work, small_settings(test_share=0.3))
    assert len(made.split.test) == 1
    assert label_file(made.split.test[0], work, made.split).exists()
