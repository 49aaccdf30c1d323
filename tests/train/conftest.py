from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corcal.train.dataset.dataset import make_dataset
from corcal.train.training_folder import Work
from tests.train.cohort import small_settings, write_cohort


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six annotated scans; not to be changed."""
    return write_cohort(tmp_path_factory.mktemp("cohort"))


@pytest.fixture(scope="session")
def made(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A dataset of them; not to be changed."""
    work = Work(tmp_path_factory.mktemp("made") / "work")
    make_dataset(manifest, work, small_settings())
    return work


@pytest.fixture
def work(made: Work, tmp_path: Path) -> Work:
    """A dataset of one's own."""
    return Work(Path(shutil.copytree(made.folder, tmp_path / "work")))
