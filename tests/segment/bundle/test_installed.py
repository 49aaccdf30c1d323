"""Bundles by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import ModelRefused, OutputRefused
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.installed import (
    find_bundle,
    install,
    installed_bundles,
    models_folder,
    state,
)
from corcal.testing.small_bundles import write_small_bundle
from tests.bundles import say, zipped


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    return tmp_path / "user"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_bundle(tmp_path / "any.corcal")


def everything(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


@pytest.mark.parametrize("packed", [False, True])
def test_an_installed_bundle_is_found_by_its_name(folder: Path, packed: bool) -> None:
    source = zipped(folder, inside=True) if packed else folder
    assert installed_bundles() == []
    out = install(Bundle.open(source), models_folder(), force=False)
    assert out == models_folder() / "small"
    assert everything(out) == everything(folder)
    found = find_bundle("small")
    found.verify()
    assert found.sha256 == Bundle.open(folder).sha256
    assert installed_bundles() == [out]
    assert state(out) == f"small 1  sha256 {found.sha256}"


def test_a_path_is_found_as_it_is(folder: Path) -> None:
    assert find_bundle(str(folder)).path == folder


def test_an_unknown_name_is_refused_with_those_that_are_known(folder: Path) -> None:
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
    with pytest.raises(OutputRefused, match=r"is there already; .* use --force"):
        install(Bundle.open(folder), models_folder(), force=False)
    assert find_bundle("small").name == "small 1"
    install(Bundle.open(folder), models_folder(), force=True)
    assert find_bundle("small").name == "small 2"
    assert [p.name for p in models_folder().iterdir()] == ["small"]


def test_one_that_no_longer_opens_is_listed_with_its_fault(folder: Path) -> None:
    out = install(Bundle.open(folder), models_folder(), force=False)
    (out / "plans.json").unlink()
    assert "plans.json is missing or cannot be read" in state(out)
