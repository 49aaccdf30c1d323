"""Bundles by name, and folders that are whole or absent."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from corcal.core.errors import ModelRefused, OutputRefused
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.installed import find_bundle, install, installed, models_folder, state
from corcal.segment.bundle.staged import staged_folder
from tests.bundles import say, write_bundle, zipped


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    return tmp_path / "user"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "any.corcal")


def everything(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


@pytest.mark.parametrize("packed", [False, True])
def test_an_installed_bundle_is_found_by_its_name(folder: Path, packed: bool) -> None:
    source = zipped(folder, inside=True) if packed else folder
    assert installed() == []
    out = install(Bundle.open(source), models_folder(), force=False)
    assert out == models_folder() / "small"
    assert everything(out) == everything(folder)
    found = find_bundle("small")
    found.verify()
    assert found.sha256 == Bundle.open(folder).sha256
    assert installed() == [out]
    assert state(out) == f"small 1  sha256 {found.sha256}"


def test_a_path_is_found_as_it_is(folder: Path) -> None:
    assert find_bundle(str(folder)).path == folder


def test_an_unknown_name_is_told_with_those_that_are_known(folder: Path) -> None:
    with pytest.raises(ModelRefused, match=r"large: there is no such file.*\(installed: none\)"):
        find_bundle("large")
    install(Bundle.open(folder), models_folder(), force=False)
    with pytest.raises(ModelRefused, match=r"\(installed: small\); name a bundle, or install one"):
        find_bundle("large")


def test_a_damaged_bundle_is_not_installed_at_all(folder: Path) -> None:
    bundle = Bundle.open(folder)
    (folder / "fold_0" / "weights.safetensors").write_bytes(b"Weights")
    with pytest.raises(ModelRefused, match=r"weights.safetensors has SHA-256"):
        install(bundle, models_folder(), force=False)
    assert everything(models_folder()) == []


def test_a_second_one_of_the_name_needs_force(folder: Path) -> None:
    install(Bundle.open(folder), models_folder(), force=False)
    say(folder, version="2")
    with pytest.raises(OutputRefused, match=r"is there already; .* use --force to replace it"):
        install(Bundle.open(folder), models_folder(), force=False)
    assert find_bundle("small").name == "small 1"
    install(Bundle.open(folder), models_folder(), force=True)
    assert find_bundle("small").name == "small 2"
    assert [p.name for p in models_folder().iterdir()] == ["small"]


def test_one_that_no_longer_opens_is_listed_with_its_fault(folder: Path) -> None:
    out = install(Bundle.open(folder), models_folder(), force=False)
    (out / "plans.json").unlink()
    assert "plans.json is missing or cannot be read" in state(out)


def test_a_folder_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with staged_folder(out, force=False) as stage:
        (stage / "a").write_text("first", encoding="utf-8")
    assert everything(out) == ["a"]
    with pytest.raises(OutputRefused, match="No space left"), staged_folder(out, force=True):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (out / "a").read_text(encoding="utf-8") == "first"
    assert everything(out.parent) == ["out", "out/a"]


def test_folders_made_on_the_way_to_nothing_are_gone(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    out = tmp_path / "kept" / "a" / "b" / "out"
    with pytest.raises(ValueError, match="stop"), staged_folder(out, force=False):
        raise ValueError("stop")
    assert everything(tmp_path) == ["kept"]


def test_a_file_is_never_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with (
        pytest.raises(OutputRefused, match="is there already"),
        staged_folder(tmp_path / "out", force=True),
    ):
        pass
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"
