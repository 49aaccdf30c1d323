"""The model as a folder or zip: what is accepted, and the message of each kind of damage."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corcal.core.errors import ModelRefused
from corcal.segment.bundle.bundle import Bundle, write_manifest
from corcal.testing.small_bundles import DATASET, FACTS, plans, write_small_bundle
from tests.bundles import renew, say, write_json, zipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_bundle(tmp_path / "small.corcal")


def test_the_manifest_is_what_was_agreed(folder: Path) -> None:
    said = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    weights = b"weights"
    assert next(iter(said)) == "format"
    assert said["format"] == "corcal-bundle/1"
    assert said["regions"] == list(DATASET["labels"])[1:]
    assert said["folds"] == [0]
    assert said["mirroring_axes"] == [0, 1, 2]
    assert said["padding_voxels"] == [0, 10, 10]
    assert said["files"]["fold_0/weights.safetensors"] == hashlib.sha256(weights).hexdigest()
    assert set(said["files"]) == {
        "dataset.json", "plans.json", "CARD.md", "fold_0/weights.safetensors"
    }  # fmt: skip


@pytest.mark.parametrize("packed", [None, False, True])
def test_a_folder_and_its_zips_are_one_bundle(folder: Path, packed: bool | None) -> None:
    path = folder if packed is None else zipped(folder, inside=packed)
    bundle = Bundle.open(path)
    bundle.verify()
    assert bundle.facts == FACTS
    assert bundle.name == "small 1"
    assert bundle.sha256 == hashlib.sha256((folder / "bundle.json").read_bytes()).hexdigest()
    assert bundle.read("fold_0/weights.safetensors") == b"weights"
    assert bundle.plan.patch == (32, 32, 32)
    assert bundle.plan.intensities.mean_hu == 120.0
    assert bundle.card().startswith("# Small")
    assert not bundle.has_networks


def test_openvino_networks_are_known(folder: Path) -> None:
    for name in ("network.xml", "network.bin"):
        (folder / "fold_0" / name).write_bytes(b"x")
    renew(folder)
    assert Bundle.open(folder).has_networks


def test_hidden_files_are_no_part_of_a_bundle(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"x")
    Bundle.open(folder).verify()
    renew(folder)
    assert ".DS_Store" not in Bundle.open(folder).files


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["fold_0/weights.safetensors", "CARD.md"])
def test_a_changed_file_is_found_when_it_is_read_and_by_verify(folder: Path, name: str) -> None:
    _flip(folder / name)
    bundle = Bundle.open(folder)
    for check in (lambda: bundle.read(name), bundle.verify):
        with pytest.raises(ModelRefused, match=f"{name} has SHA-256 .* changed or damaged; get"):
            check()


@pytest.mark.parametrize("name", ["dataset.json", "plans.json"])
def test_a_changed_description_does_not_open(folder: Path, name: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(ModelRefused, match=f"{name} has SHA-256"):
        Bundle.open(folder)


def test_an_absent_file_is_named(folder: Path) -> None:
    (folder / "fold_0" / "weights.safetensors").unlink()
    bundle = Bundle.open(folder)
    with pytest.raises(ModelRefused, match=r"fold_0/weights.safetensors is missing"):
        bundle.verify()


def test_a_file_that_nobody_vouched_for_is_named(folder: Path) -> None:
    (folder / "fold_0" / "extra.pth").write_bytes(b"pickle")
    with pytest.raises(ModelRefused, match=r"holds fold_0/extra.pth, which its bundle.json"):
        Bundle.open(folder).verify()


def test_a_damaged_zip_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = zipped(folder, inside=True)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(ModelRefused, match="neither a folder nor a readable zip"):
        Bundle.open(cut)
    stored = tmp_path / "stored.zip"
    with zipfile.ZipFile(stored, "w") as out:
        for name in ("bundle.json", "dataset.json", "plans.json", "CARD.md"):
            out.write(folder / name, name)
        out.write(folder / "fold_0/weights.safetensors", "fold_0/weights.safetensors")
    content = stored.read_bytes()
    at = content.index(b"Finds nothing")
    stored.write_bytes(content[:at] + b"Finds anythin" + content[at + 13 :])
    with pytest.raises(ModelRefused, match=r"CARD.md is missing or cannot be read \(Bad CRC"):
        Bundle.open(stored).card()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "absent", "no such model bundle"),
        (lambda p: p, "has no bundle.json, so it is no model bundle"),
        (lambda p: _zip_of(p / "empty.zip", []), "holds 0 files bundle.json"),
        (lambda p: _zip_of(p / "two.zip", ["a/bundle.json", "b/bundle.json"]), "holds 2 files"),
    ],
)
def test_what_is_no_bundle_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(ModelRefused, match=said):
        Bundle.open(make(tmp_path))


def _zip_of(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name in names:
            out.writestr(name, "{}")
    return path


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"format": "corcal-bundle/9"}, "its format is 'corcal-bundle/9', this corcal reads"),
        ({"folds": []}, "it names no fold"),
        ({"folds": [0, 0]}, "repeat one"),
        ({"folds": [0, 1]}, "no file fold_1/weights.safetensors is in the bundle"),
        ({"folds": [True]}, "True is no whole number"),
        ({"mirroring_axes": [0, 3]}, "are not axes of 0, 1 and 2"),
        ({"mirroring_axes": [1, 1]}, "are not axes of 0, 1 and 2"),
        ({"spacing_mm": [0.8, 0.73]}, "a value in it is of another kind"),
        ({"spacing_mm": [0.8, 0.73, 0]}, "must be positive"),
        ({"spacing_mm": [0.8, 0.73, 0.7]}, "contradicts the manifest's"),
        ({"padding_voxels": [0, -1, 10]}, "must not be negative"),
        ({"regions": ["whole_LAD"]}, "are not corcal's, in this order"),
        ({"name": ""}, "'' is not of letters"),
        ({"name": "../a"}, "is not of letters"),
        ({"version": "1\x1b[31m"}, "is not of letters"),
        ({"trainer": "a\x1b[31m"}, "is no name"),
        ({"settings": {"preparation": {"warp": 9}}}, "has no setting 'warp'; the bundle may need"),
        ({"configuration": "2d"}, "it does not say '2d'"),
        ({"files": 7}, "a value in it is of another kind"),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(
    folder: Path, facts: dict[str, object], said: str
) -> None:
    say(folder, **facts)
    with pytest.raises(ModelRefused, match=said):
        Bundle.open(folder)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a\\b", "C:evil", "a/../b", "./a", "bundle.json", ""]
)
def test_no_name_leads_out_of_the_bundle(folder: Path, name: str) -> None:
    files = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))["files"]
    say(folder, files={**files, name: "0" * 64})
    with pytest.raises(ModelRefused, match="lie outside the bundle"):
        Bundle.open(folder)


def test_a_hash_is_a_hash(folder: Path) -> None:
    files = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))["files"]
    say(folder, files={**files, "CARD.md": "no"})
    with pytest.raises(ModelRefused, match=r"no SHA-256 is given for \['CARD.md'\]"):
        Bundle.open(folder)


def test_sorted_labels_are_refused(folder: Path) -> None:
    (folder / "dataset.json").write_text(json.dumps(DATASET, sort_keys=True), encoding="utf-8")
    renew(folder)
    with pytest.raises(ModelRefused, match="a tool that sorts keys has exchanged them"):
        Bundle.open(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"regions_class_order": [1, 2, 3, 5, 4, 6]}, "painted as"),
        ({"channel_names": {"0": "CT", "1": "PET"}}, "are not one CT"),
        ({"labels": [1, 2]}, "does not say"),
    ],
)
def test_another_dataset_is_refused(folder: Path, change: dict[str, Any], said: str) -> None:
    write_json(folder / "dataset.json", DATASET | change)
    renew(folder)
    with pytest.raises(ModelRefused, match=said):
        Bundle.open(folder)


def _set(found: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    place = found
    *before, last = path.split("/")
    for key in before:
        place = place[key]
    place[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("configurations/3d_fullres/normalization_schemes", ["ZScoreNormalization"], "not .*ZScor"),
        ("configurations/3d_fullres/patch_size", [32, 32], "of another kind"),
        ("configurations/3d_fullres/patch_size", [0, 32, 32], "makes no sense"),
        ("transpose_forward", [0, 0, 1], "makes no sense"),
        (
            "configurations/3d_fullres/architecture/network_class_name",
            "subprocess.Popen",
            "is not one that corcal builds",
        ),
        (
            "configurations/3d_fullres/architecture/arch_kwargs/nonlin",
            "os.system",
            "is not one that corcal builds",
        ),
        ("foreground_intensity_properties_per_channel", {}, "does not say '0'"),
    ],
)
def test_a_plan_that_corcal_does_not_run_is_refused(
    folder: Path, path: str, value: object, said: str
) -> None:
    write_json(folder / "plans.json", _set(plans(), path, value))
    renew(folder)
    with pytest.raises(ModelRefused, match=said):
        Bundle.open(folder)


def test_a_manifest_is_written_only_of_what_is_there(tmp_path: Path) -> None:
    folder = write_small_bundle(tmp_path / "small.corcal")
    before = (folder / "bundle.json").read_bytes()
    with pytest.raises(ModelRefused, match=r"no file fold_3/weights.safetensors"):
        write_manifest(folder, replace(FACTS, folds=(0, 3)))
    assert (folder / "bundle.json").read_bytes() == before
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []
