"""Further members of the segmenter: they go on from the first, on whole hearts in wide ranges.

Their images are rougher (thicker slices, more noise, other tube voltages), and half of their
phantoms are new to the first. A network of this size that is trained from nothing on whole hearts,
one a step, is still far from the first after as many steps as a further member takes.
"""

from __future__ import annotations

from collections.abc import Sequence

from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.loop import Run
from corcal.recipes.embedded.networks.network import Segmenter
from corcal.recipes.embedded.tasks.hearts import HeartOnDisk
from corcal.recipes.embedded.tasks.roughen import Ranges
from corcal.recipes.embedded.tasks.sampler import Augmentation
from corcal.recipes.embedded.whole_hearts import train_on_whole_hearts, whole_heart_task


def train_member(first: Segmenter, cases: Sequence[Case], steps: int, run: Run) -> Segmenter:
    """Return a further member.

    Args:
        first: the finished first member.
        cases: phantoms and real scans, more than the first was trained on.
        steps: on whole hearts; its weights are those after the last.
        run: where and how, with a seed of its own.
    """
    hearts = [HeartOnDisk(c, device=run.device) for c in cases]
    task = whole_heart_task(hearts, Augmentation(ranges=Ranges.wide()))
    return train_on_whole_hearts(first, task, (steps, 1.0), run)
