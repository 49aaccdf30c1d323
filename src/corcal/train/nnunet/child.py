"""Run a step of a training in a process of its own, with an environment of its own.

nnU-Net takes its paths and options from environment variables; they are set for the child alone.
This process's own variables that begin with nnUNet do not reach it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corcal.core.arguments import require_choice, require_whole_number, wrong_kind
from corcal.core.errors import TrainingStopped
from corcal.runtime import command_of, environment_with
from corcal.train.events import Event, Refused, decode
from corcal.train.training_folder import TrainingFolder

EventCallback = Callable[[Event], None]
#: For glibc: keep the gigabyte of activations that each step on a CPU frees and claims again,
#: instead of giving it back to the system page by page; without this, a third of the time is lost.
_KEEP_FREED_MEMORY = {
    "MALLOC_MMAP_MAX_": 0,
    "MALLOC_TRIM_THRESHOLD_": 2**31 - 1,
    "MALLOC_TOP_PAD_": 2**26,
}
#: A child that is asked to end has this long to save its state.
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Machine:
    """The means that a child may use.

    Attributes:
        device: "cpu" or "cuda".
        gpu: which of the visible GPUs, for "cuda".
        workers: processes that augment patches beside the training; 0 does it in between.
        threads: of the CPU; 0 leaves torch its own choice.
        compiled: let torch compile the network on a GPU; faster, needs a C compiler.

    Raises:
        SettingsRefused: the device is another, or a number is negative.
        TypeError: a value is of another kind.
    """

    device: str = "cpu"
    gpu: int = 0
    workers: int = 0
    threads: int = 0
    compiled: bool = False

    def __post_init__(self) -> None:
        require_choice("device", self.device, ("cpu", "cuda"))
        for name in ("gpu", "workers", "threads"):
            require_whole_number(name, getattr(self, name))
        if not isinstance(self.compiled, bool):
            raise wrong_kind("compiled", self.compiled, "True or False")


def run_child(
    module: str,
    arguments: list[str],
    work: TrainingFolder,
    machine: Machine,
    on_event: EventCallback,
    *,
    stop: threading.Event | None = None,
) -> None:
    """Run a module of this package to its end and pass on what it tells.

    The child ends with this process, however this one ends, and its own children with it.

    Args:
        module: name in `corcal.train.nnunet`.
        arguments: of its command line, after the work folder.
        work: where it works.
        machine: what it may use.
        on_event: called with each event, in a thread of its own.
        stop: set to have it save what it has, and end.

    Raises:
        TrainingStopped: it ended before its time.
    """
    child = subprocess.Popen(
        command_of(f"corcal.train.nnunet.{module}", [str(work.folder.absolute()), *arguments]),
        # The child reads this until it ends, which is when this process is gone.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(work, machine),
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    refusals: list[str] = []
    listener = threading.Thread(target=_listen, args=(child, on_event, refusals), daemon=True)
    listener.start()
    try:
        code = _wait(child, stop)
    finally:
        _end(child)
        listener.join(timeout=10.0)
    if refusals:
        raise TrainingStopped(refusals[-1])
    if code != 0:
        raise TrainingStopped(_why(code, work))


def _wait(child: subprocess.Popen[str], stop: threading.Event | None) -> int:
    """Wait for a child, and ask it to end when `stop` is set."""
    while stop is not None and child.poll() is None:
        if stop.wait(timeout=0.2):
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.wait(timeout=_PATIENCE_SECONDS)
            break
    return child.poll() or 0 if stop is not None and stop.is_set() else child.wait()


def environment(work: TrainingFolder, machine: Machine) -> dict[str, str]:
    """Return all environment variables of a child."""
    own = {
        "nnUNet_raw": work.raw.parent,
        "nnUNet_preprocessed": work.preprocessed.parent,
        "nnUNet_results": work.folder / "results",
        "nnUNet_compile": "t" if machine.compiled else "f",
        "nnUNet_n_proc_DA": machine.workers,
        "nnUNet_def_n_proc": max(1, machine.workers),
        "MPLBACKEND": "agg",
    }
    if machine.device == "cpu":
        own |= _KEEP_FREED_MEMORY
    if machine.threads:
        own["OMP_NUM_THREADS"] = machine.threads
    absolute = {k: v.absolute() if isinstance(v, Path) else v for k, v in own.items()}
    variables = environment_with({k: str(v) for k, v in absolute.items()}, without="nnUNet")
    if machine.device == "cuda":
        visible = [g for g in variables.get("CUDA_VISIBLE_DEVICES", "").split(",") if g.strip()]
        variables["CUDA_VISIBLE_DEVICES"] = visible[machine.gpu] if visible else str(machine.gpu)
    return variables


def _listen(child: subprocess.Popen[str], on_event: EventCallback, refusals: list[str]) -> None:
    assert child.stdout is not None
    with child.stdout as lines:
        for line in lines:
            match decode(line):
                case None:
                    continue
                case Refused(text):
                    refusals.append(text)
                case event:
                    on_event(event)


def _end(child: subprocess.Popen[str]) -> None:
    """End what is left of a child: itself, and the processes it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()
    if child.stdin is not None:
        child.stdin.close()


def _why(code: int, work: TrainingFolder) -> str:
    again = "what was saved is kept: call again to go on"
    if code < 0:
        name = signal.Signals(-code).name
        memory = ", often for want of memory" if name == "SIGKILL" else ""
        return f"the training process was ended by {name}{memory}; {again}"
    return (
        f"the training process could not begin, or ended without a word (code {code}); "
        f"console.log, beside its results in {work.folder}, may say why; {again}"
    )
