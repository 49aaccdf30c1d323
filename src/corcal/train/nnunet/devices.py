"""The device that a training runs on: GPUs where torch sees some, else the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corcal.core.errors import SettingsRefused

DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Devices:
    """The places in which folds are trained, one at a time in each.

    Attributes:
        device: "cpu" or "cuda".
        gpus: numbers of the GPUs, counted from 0 among those that torch sees; (0,) for the CPU.
    """

    device: str
    gpus: tuple[int, ...] = (0,)

    @property
    def text(self) -> str:
        """The places in words."""
        if self.device == "cpu":
            return "the CPU"
        return f"GPU {', '.join(map(str, self.gpus))}"


#: Where a training runs that nobody gives a GPU.
CPU = Devices("cpu")


def visible_gpus() -> int:
    """Return how many GPUs torch sees; 0 where torch is not installed."""
    try:
        import torch  # noqa: PLC0415
    except ModuleNotFoundError:
        return 0
    return int(torch.cuda.device_count())


def choose_devices(asked: str, gpus: Sequence[int], *, visible: int) -> Devices:
    """Return where to train.

    Args:
        asked: "auto", "cpu" or "cuda".
        gpus: numbers of the GPUs to use; empty for all of them.
        visible: how many GPUs torch sees.

    Raises:
        SettingsRefused: a GPU is asked for that is not there, or GPUs beside the CPU.
    """
    device = ("cuda" if visible else "cpu") if asked == "auto" else asked
    if device == "cuda" and visible == 0:
        raise SettingsRefused(
            "device cuda was asked for, but torch finds no CUDA device; use --device cpu, or "
            "install a CUDA build of torch and its driver"
        )
    if device == "cpu" and gpus:
        why = "--device cpu was given" if asked == "cpu" else "torch finds no CUDA device"
        raise SettingsRefused(
            f"--gpus {','.join(map(str, gpus))} names GPUs, but {why}; leave --gpus out to train "
            "on the CPU"
        )
    absent = [gpu for gpu in gpus if gpu >= visible]
    if absent:
        there = "GPU 0" if visible == 1 else f"GPUs 0 to {visible - 1}"
        raise SettingsRefused(f"there is no GPU {absent[0]}; torch sees {there}")
    if device == "cpu":
        return CPU
    return Devices("cuda", tuple(gpus) or tuple(range(visible)))
