from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from corcal.train.events import Event
from corcal.train.nnunet.child import Machine
from corcal.train.nnunet.folds import plan_and_preprocess, train_folds
from corcal.train.training_folder import TrainingFolder

#: One thread: networks this small gain nothing from more, and lose much on a busy machine.
MACHINE = Machine(threads=1)


Told = TypeVar("Told")


@dataclass
class Heard:
    """What a training told."""

    events: list[tuple[int, Event]] = field(default_factory=list)

    def __call__(self, fold: int, event: Event) -> None:
        self.events.append((fold, event))

    def of(self, kind: type[Told], fold: int = 0) -> list[Told]:
        return [e for k, e in self.events if k == fold and isinstance(e, kind)]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch", reason="training needs torch")
    pytest.importorskip("nnunetv2", reason="training needs nnunetv2")
    pytest.importorskip("safetensors", reason="training needs safetensors")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def planned(made: TrainingFolder) -> TrainingFolder:
    """The dataset with plan and preprocessed scans; not to be changed."""
    plan_and_preprocess(made, MACHINE, lambda _: None)
    return made


@pytest.fixture(scope="session")
def trained(planned: TrainingFolder) -> tuple[TrainingFolder, Heard]:
    """Both folds, trained for two epochs, and what was heard of it; not to be changed."""
    heard = Heard()
    train_folds(planned, [0, 1], MACHINE, on_progress=heard)
    return planned, heard
