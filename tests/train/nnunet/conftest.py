from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from corcal.train.training_folder import TrainingFolder
from tests.train.heard import Heard


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
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


@pytest.fixture
def own(planned: TrainingFolder, tmp_path: Path) -> TrainingFolder:
    """A planned training of one's own, not begun."""
    return TrainingFolder(Path(shutil.copytree(planned.folder, tmp_path / "own")))


@pytest.fixture
def half_done(trained: tuple[TrainingFolder, Heard], tmp_path: Path) -> TrainingFolder:
    """The trained folds, to be damaged."""
    half = TrainingFolder(Path(shutil.copytree(trained[0].folder, tmp_path / "half")))
    # The last two states alone: the best one has a test of its own.
    for best in half.fold(0).glob("best_*.pt"):
        best.unlink()
    return half
