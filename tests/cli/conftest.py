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


@pytest.fixture
def quantify(tiny: Path, out: Path) -> tuple[str, ...]:
    """Return the command line that measures the calcium of a tiny phantom."""
    return ("quantify", str(tiny / "ct.nii.gz"), str(tiny / "labels.nii.gz"), "-o", str(out))
