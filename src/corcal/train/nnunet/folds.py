"""Train the folds of a model, each in a process of its own, on as many GPUs as there are."""

from __future__ import annotations

import importlib.util
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from corcal.core.arguments import require_function, require_kind, require_whole_numbers
from corcal.core.errors import InputRefused, SettingsRefused, TrainingStopped
from corcal.runtime import install_extra
from corcal.train.events import Event, Refused
from corcal.train.nnunet.child import EventCallback, Machine, run_child
from corcal.train.nnunet.devices import CPU
from corcal.train.nnunet.plan import write_plan
from corcal.train.nnunet.preprocess import require_preprocessed
from corcal.train.nnunet.states import epochs_done
from corcal.train.training_folder import FOLDER_EXAMPLE, TrainingFolder

FoldCallback = Callable[[int, Event], None]

INSTALL = (
    "training needs {name}, which is not installed: "
    + install_extra("train")
    + ". On a computer without a GPU, first: pip install torch==2.13.0 torchvision==0.28.0 "
    "--index-url https://download.pytorch.org/whl/cpu (see docs/training.md)"
)


def require_nnunet() -> None:
    """Refuse to go on without what training needs; nothing is imported.

    Raises:
        SettingsRefused: torch or nnU-Net is not installed.
    """
    for name in ("torch", "nnunetv2"):
        if importlib.util.find_spec(name) is None:
            raise SettingsRefused(INSTALL.format(name=name))


def plan_and_preprocess(work: TrainingFolder, machine: Machine, on_event: EventCallback) -> None:
    """Write the plan of a dataset and preprocess its scans, in a process of its own.

    A run that was stopped goes on where it was.

    Raises:
        InputRefused: the dataset or the settings cannot be used.
        TrainingStopped: the process ended before its time.
        TypeError: an argument is of another kind.
    """
    _require_kinds(work, machine)
    require_nnunet()
    write_plan(work)
    run_child("preprocess", [], work, machine, on_event)


def train_folds(
    work: TrainingFolder,
    folds: Sequence[int],
    machine: Machine,
    *,
    gpus: Sequence[int] = CPU.gpus,
    on_progress: FoldCallback = lambda *_: None,
) -> None:
    """Train folds to their end, each from where it was; one at a time on each GPU.

    Args:
        work: with a plan.
        folds: their numbers.
        machine: what each may use; with "cuda" each runs on one of `gpus`.
        gpus: which of the visible GPUs are used.
        on_progress: called with the fold and each event, from several threads but never at once.

    Raises:
        InputRefused: the folder cannot be trained in.
        TrainingStopped: folds ended before their time; the others are done.
        KeyboardInterrupt: as it came, after every fold has saved its state.
        TypeError: an argument is of another kind.
    """
    _require_kinds(work, machine)
    folds, gpus = require_whole_numbers("folds", folds), require_whole_numbers("gpus", gpus)
    require_function("on_progress", on_progress, "a function of a fold and an event")
    require_nnunet()
    _check(work, folds)
    waiting: queue.Queue[int] = queue.Queue()
    for fold in folds:
        waiting.put(fold)
    faults: dict[int, InputRefused] = {}
    one_at_a_time, stop = threading.Lock(), threading.Event()

    def pass_on(fold: int, event: Event) -> None:
        with one_at_a_time:
            on_progress(fold, event)

    def use(place: Machine) -> None:
        while not stop.is_set():
            try:
                fold = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                arguments = [str(fold), place.device, str(place.threads)]
                run_child("fold", arguments, work, place, partial(pass_on, fold), stop=stop)
            except InputRefused as error:
                faults[fold] = error
                pass_on(fold, Refused(str(error)))

    _everywhere(use, [replace(machine, gpu=gpu) for gpu in gpus] or [machine], stop)
    if faults:
        said = "; ".join(f"fold {fold}: {error}" for fold, error in sorted(faults.items()))
        raise TrainingStopped(said)


def missing_folds(work: TrainingFolder) -> list[int]:
    """Return the folds that are not trained to their end."""
    training = work.settings().training
    return [k for k in range(training.folds) if epochs_done(work.fold(k)) < training.epochs]


def _require_kinds(work: TrainingFolder, machine: Machine) -> None:
    require_kind("work", work, TrainingFolder, FOLDER_EXAMPLE)
    require_kind("machine", machine, Machine)


def _check(work: TrainingFolder, folds: Sequence[int]) -> None:
    count = work.settings().training.folds
    strange = [fold for fold in folds if not 0 <= fold < count]
    if strange:
        raise SettingsRefused(
            f"there is no fold {strange[0]}; this training has folds 0 to {count - 1}"
        )
    require_preprocessed(work)


def _everywhere(
    use: Callable[[Machine], None], places: Sequence[Machine], stop: threading.Event
) -> None:
    """Run in every place at once; an interruption sets `stop` and waits for all of them.

    A defect in one place is raised here when the others are done.
    """
    defects: list[Exception] = []
    ended = [threading.Event() for _ in places]

    def run(place: Machine, end: threading.Event) -> None:
        try:
            use(place)
        except Exception as defect:
            defects.append(defect)
        finally:
            end.set()

    for place, end in zip(places, ended, strict=True):
        threading.Thread(target=run, args=(place, end), daemon=True).start()
    try:
        _wait_for(ended)
    except KeyboardInterrupt:
        stop.set()
        _wait_for(ended)
        raise
    if defects:
        raise defects[0]


def _wait_for(ended: Sequence[threading.Event]) -> None:
    # Not Thread.join: one that is interrupted takes a running thread for an ended one.
    for event in ended:
        while not event.wait(timeout=0.2):
            pass
