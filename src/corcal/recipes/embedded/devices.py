"""The computer that trains: its device, precision, memory, and cores, as far as not said."""

from __future__ import annotations

import os

import torch

from corcal.core.errors import SettingsRefused

#: Whole hearts a step, at most: more steps teach more than larger ones.
_MOST_HEARTS = 4
#: Memory for each: a step takes 1.4 GB in bfloat16 on a CPU; float32 takes more, and so does cuDNN.
_GB_A_HEART = 4.0


def choose_device(name: str) -> str:
    """Return "cpu" or "cuda" for a device's name or "auto".

    Raises:
        SettingsRefused: cuda was asked for and is not there.
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise SettingsRefused("device cuda was asked for, but torch finds no CUDA device")
    if name == "auto":
        return "cuda" if there else "cpu"
    return name


def choose_precision(name: str, device: str, *, timed: bool) -> str:
    """Return "float32" or "bfloat16" for a precision's name or "auto".

    Args:
        name: "auto" is bfloat16 in a timed run on a device that calculates in it.
        device: "cpu" or "cuda".
        timed: the run has a time, not so many steps.
    """
    if name != "auto":
        return name
    return "bfloat16" if timed and _knows_bfloat16(device) else "float32"


def _knows_bfloat16(device: str) -> bool:
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    # A CPU without such instructions is slower in bfloat16 than in float32.
    asked = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return asked is not None and bool(asked())


def usual_hearts_gb(device: str) -> float:
    """Return how much memory hearts may take: half of a GPU's; none beside files on a CPU."""
    return torch.cuda.mem_get_info()[0] / 2e9 if device == "cuda" else 0.0


def hearts_a_step(device: str, kept_gb: float) -> int:
    """Return how many whole hearts a step of training may see: one on a CPU.

    Args:
        device: "cpu" or "cuda".
        kept_gb: memory of the device that is to be left for other things.
    """
    if device != "cuda":
        return 1
    torch.cuda.empty_cache()
    free_gb = torch.cuda.mem_get_info()[0] / 1e9 - kept_gb
    return max(1, min(_MOST_HEARTS, int(free_gb / _GB_A_HEART)))


def share_cores(workers: int | None, threads: int, device: str) -> tuple[int, int]:
    """Return how many processes make cases, and how many threads train.

    Args:
        workers: None: all cores but one beside a GPU, half of them where the CPU trains.
        threads: 0: the cores that are left.
        device: "cpu" or "cuda".
    """
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if workers is None:
        workers = max(1, cores - 1 if device == "cuda" else cores // 2)
    return workers, threads or max(1, cores - workers)
