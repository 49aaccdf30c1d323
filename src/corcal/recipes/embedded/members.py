"""Further members of the segmenter: each trained from nothing, on whole hearts alone.

Networks that went the same way make the same errors, and their mean has them still. A further
member sees no patches of five centimetres, and images that were made rough in wide ranges. After
phantoms alone it learns from real scans twice, each time without half of them, and is the mean of
the two. So each of the two is a witness of the scans that it was not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.loop import Run, Schedule, train
from corcal.recipes.embedded.networks.network import Segmenter, between
from corcal.recipes.embedded.pace import Steps
from corcal.recipes.embedded.tasks.hearts import HeartOnDisk
from corcal.recipes.embedded.tasks.roughen import Ranges
from corcal.recipes.embedded.tasks.sampler import Augmentation
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask
from corcal.recipes.embedded.whole_hearts import train_on_whole_hearts, whole_heart_task

#: Highest learning rate on phantoms alone, and its warm-up.
_RATE, _WARM_UP = 1.5e-3, 100


@dataclass(frozen=True, eq=False)
class Fold:
    """A network that was trained without some of the real scans.

    Attributes:
        held_out: names of the scans that it was not shown.
        folder: what was kept of its training.
        network: with its trained weights.
    """

    held_out: tuple[str, ...]
    folder: Path
    network: Segmenter


def train_member(
    cases: Sequence[Case],
    steps: tuple[int, int],
    folders: tuple[Path, Path],
    run_in: Callable[[Path, str], Run],
) -> tuple[Segmenter, tuple[Fold, ...]]:
    """Return a member, and the two networks that it is the mean of.

    Without real scans it is the network of the phantoms, and there are no folds.

    Args:
        cases: phantoms and real scans.
        steps: on phantoms alone, and on everything in each fold.
        folders: of the training on phantoms alone, and of the folds.
        run_in: returns where and how, for a folder and what is said of it; the network's own work
            is done in bfloat16.
    """
    base_folder, fold_folder = folders
    made = [c for c in cases if c.kind != "real"]
    half = replace(run_in(base_folder, "phantoms alone"), precision="bfloat16")
    schedule = Schedule(Steps(steps[0]), batch=1, rate=_RATE, warm_up=_WARM_UP)
    base = train(Segmenter, _task(made, half.device), schedule, half).cpu()
    folds = []
    real = [c.name for c in cases if c.kind == "real"]
    for number, held_out in enumerate(halves(real) if real else (), start=1):
        folder = fold_folder / f"fold-{number}"
        run = run_in(folder, f"fold {number}")
        shown = _task([c for c in cases if c.name not in held_out], run.device)
        folds.append(
            Fold(held_out, folder, train_on_whole_hearts(base, shown, (steps[1], 1.0), run))
        )
    if not folds:
        return base, ()
    return between(folds[0].network, folds[1].network, 0.5), tuple(folds)


def halves(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that each of two folds leaves out: every second one."""
    return tuple(names[::2]), tuple(names[1::2])


def _task(cases: Sequence[Case], device: str) -> SegmenterTask:
    hearts = [HeartOnDisk(c, device=device) for c in cases]
    return whole_heart_task(hearts, Augmentation(ranges=Ranges.wide()))
