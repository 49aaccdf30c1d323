"""Folds on several GPUs, which are simulated: one fold at a time on each, all of them at work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from corcal.cli.main import main
from corcal.core.errors import TrainingStopped
from corcal.train.events import Began, Event, Refused
from corcal.train.nnunet import folds as module
from corcal.train.nnunet.child import Machine
from corcal.train.nnunet.folds import train_folds
from corcal.train.training_folder import TrainingFolder
from tests.train.cohort import small_settings
from tests.train.heard import Heard

CUDA = Machine(device="cuda", threads=1)


@dataclass
class SimulatedGpus:
    """The processes of folds as threads that note where they run."""

    count: int
    broken: tuple[int, ...] = ()
    ran: list[tuple[int, int]] = field(default_factory=list)
    most_on_one: int = 0
    _busy: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        # The first fold of each GPU waits until every GPU has one.
        self._all_at_work = threading.Barrier(self.count)

    def run_child(
        self,
        job: str,
        arguments: list[str],
        work: TrainingFolder,
        machine: Machine,
        on_event: Callable[[Event], None],
        *,
        stop: threading.Event,
    ) -> None:
        """Stand in the place of `corcal.train.nnunet.child.run_child`."""
        assert (job, arguments[1:]) == ("fold", ["cuda", "1"])
        fold = int(arguments[0])
        with self._lock:
            first = machine.gpu not in [gpu for _, gpu in self.ran]
            self.ran.append((fold, machine.gpu))
            self._busy.append(machine.gpu)
            self.most_on_one = max(self.most_on_one, self._busy.count(machine.gpu))
        on_event(Began(0, 1))
        if first:
            self._all_at_work.wait(timeout=600)
        with self._lock:
            self._busy.remove(machine.gpu)
        if fold in self.broken:
            raise TrainingStopped("the GPU has too little memory for this plan")


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., SimulatedGpus]:
    """Put simulated GPUs in the place of real ones."""

    def install(count: int, broken: tuple[int, ...] = ()) -> SimulatedGpus:
        gpus = SimulatedGpus(count, broken)
        monkeypatch.setattr(module, "run_child", gpus.run_child)
        monkeypatch.setattr(module, "require_nnunet", lambda: None)
        monkeypatch.setattr(module, "require_preprocessed", lambda _: None)
        five = small_settings(folds=5)
        monkeypatch.setattr(TrainingFolder, "settings", lambda _: five)
        return gpus

    return install


def test_each_gpu_has_one_fold_at_a_time_and_none_is_idle(
    made: TrainingFolder, install: Callable[..., SimulatedGpus]
) -> None:
    gpus, heard = install(2), Heard()
    train_folds(made, range(5), CUDA, gpus=(0, 3), on_progress=heard)
    assert sorted(fold for fold, _ in gpus.ran) == [0, 1, 2, 3, 4]
    assert {gpu for _, gpu in gpus.ran} == {0, 3}
    assert gpus.most_on_one == 1
    began = [fold for fold, event in heard.events if isinstance(event, Began)]
    assert sorted(began) == [0, 1, 2, 3, 4]


def test_a_fold_that_ends_on_one_gpu_does_not_stop_the_others(
    made: TrainingFolder, install: Callable[..., SimulatedGpus]
) -> None:
    gpus, heard = install(2, broken=(0,)), Heard()
    with pytest.raises(TrainingStopped, match="fold 0: the GPU has too little memory"):
        train_folds(made, range(4), CUDA, gpus=(0, 1), on_progress=heard)
    assert sorted(fold for fold, _ in gpus.ran) == [0, 1, 2, 3]
    assert [event.text for event in heard.of(Refused)] == [
        "the GPU has too little memory for this plan"
    ]


def test_auto_takes_every_gpu_and_says_so(
    made: TrainingFolder,
    install: Callable[..., SimulatedGpus],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # First: the door fetches its names when they are asked for, and would keep what is put there.
    monkeypatch.setattr("corcal.train.visible_gpus", lambda: 2)
    monkeypatch.setattr("corcal.train.require_nnunet", lambda: None)
    monkeypatch.setattr("corcal.train.train_folds", train_folds)
    gpus = install(2)
    assert main(["train", "folds", str(made.folder), "--threads", "1"]) == 0
    said = capsys.readouterr()
    assert "training on GPU 0, 1\n" in said.err
    assert sorted(fold for fold, _ in gpus.ran) == [0, 1, 2, 3, 4]
    assert {gpu for _, gpu in gpus.ran} == {0, 1}
    assert "Still to be trained: fold 0, 1, 2, 3, 4" in said.out
