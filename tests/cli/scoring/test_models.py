from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from corcal.cli.main import main
from corcal.locate import EmbeddedLocator
from corcal.runtime.openvino import Engine
from corcal.segment import EmbeddedSegmenter
from corcal.testing.small_bundles import write_small_bundle
from corcal.testing.small_networks import write_small_segmenter


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models of a few bytes, in the place of those in the package."""
    for name in ("heart", "arteries"):
        files = {}
        for ending in (".xml", ".bin"):
            content = f"{name}{ending}".encode()
            (tmp_path / f"{name}{ending}").write_bytes(content)
            files[f"{name}{ending}"] = hashlib.sha256(content).hexdigest()
        manifest = {"name": f"test-{name}", "version": "1", "files": files}
        (tmp_path / f"{name}.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    locator, segmenter = EmbeddedLocator, EmbeddedSegmenter
    monkeypatch.setattr("corcal.locate.EmbeddedLocator", lambda: locator(tmp_path))
    monkeypatch.setattr("corcal.segment.EmbeddedSegmenter", lambda: segmenter(tmp_path))
    return tmp_path


def test_models_are_listed_with_their_hashes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heart, arteries = (Engine(folder, name).sha256 for name in ("heart", "arteries"))
    assert main(["models"]) == 0
    assert capsys.readouterr().out == (
        f"heart     test-heart 1\n          sha256 {heart}\n"
        f"arteries  test-arteries 1\n          sha256 {arteries}\n"
        "All files are as released.\n"
    )


def test_members_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_small_segmenter(folder, members=2)
    sha256 = Engine(folder, "arteries").sha256
    assert main(["models"]) == 0
    assert capsys.readouterr().out.endswith(
        f"arteries  small arteries 1 (2 of 2 members)\n          sha256 {sha256}\n"
        "          member 1: arteries.xml, arteries.bin\n"
        "          member 2: arteries-2.xml, arteries-2.bin\n"
        "All files are as released.\n"
    )
    (folder / "arteries-2.xml").write_bytes(b"other")
    assert main(["models"]) == 2
    assert "arteries-2.xml has SHA-256 " in capsys.readouterr().err


def test_a_changed_model_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "arteries.bin").write_bytes(b"other")
    assert main(["models"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "arteries.bin has SHA-256 " in captured.err


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle beside a home of nobody's."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    return write_small_bundle(tmp_path / "any.corcal")


def test_a_bundle_is_verified(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify", str(bundle)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("small 1: all 4 files are those that its manifest names.\nsha256 ")
    (bundle / "CARD.md").write_text("Finds everything.", encoding="utf-8")
    assert main(["models", "verify", str(bundle)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "CARD.md has SHA-256" in captured.err


def test_a_bundle_is_shown(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", str(bundle)]) == 0
    said = capsys.readouterr().out
    for line in (
        "model           small 1",
        "trained by      nnU-Net, nnUNetTrainer_250epochs, 3d_fullres",
        "folds           0",
        "mirroring       slices, rows, columns",
        "window          32 x 32 x 32 voxels",
        "spacing         0.8 x 0.73 x 0.73 mm",
        "padding         0 x 10 x 10 voxels",
        "OpenVINO        not in the bundle: torch is needed",
        f"{'regions':<16}merged, as the paper's",
        f"{'crop':<16}heart",
        "# Small",
    ):
        assert line in said.splitlines()


def test_a_bundle_is_installed_and_then_listed(
    bundle: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del folder
    assert main(["models", "install", str(bundle)]) == 0
    assert capsys.readouterr().out.endswith("Use it: corcal score SCAN -o OUT --model small\n")
    assert main(["models"]) == 0
    assert "installed small\n          small 1  sha256 " in capsys.readouterr().out
    assert main(["models", "verify", "small"]) == 0
    assert main(["models", "install", str(bundle)]) == 2
    assert "use --force (force=True from Python) to replace it" in capsys.readouterr().err


def test_a_bundle_is_installed_elsewhere(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "install", str(bundle), "--to", str(tmp_path / "here")]) == 0
    assert f"--model {tmp_path / 'here' / 'small'}" in capsys.readouterr().out
    assert not (tmp_path / "user").exists()
