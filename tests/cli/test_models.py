from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from corcal.cli.main import main
from corcal.engine import Engine


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
    homes = {"corcal.locate.embedded.EmbeddedLocator": "heart"}
    homes["corcal.segment.embedded.EmbeddedSegmenter"] = "arteries"
    for home, name in homes.items():
        monkeypatch.setattr(home, lambda name=name: Engine(tmp_path, name))
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


def test_a_changed_model_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "arteries.bin").write_bytes(b"other")
    assert main(["models"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "arteries.bin has SHA-256 " in captured.err
