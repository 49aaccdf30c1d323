"""The last part of the segmenter's training: it sees whole hearts at once, not five centimetres.

A tube of 3 to 4 mm is known by where it comes from and where it goes. A patch of 102 x 117 x
117 mm holds nearly all of a heart; with bfloat16 a step takes one and a half seconds on one core
that calculates in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

from torch import nn

from corcal.recipes.embedded.loop import Run, Schedule, train
from corcal.recipes.embedded.networks.network import Segmenter, between
from corcal.recipes.embedded.pace import Pace, Steps
from corcal.recipes.embedded.tasks.hearts import Heart
from corcal.recipes.embedded.tasks.sampler import Augmentation
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask

#: Sides of a patch in voxels, share of real scans, highest learning rate and its warm-up.
_PATCH = (128, 160, 160)
_REAL_SHARE = 0.35
_RATE, _WARM_UP = 8e-4, 60
#: Steps on two patches of 5 cm that take the time of one on a whole heart.
_PATCH_STEPS = 3


def whole_heart_task(hearts: Sequence[Heart], augmentation: Augmentation) -> SegmenterTask:
    """Return the task of these hearts, each seen nearly whole."""
    return SegmenterTask(hearts, _PATCH, _REAL_SHARE, augmentation)


def learn_on_patches(
    start: Segmenter,
    hearts: Sequence[Heart],
    augmentation: Augmentation,
    amount: tuple[int, float],
    run: Run,
) -> Segmenter:
    """Return a segmenter trained further on patches of 5 cm, as an ablation of the context.

    The same hearts, share of real scans and learning rate as `train_on_whole_hearts`, and as many
    steps as take about the time of those on whole hearts.
    """
    steps, share = amount
    task = SegmenterTask(hearts, real_share=_REAL_SHARE, augmentation=augmentation)
    schedule = Schedule(Steps(_PATCH_STEPS * steps), rate=_RATE, warm_up=_WARM_UP)
    return train_further(start, task, schedule, share, run)


def whole_heart_schedule(pace: Pace, hearts: int = 1) -> Schedule:
    """Return the length and speed of learning from so many whole hearts a step."""
    return Schedule(pace, hearts, rate=_RATE, warm_up=_WARM_UP)


def train_on_whole_hearts(
    start: Segmenter, task: SegmenterTask, amount: tuple[int, float], run: Run
) -> Segmenter:
    """Return a segmenter trained further, on one whole heart a step.

    Args:
        start: trained on patches.
        task: of phantoms and real scans.
        amount: how many steps, and how far the weights go from those of `start` (0) to those after
            the last step (1).
        run: where and how; the network's own work is done in bfloat16.
    """
    steps, share = amount
    half = replace(run, precision="bfloat16")
    return train_further(start, task, whole_heart_schedule(Steps(steps)), share, half)


def train_further(
    start: nn.Module, task: SegmenterTask, schedule: Schedule, share: float, run: Run
) -> Segmenter:
    """Return a segmenter that learnt more: so far from `start` (0) to its last weights (1)."""
    trained = train(lambda: deepcopy(start), task, schedule, run)
    return between(start, trained.cpu(), share)
