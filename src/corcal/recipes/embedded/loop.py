"""The training loop of the embedded networks: seeded, resumable, with averaged weights."""

from __future__ import annotations

import ctypes
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Protocol

import numpy as np
import torch
from torch import nn

from corcal.core.errors import TrainingStopped
from corcal.recipes.embedded.checkpoints import Keeper, Learner
from corcal.recipes.embedded.pace import Pace

#: glibc's mallopt parameters (malloc.h).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
#: Batches that are prepared before they are needed.
_AHEAD = 3
#: Steps between two lines of progress.
_REPORT_EVERY = 25
#: Steps in a row whose gradients are no numbers before a run ends.
_MOST_WITHOUT = 20

#: One batch: tensors by name, as the step of a task wants them.
Batch = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Schedule:
    """The length and speed of learning.

    Attributes:
        pace: how long.
        batch: examples a step.
        rate: highest learning rate; it rises over `warm_up` steps and falls as a half cosine.
        warm_up: see above.
        freeze_norms_from: share of the run after which batch normalisation keeps the
            statistics it has gathered, so that the network ends trained as it is used.
        average: decay of the running mean of the weights, which is what is exported.
    """

    pace: Pace
    batch: int = 2
    rate: float = 1.5e-3
    warm_up: int = 100
    freeze_norms_from: float = 0.75
    average: float = 0.998

    def rate_at(self, step: int, share: float) -> float:
        """Return the learning rate of a step before which this share of the run is over."""
        rise = min(1.0, (step + 1) / self.warm_up)
        fall = 0.5 * (1 + np.cos(np.pi * min(1.0, share)))
        return float(self.rate * rise * max(fall, 0.01))


class Task(Protocol):
    """The task that a network learns."""

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Return a batch drawn with these random numbers."""

    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """Return the loss of a network on a batch."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Run:
    """The place and the conditions of a training run.

    Attributes:
        keeper: what is kept of the run, and when.
        seed: of weights and of every batch.
        device: "cpu" or "cuda".
        precision: "float32", or "bfloat16" for the network's own work.
        on_step: called with (step, loss, seconds a step) now and then.
        stop: called after each step; True keeps the run and ends it by KeyboardInterrupt.
    """

    keeper: Keeper
    seed: int = 0
    device: str = "cpu"
    precision: str = "float32"
    on_step: Callable[[int, float, float], None] | None = None
    stop: Callable[[], bool] = _never


def train(make: Callable[[], nn.Module], task: Task, schedule: Schedule, run: Run) -> nn.Module:
    """Train a network, from what was kept of it where something was; return averaged weights.

    Each step draws its batch from random numbers seeded by (seed, step), so a resumed run
    of so many steps sees the batches that an unbroken one would have seen.

    Args:
        make: builds the network with fresh weights.
        task: batches and loss.
        schedule: how long and how fast.
        run: where and with which seed.

    Raises:
        KeyboardInterrupt: the run was to stop; it is kept.
        TrainingStopped: many gradients in a row were no numbers.
    """
    learner = _fresh(make, schedule, run)
    done = run.keeper.resume(learner)
    losses: list[torch.Tensor] = []
    learnt, began = done, time.monotonic()
    for step, batch in _batches(task, schedule, run, done):
        loss = _learn(learner, task.loss, batch, (step, schedule, run))
        done = step + 1
        if loss is not None:
            losses.append(loss)
            learnt = done
        _check_learning(learnt, done)
        if len(losses) == _REPORT_EVERY:
            if run.on_step:
                mean = float(torch.stack(losses).mean())
                run.on_step(done, mean, (time.monotonic() - began) / _REPORT_EVERY)
            losses, began = [], time.monotonic()
        stopped = run.stop()
        if stopped or run.keeper.due(done):
            run.keeper.save(learner, done, schedule.pace.share(done))
        if stopped:
            raise KeyboardInterrupt
    run.keeper.save(learner, done, 1.0)
    return learner.mean.eval()


def _fresh(make: Callable[[], nn.Module], schedule: Schedule, run: Run) -> Learner:
    torch.manual_seed(run.seed)
    network, mean = make().to(run.device), make().to(run.device)
    mean.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.rate, weight_decay=1e-4)
    return Learner(network, mean, optimiser)


def _learn(
    learner: Learner,
    loss_of: Callable[[nn.Module, Batch], torch.Tensor],
    batch: Batch,
    when: tuple[int, Schedule, Run],
) -> torch.Tensor | None:
    """Make one step; return its loss, which stays on the device.

    None: the gradient is not a number, and nothing is learnt from this batch. In bfloat16 on
    small patches oneDNN gives such gradients now and then; one would spoil all weights.
    """
    step, schedule, run = when
    share = schedule.pace.share(step)
    learner.network.train()
    if share >= schedule.freeze_norms_from:
        _freeze_norms(learner.network)
    for group in learner.optimiser.param_groups:
        group["lr"] = schedule.rate_at(step, share)
    batch = {k: v.to(run.device) for k, v in batch.items()}
    half = run.precision == "bfloat16"
    with torch.autocast(run.device, dtype=torch.bfloat16, enabled=half):
        loss = loss_of(learner.network, batch)
    learner.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if not torch.isfinite(nn.utils.clip_grad_norm_(learner.network.parameters(), 5.0)):
        return None
    learner.optimiser.step()
    _average(learner.mean, learner.network, min(schedule.average, (step + 1) / (step + 10)))
    return loss.detach()


def _check_learning(learnt: int, done: int) -> None:
    """Refuse to go on when the last step that taught anything is long ago."""
    if done - learnt >= _MOST_WITHOUT:
        raise TrainingStopped(
            f"the last {done - learnt} steps up to step {done} gave gradients that are no numbers, "
            "so nothing is learnt; go on from what was kept with --precision float32"
        )


def _batches(task: Task, schedule: Schedule, run: Run, first: int) -> Iterator[tuple[int, Batch]]:
    """Yield each step and its batch; the next ones are prepared in a thread meanwhile."""
    beside = _Beside() if run.device == "cuda" else None

    def prepare(step: int) -> Batch:
        rng = np.random.default_rng([run.seed, step])
        draw = partial(task.batch, rng, schedule.batch)
        return beside.make(draw) if beside else draw()

    pool = ThreadPoolExecutor(max_workers=1)
    try:
        ahead: deque[Future[Batch]] = deque()
        for step in count(first):
            while len(ahead) < _AHEAD and schedule.pace.share(step + len(ahead)) < 1.0:
                ahead.append(pool.submit(prepare, step + len(ahead)))
            if schedule.pace.share(step) >= 1.0:
                return
            yield step, ahead.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Beside:
    """A GPU's queue of work beside that of the training.

    In one queue a batch would wait for every step before it, each time that a number is copied
    to the device.
    """

    def __init__(self) -> None:
        # Hearts that were read before lie where they belong from here on.
        torch.cuda.synchronize()
        self._stream = torch.cuda.Stream(priority=-1)

    def make(self, draw: Callable[[], Batch]) -> Batch:
        """Return a batch once its tensors are finished."""
        with torch.cuda.stream(self._stream):
            batch = draw()
        self._stream.synchronize()
        for tensor in batch.values():
            # Its memory is not to be used again before the training has read it.
            tensor.record_stream(torch.cuda.default_stream())
        return batch


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
