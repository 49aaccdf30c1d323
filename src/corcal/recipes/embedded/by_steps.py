"""The recipe of the embedded models by steps: from annotated scans and phantoms to files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from corcal.locate import SPACING_MM
from corcal.recipes.embedded.cases.annotated import annotated_chest
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.fill_bank import fill_bank
from corcal.recipes.embedded.cases.phantoms import acquired_name, is_acquired, phantom_chest
from corcal.recipes.embedded.cases.scans import RealScans
from corcal.recipes.embedded.checkpoints import WholeState
from corcal.recipes.embedded.lesion_model import fit_lesion_model
from corcal.recipes.embedded.loop import Run, Schedule, keep_freed_memory, train
from corcal.recipes.embedded.networks.from_openvino import read_segmenter
from corcal.recipes.embedded.networks.network import Locator, Segmenter, between
from corcal.recipes.embedded.networks.to_openvino import export_locator, export_segmenter
from corcal.recipes.embedded.pace import Steps
from corcal.recipes.embedded.recipe import Recipe, augmentation, card, check
from corcal.recipes.embedded.stop import stop_requests
from corcal.recipes.embedded.tasks.hearts import INSERT, HeartOnDisk
from corcal.recipes.embedded.tasks.locator_task import LocatorTask
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask
from corcal.recipes.embedded.whole_hearts import (
    learn_on_patches,
    train_further,
    train_on_whole_hearts,
    whole_heart_task,
)


def train_default(
    scans: RealScans, out: Path, recipe: Recipe, *, on_progress: Callable[[str], None]
) -> Path:
    """Train both embedded models and return the folder with their files.

    Everything is kept under `out`: prepared cases in `bank/`, checkpoints in `locator/`,
    `base/`, `segmenter/`, `hearts/` and `member-2/`, the finished files in `models/`. A run that
    was stopped goes on where it was. Runs that leave scans out share the bank and the base, which
    has seen no real scan; their files are in `without/SCAN/models` for each of those scans.

    Args:
        scans: the annotated scans.
        out: where to work.
        recipe: how much and how long.
        on_progress: called with one line of progress at a time.

    Raises:
        SettingsRefused, ModelRefused: as `check`.
    """
    check(scans, recipe)
    keep_freed_memory()
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    folders = [out / "without" / name / "models" for name in recipe.leave_out]
    models = folders[0] if folders else out / "models"
    if recipe.locator_steps:
        _locator(scans, out, models, recipe, on_progress)
    _segmenter(scans, out, models, recipe, on_progress)
    for folder in folders[1:]:
        shutil.copytree(models, folder, dirs_exist_ok=True)
    return models


def _locator(
    scans: RealScans, out: Path, models: Path, recipe: Recipe, on_progress: Callable[[str], None]
) -> None:
    on_progress("heart locator: preparing chests")
    real = [annotated_chest(scans, n, SPACING_MM) for n in scans.without(recipe.leave_out).trust]
    made = [phantom_chest(i, SPACING_MM) for i in range(recipe.chests)]
    task = LocatorTask(tuple(real + made))
    schedule = Schedule(Steps(recipe.locator_steps), rate=2e-3)
    run = _run(recipe, models.parent / "locator", "heart locator", on_progress)
    locator = train(Locator, task, schedule, run)
    export_locator(locator.cpu(), models, card("corcal heart locator", scans, recipe))
    on_progress(f"heart locator: written to {models}")


def _segmenter(
    scans: RealScans, out: Path, models: Path, recipe: Recipe, on_progress: Callable[[str], None]
) -> None:
    """Train the segmenter and write its files."""
    acquired = recipe.acquired if recipe.heart_steps or recipe.members > 1 else 0
    more = recipe.member_phantoms if recipe.members > 1 else 0
    cases = fill_bank(
        scans,
        out / "bank",
        phantoms=recipe.phantoms,
        acquired=acquired + more,
        ablate=recipe.ablate,
        on_progress=on_progress,
    )
    every = tuple(c for c in cases if c.name not in recipe.leave_out)
    kept_back = {acquired_name(number) for number in range(acquired, acquired + more)}
    shown = tuple(c for c in every if c.name not in kept_back)
    if recipe.go_on_from:
        segmenter = read_segmenter(recipe.go_on_from)
    else:
        patched = tuple(c for c in shown if not is_acquired(c))
        segmenter = _on_patches(patched, out / "base", models.parent, recipe, on_progress)
    if recipe.heart_steps:
        run = _run(recipe, models.parent / "hearts", "segmenter, whole hearts", on_progress)
        amount = (recipe.heart_steps, recipe.blend)
        segmenter = _on_whole_hearts(segmenter, shown, amount, recipe, run)
    others = _further_members(segmenter, every, models.parent, recipe, on_progress)
    # The last trained comes first: it is the one that runs alone where only one is to run.
    members = [*reversed(others), segmenter]
    export_segmenter(members, models, card("corcal artery and calcium segmenter", scans, recipe))
    if recipe.lesion_phantoms:
        # Networks that are to be measured on scans learn nothing from the others' lesions either.
        fit_lesion_model(
            RealScans(None) if recipe.leave_out else scans,
            models,
            out / "without",
            phantoms=recipe.lesion_phantoms,
            on_progress=on_progress,
        )
    on_progress(f"segmenter: written to {models}")


def _further_members(
    first: Segmenter,
    cases: tuple[Case, ...],
    folder: Path,
    recipe: Recipe,
    on_progress: Callable[[str], None],
) -> list[Segmenter]:
    """Return the members after the first, with the weights after their last step.

    Their images are rougher, and some of their phantoms are new to the first. A network that is
    trained from nothing on whole hearts, one a step, is far from the first after as many steps.
    """
    members = []
    for number in range(2, recipe.members + 1):
        own = replace(recipe, seed=recipe.seed + number, wide=True)
        run = _run(own, folder / f"member-{number}", f"member {number}", on_progress)
        members.append(_on_whole_hearts(first, cases, (own.member_steps, 1.0), own, run))
    return members


def _on_whole_hearts(
    start: Segmenter, cases: tuple[Case, ...], amount: tuple[int, float], recipe: Recipe, run: Run
) -> Segmenter:
    """Return a segmenter trained further on whole hearts: see `train_on_whole_hearts`."""
    hearts = _hearts(cases, recipe)
    if "context" in recipe.ablate:
        return learn_on_patches(start, hearts, augmentation(recipe), amount, run)
    return train_on_whole_hearts(start, whole_heart_task(hearts, augmentation(recipe)), amount, run)


def _hearts(cases: Iterable[Case], recipe: Recipe) -> list[HeartOnDisk]:
    """Return cases to cut patches from; deposits are put into real ones."""
    insert = 0.0 if "insertions" in recipe.ablate else INSERT
    alike = "look-alikes" not in recipe.ablate
    return [HeartOnDisk(c, insert, alike, recipe.device) for c in cases]


def _on_patches(
    cases: tuple[Case, ...],
    base_folder: Path,
    folder: Path,
    recipe: Recipe,
    on_progress: Callable[[str], None],
) -> Segmenter:
    """Return the segmenter trained on patches: on phantoms alone, then on everything."""
    base = _base(cases, base_folder, recipe, on_progress)
    if not recipe.steps:
        return between(base, base, 1.0)
    task = SegmenterTask(_hearts(cases, recipe), augmentation=augmentation(recipe))
    run = _run(recipe, folder / "segmenter", "segmenter", on_progress)
    schedule = Schedule(Steps(recipe.steps), recipe.batch, rate=1e-3)
    return train_further(base, task, schedule, recipe.blend, run)


def _base(
    cases: tuple[Case, ...], folder: Path, recipe: Recipe, on_progress: Callable[[str], None]
) -> nn.Module:
    """Return the segmenter trained on phantoms alone."""
    made = _hearts((c for c in cases if c.kind == "phantom"), recipe)
    run = _run(recipe, folder, "segmenter, phantoms alone", on_progress)
    schedule = Schedule(Steps(recipe.base_steps), recipe.batch)
    task = SegmenterTask(made, augmentation=augmentation(recipe))
    return train(Segmenter, task, schedule, run).cpu()


def _run(recipe: Recipe, folder: Path, what: str, on_progress: Callable[[str], None]) -> Run:
    return Run(
        WholeState(folder, recipe.device),
        recipe.seed,
        recipe.device,
        recipe.precision,
        _progress(what, on_progress),
        stop_requests(),
    )


def _progress(what: str, on_progress: Callable[[str], None]) -> Callable[[int, float, float], None]:
    def on_step(step: int, loss: float, seconds: float) -> None:
        on_progress(f"{what}: step {step}, loss {loss:.3f}, {seconds:.2f} s a step")

    return on_step
