from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corcal.train.dataset.dataset import make_dataset
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import small_settings, write_cohort


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six annotated scans; not to be changed."""
    return write_cohort(tmp_path_factory.mktemp("cohort"))


@pytest.fixture(scope="session")
def made(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingFolder:
    """A dataset of them; not to be changed."""
    work = TrainingFolder(tmp_path_factory.mktemp("made") / "work")
    make_dataset(manifest, work, small_settings())
    return work


@pytest.fixture
def work(made: TrainingFolder, tmp_path: Path) -> TrainingFolder:
    """A dataset of one's own."""
    return TrainingFolder(Path(shutil.copytree(made.folder, tmp_path / "work")))
