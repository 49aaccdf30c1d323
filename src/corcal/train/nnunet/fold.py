"""The process that trains one fold.

    python -m corcal.train.nnunet.fold WORK NUMBER DEVICE THREADS

Started by `corcal.train.nnunet.folds.train_folds`, which sets its environment.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from corcal.core.errors import DatasetRefused, SettingsRefused
from corcal.storage import read_json, remove_partials
from corcal.train.events import Began
from corcal.train.labels import load_dataset_json
from corcal.train.nnunet.preprocess import require_preprocessed
from corcal.train.nnunet.process import Send, alone, run
from corcal.train.nnunet.states import epochs_done
from corcal.train.training_folder import TrainingFolder


def train_fold(work: TrainingFolder, number: int, device: str, threads: int, send: Send) -> None:
    """Train a fold to its end, from where it was.

    Raises:
        InputRefused: the dataset, the plan or the saved states cannot be used.
    """
    settings = work.settings()
    if epochs_done(work.fold(number)) >= settings.training.epochs:
        send(Began(settings.training.epochs, settings.training.epochs))
        return
    # Here, because a process that has nothing to train need not load torch.
    import torch  # noqa: PLC0415

    from corcal.train.nnunet.trainer import CorcalTrainer  # noqa: PLC0415

    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsRefused("device cuda was asked for, but torch finds no CUDA device")
    if threads:
        torch.set_num_threads(threads)
    require_preprocessed(work)
    described = load_dataset_json(work.preprocessed / "dataset.json", settings.training)
    plans = read_json(
        work.plans_file, refusal=DatasetRefused, remedy="call `corcal train plan` again"
    )
    trainer = CorcalTrainer.of(
        plans, described, number, training=settings.training, device=device, send=send
    )
    signal.signal(signal.SIGTERM, lambda *_: setattr(trainer, "stop_requested", True))
    trainer.resume()
    trainer.run_training()


def main(arguments: list[str]) -> int:
    """Run the process and return its exit code."""
    work, number, device, threads = TrainingFolder(Path(arguments[0])), *arguments[1:4]
    folder = work.fold(int(number))

    def job(send: Send) -> None:
        with alone(folder):
            remove_partials(folder)
            train_fold(work, int(number), device, int(threads), send)

    return run(job, folder / "console.log")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
