"""The time of a step of the segmenter's training, and of the case and patches that it needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from corcal.core.preparation import Preparation
from corcal.recipes.embedded.cases.phantoms import phantom_case
from corcal.recipes.embedded.checkpoints import Learner
from corcal.recipes.embedded.loop import Run, Schedule, keep_freed_memory, train
from corcal.recipes.embedded.networks.network import Segmenter
from corcal.recipes.embedded.pace import Steps
from corcal.recipes.embedded.tasks.hearts import heart_in_memory
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask


@dataclass(frozen=True)
class _Nothing:
    """Keeps nothing of a run."""

    def resume(self, learner: Learner) -> int:
        return 0

    def due(self, step: int) -> bool:
        return False

    def save(self, learner: Learner, step: int, share: float) -> None:
        pass


def step_times(device: str, *, batch: int, steps: int, threads: int) -> Iterator[tuple[str, float]]:
    """Yield names and seconds: a phantom, the patches of a step, a step in each precision.

    On a CPU seconds of the processor, so that other programs do not count, on a GPU of the clock.

    Args:
        device: "cpu" or "cuda".
        batch: patches a step.
        steps: so many are timed, after the first.
        threads: CPU threads.
    """
    torch.set_num_threads(threads)
    keep_freed_memory()
    clock = time.perf_counter if device == "cuda" else time.process_time
    began = clock()
    case = phantom_case(0, Preparation().spacing_mm)
    yield "phantom", clock() - began
    task = SegmenterTask([heart_in_memory(case, device)])
    began = clock()
    for seed in range(steps):
        task.batch(np.random.default_rng(seed), batch)["hu"].sum().item()
    yield "patches", (clock() - began) / steps
    for precision in ("float32", "bfloat16"):
        run = Run(_Nothing(), device=device, precision=precision)
        train(Segmenter, task, Schedule(Steps(1), batch), run)
        began = clock()
        train(Segmenter, task, Schedule(Steps(steps), batch), run)
        yield precision, (clock() - began) / steps
