from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.as_process import write_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the scan and the labels of a tiny phantom."""
    return write_tiny(tmp_path_factory.mktemp("tiny") / "phantom")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"
