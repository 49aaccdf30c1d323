"""The training loop of the embedded networks: seeded, resumable, with averaged weights."""

from __future__ import annotations

import ctypes
import io
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import nn

from corcal.storage import replace_file

#: glibc's mallopt parameters (malloc.h).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
#: Batches that are prepared before they are needed.
_AHEAD = 3

#: One batch: tensors by name, as the step of a task wants them.
Batch = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Schedule:
    """The length and speed of learning.

    Attributes:
        iterations: steps in all.
        batch: examples a step.
        rate: highest learning rate; it rises over `warm_up` steps and falls as a half cosine.
        warm_up: see above.
        freeze_norms_from: share of the run after which batch normalisation keeps the
            statistics it has gathered, so that the network ends trained as it is used.
        average: decay of the running mean of the weights, which is what is exported.
        save_every: steps between checkpoints.
    """

    iterations: int
    batch: int = 2
    rate: float = 1.5e-3
    warm_up: int = 100
    freeze_norms_from: float = 0.75
    average: float = 0.998
    save_every: int = 200

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step."""
        rise = min(1.0, (step + 1) / self.warm_up)
        fall = 0.5 * (1 + np.cos(np.pi * min(1.0, step / self.iterations)))
        return float(self.rate * rise * max(fall, 0.01))


class Task(Protocol):
    """The task that a network learns."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Return a batch drawn with these random numbers."""

    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """Return the loss of a network on a batch."""


@dataclass(frozen=True)
class Run:
    """The place and the conditions of a training run.

    Attributes:
        folder: checkpoints go here.
        seed: of weights and of every batch.
        device: "cpu" or "cuda".
        on_step: called with (step, loss, seconds a step) now and then.
    """

    folder: Path
    seed: int = 0
    device: str = "cpu"
    on_step: Callable[[int, float, float], None] | None = None


def train(make: Callable[[], nn.Module], task: Task, schedule: Schedule, run: Run) -> nn.Module:
    """Train a network, from its last checkpoint where there is one; return averaged weights.

    Each step draws its batch from random numbers seeded by (seed, step), so a resumed run
    sees the batches that an unbroken one would have seen.

    Args:
        make: builds the network with fresh weights.
        task: batches and loss.
        schedule: how long and how fast.
        run: where and with which seed.
    """
    torch.manual_seed(run.seed)
    network, mean = make().to(run.device), make().to(run.device)
    mean.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.rate, weight_decay=1e-4)
    done = _resume(run, network, mean, optimiser)
    losses, began = [], time.monotonic()
    for step, batch in _batches(task, schedule, run, done):
        network.train()
        if step >= schedule.freeze_norms_from * schedule.iterations:
            _freeze_norms(network)
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        loss = task.loss(network, {k: v.to(run.device) for k, v in batch.items()})
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        _average(mean, network, min(schedule.average, (step + 1) / (step + 10)))
        losses.append(float(loss.detach()))
        if len(losses) == 25:
            if run.on_step:
                run.on_step(step + 1, float(np.mean(losses)), (time.monotonic() - began) / 25)
            losses, began = [], time.monotonic()
        if (step + 1) % schedule.save_every == 0 or step + 1 == schedule.iterations:
            _save(run, step + 1, network, mean, optimiser)
    return mean.eval()


def _batches(task: Task, schedule: Schedule, run: Run, first: int) -> Iterator[tuple[int, Batch]]:
    """Yield each step and its batch; the next ones are prepared in a thread meanwhile."""

    def prepare(step: int) -> Batch:
        return task.batch(np.random.default_rng([run.seed, step]), schedule.batch)

    pool = ThreadPoolExecutor(max_workers=1)
    try:
        ahead: deque[Future[Batch]] = deque()
        for step in range(first, schedule.iterations):
            while len(ahead) < _AHEAD and step + len(ahead) < schedule.iterations:
                ahead.append(pool.submit(prepare, step + len(ahead)))
            yield step, ahead.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _freeze_norms(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eval()


@torch.no_grad()
def _average(mean: nn.Module, network: nn.Module, decay: float) -> None:
    for kept, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1.0 - decay)
        else:
            kept.copy_(new)


def _checkpoint(run: Run) -> Path:
    return run.folder / "checkpoint.pt"


def _save(
    run: Run, step: int, network: nn.Module, mean: nn.Module, optimiser: torch.optim.Optimizer
) -> None:
    state = {
        "step": step,
        "network": network.state_dict(),
        "mean": mean.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    content = io.BytesIO()
    torch.save(state, content)
    replace_file(_checkpoint(run), content.getbuffer())


def _resume(run: Run, network: nn.Module, mean: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    if not _checkpoint(run).exists():
        return 0
    state = torch.load(_checkpoint(run), map_location=run.device, weights_only=True)
    network.load_state_dict(state["network"])
    mean.load_state_dict(state["mean"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def keep_freed_memory() -> None:
    """Tell the C allocator to reuse large blocks; halves the time of a CPU training step.

    Each step frees and claims the same gigabyte of activations. By default glibc returns such
    blocks to the system and gets them back page by page. Does nothing where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for parameter, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 2**28)):
        mallopt(parameter, value)
