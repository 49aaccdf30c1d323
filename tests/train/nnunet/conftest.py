from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corcal.train.training_folder import TrainingFolder
from tests.train.heard import Heard


@pytest.fixture
def same_draws() -> Iterator[None]:
    """Give the libraries, which draw from global states, the same draws in every run."""
    torch = pytest.importorskip("torch", reason="training needs torch")
    states = np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    torch.manual_seed(0)
    yield
    np.random.set_state(states[0])  # noqa: NPY002
    torch.set_rng_state(states[1])


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
