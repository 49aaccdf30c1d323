from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from corcal.train.dataset.dataset import make_dataset
from corcal.train.nnunet.folds import plan_and_preprocess, train_folds
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import small_settings, write_cohort
from tests.train.heard import MACHINE, Heard


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Train and predict on one thread: faster for networks this small, and the same every time."""
    if request.node.get_closest_marker("training") is None:
        yield
        return
    torch = pytest.importorskip("torch", reason="training needs torch")
    pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
    pytest.importorskip("safetensors", reason="training needs safetensors")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
    return _copy(made, tmp_path / "work")


@pytest.fixture(scope="session")
def torch_there() -> None:
    """Skip where training is not installed."""
    for name in ("torch", "nnunetv2", "safetensors"):
        pytest.importorskip(name, reason=f"training needs {name}")


@pytest.fixture(scope="session")
def planned(
    torch_there: None, made: TrainingFolder, tmp_path_factory: pytest.TempPathFactory
) -> TrainingFolder:
    """The dataset with plan and preprocessed scans; not to be changed."""
    work = _copy(made, tmp_path_factory.mktemp("planned") / "work")
    plan_and_preprocess(work, MACHINE, lambda _: None)
    return work


@pytest.fixture(scope="session")
def trained(
    planned: TrainingFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TrainingFolder, Heard]:
    """Both folds, trained for two epochs, and what was heard of it; not to be changed."""
    work, heard = _copy(planned, tmp_path_factory.mktemp("trained") / "work"), Heard()
    train_folds(work, [0, 1], MACHINE, on_progress=heard)
    return work, heard


def _copy(work: TrainingFolder, to: Path) -> TrainingFolder:
    return TrainingFolder(Path(shutil.copytree(work.folder, to)))
