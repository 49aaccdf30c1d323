"""A training that is interrupted, or whose loss is not a number, loses nothing."""

from __future__ import annotations

import _thread
import re
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("nnunetv2", reason="training needs nnunetv2")

from corcal.core.errors import TrainingStopped
from corcal.storage import replace_file
from corcal.train.events import Began, EpochDone, Event, Finished, Noted, Refused
from corcal.train.nnunet.folds import train_folds
from corcal.train.nnunet.states import epochs_done, load_state
from corcal.train.training_folder import TrainingFolder
from tests.train.heard import MACHINE, Heard

pytestmark = pytest.mark.training

#: So many epochs that no training is at its end before it is stopped, on the slowest machine.
MANY = 10_000
ALLOW_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from corcal.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def change(work: TrainingFolder, **training: object) -> None:
    settings = work.settings()
    changed = replace(settings, training=replace(settings.training, **training))  # type: ignore[arg-type]
    replace_file(work.settings_file, changed.to_toml().encode())


def test_what_is_not_a_number_is_not_saved(own: TrainingFolder) -> None:
    change(own, learning_rate=1e30)
    with pytest.raises(TrainingStopped, match=r"epoch 1 (is nan|are not all numbers); no earlier"):
        train_folds(own, [0], MACHINE)
    assert list(own.fold(0).glob("*.pt")) == []
    change(own, learning_rate=0.01)
    train_folds(own, [0], MACHINE)
    assert epochs_done(own.fold(0)) == 2


def test_a_lower_learning_rate_is_taken_and_noted_and_a_higher_one_refused(
    half_done: TrainingFolder,
) -> None:
    for path in half_done.fold(0).glob("*_00002_*.pt"):
        path.unlink()
    rate = half_done.settings().training.learning_rate
    change(half_done, learning_rate=2 * rate)
    with pytest.raises(TrainingStopped, match=f"goes on with a learning rate of {rate:g} or a low"):
        train_folds(half_done, [0], MACHINE)
    change(half_done, learning_rate=rate / 2)
    heard = Heard()
    train_folds(half_done, [0], MACHINE, on_progress=heard)
    text = f"from epoch 2 with learning rate {rate / 2:g}, not {rate:g}"
    assert heard.of(Noted) == [Noted(text)]
    found = load_state(half_done.fold(0), "cpu")
    assert found is not None
    assert found[1]["learning_rates"] == {"0": rate, "1": rate / 2}


def test_the_best_state_is_kept_beside_the_last_two(trained: tuple[TrainingFolder, Heard]) -> None:
    work, heard = trained
    (best,) = work.fold(0).glob("best_*.pt")
    losses = {e.epoch: e.val_loss for e in heard.of(EpochDone)}
    assert int(best.name[5:10]) == min(losses, key=lambda epoch: losses[epoch])


def test_a_fold_that_ends_is_reported_while_the_others_go_on(own: TrainingFolder) -> None:
    damaged = own.fold(0) / f"state_00001_{'0' * 64}.pt"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"cut short")
    heard = Heard()
    with pytest.raises(TrainingStopped, match=r"fold 0: .* all 1 saved states are damaged"):
        train_folds(own, [0, 1], MACHINE, on_progress=heard)
    kinds = [(fold, type(event)) for fold, event in heard.events]
    assert kinds.index((0, Refused)) < kinds.index((1, Began)) < kinds.index((1, Finished))
    assert (epochs_done(own.fold(0)), epochs_done(own.fold(1))) == (0, 2)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_saves_and_says_what(own: TrainingFolder, sent: signal.Signals) -> None:
    change(own, epochs=MANY, save_every=MANY)
    words = ["train", "fold", str(own.folder), "0", "--device", "cpu", "--threads", "1"]
    command = subprocess.Popen(
        # A shell may have started this with Ctrl-C ignored, which children inherit.
        [sys.executable, "-c", ALLOW_CTRL_C, *words],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stderr is not None
    with command:
        for line in command.stderr:
            if f"epoch 1 of {MANY}" in line:
                break
        command.send_signal(sent)
        rest = command.stderr.read()
    assert command.returncode == 130
    saved = re.search(r"stopped; its state after epoch (\d+) is saved", rest)
    assert saved is not None, rest
    assert epochs_done(own.fold(0)) == int(saved[1]) >= 1


def test_ctrl_c_saves_what_finished_epochs_learnt(own: TrainingFolder) -> None:
    change(own, epochs=MANY, save_every=MANY)
    heard = Heard()

    def interrupt(fold: int, event: Event) -> None:
        heard(fold, event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            _thread.interrupt_main()

    with pytest.raises(KeyboardInterrupt):
        train_folds(own, [0, 1], MACHINE, on_progress=interrupt)
    (noted,) = heard.of(Noted)
    saved = re.match(r"stopped; its state after epoch (\d+) is saved", noted.text)
    assert saved is not None, noted.text
    assert heard.of(Began, fold=1) == []
    assert epochs_done(own.fold(0)) == int(saved[1]) >= 1
