"""The recipe of the embedded models within a time: cases are made while networks learn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from corcal.core.errors import SettingsRefused
from corcal.recipes.embedded.cases.bank import scan_of
from corcal.recipes.embedded.cases.chest import Chest, load_chest
from corcal.recipes.embedded.cases.phantoms import is_phantom
from corcal.recipes.embedded.cases.scans import RealScans
from corcal.recipes.embedded.checkpoints import SmallWeights
from corcal.recipes.embedded.devices import hearts_a_step, share_cores, usual_hearts_gb
from corcal.recipes.embedded.growing import Growing
from corcal.recipes.embedded.lesion_model import fit_lesion_model
from corcal.recipes.embedded.loop import Run, Schedule, Task, keep_freed_memory, train
from corcal.recipes.embedded.networks.network import Locator, Segmenter, between
from corcal.recipes.embedded.networks.to_openvino import export_locator, export_segmenter
from corcal.recipes.embedded.pace import Pace, Span
from corcal.recipes.embedded.recipe import Recipe, augmentation, card, check
from corcal.recipes.embedded.stop import stop_requests
from corcal.recipes.embedded.tasks.hearts import Heart, HeartStore
from corcal.recipes.embedded.tasks.locator_task import LocatorTask
from corcal.recipes.embedded.tasks.segmenter_task import SegmenterTask
from corcal.recipes.embedded.timetable import Limits, deadlines
from corcal.recipes.embedded.whole_hearts import whole_heart_schedule, whole_heart_task
from corcal.recipes.embedded.workers.jobs import JobPlan
from corcal.recipes.embedded.workers.processes import Workers
from corcal.storage import JsonLines, read_json_lines

#: So many cases must be there before a network begins to learn.
_ENOUGH = 2
_GLANCE_SECONDS = 0.2
#: How often a line goes into the log.
_LOG_SECONDS = 120.0

Network = TypeVar("Network", bound=nn.Module)


def train_in_minutes(
    scans: RealScans,
    out: Path,
    recipe: Recipe,
    limits: Limits,
    *,
    on_progress: Callable[[str], None],
    begin_seconds: float | None = None,
) -> Path:
    """Train all embedded models from nothing within a time; return the folder of the result.

    The learning rate follows the time. Under `out` lie the cases (`bank/`, `chests/`), averaged
    weights in half precision and a log, written every two minutes (`weights/`), and the
    finished files (`models/`). The same call goes on where an earlier one ended: what was
    trained to its end is taken as it is, and the rest has the time to itself.

    Args:
        scans: the annotated scans; those whose cases lie in the bank need no files. Without
            any, phantoms alone are trained on.
        out: where to work.
        recipe: numbers of cases and seed; its steps say only whether there is a locator, a part
            on patches of real scans and one on whole hearts (above 0), the segmenter has one
            network, and the lesion model gets as many phantoms as the time allows.
        limits: the time, and what else there is.
        on_progress: called with one line of progress at a time.
        begin_seconds: when the time began, of `time.monotonic`; now, unless given.

    Raises:
        SettingsRefused: a scan to leave out is unknown, the device is not there, something is to
            be ablated or gone on from, or the time is too short for the first cases.
        CorcalError: the processes that make cases broke down.
        KeyboardInterrupt: SIGTERM asked to stop; what was trained is kept.
    """
    if recipe.ablate or recipe.go_on_from:
        raise SettingsRefused("a training within a time has no ablate and no go_on_from")
    check(scans, recipe)
    begin = time.monotonic() if begin_seconds is None else begin_seconds
    keep_freed_memory()
    count, threads = share_cores(limits.workers, recipe.threads, recipe.device)
    torch.set_num_threads(threads)
    torch.backends.cudnn.benchmark = True
    weights = out / "weights"
    with (
        JsonLines(weights / "log.jsonl") as log,
        Workers(_plan(scans, out, recipe), count, out) as workers,
    ):
        training = _Training(scans, out, recipe, limits, begin, on_progress, log, workers)
        training.train_stages()
        workers.close()
        return training.finish() if limits.export else weights


def _plan(scans: RealScans, out: Path, recipe: Recipe) -> JobPlan:
    shown = scans.without(recipe.leave_out)
    return JobPlan(
        bank=out / "bank",
        chests=out / "chests",
        phantoms=recipe.phantoms,
        acquired=recipe.acquired if recipe.heart_steps else 0,
        made_chests=recipe.chests if recipe.locator_steps else 0,
        seed=recipe.seed,
        data=scans.data,
        trust=shown.trust,
        real=tuple(shown.trust),
    )


@dataclass
class _Training:
    """A timed training in progress; the arguments are those of `train_in_minutes`."""

    scans: RealScans
    out: Path
    recipe: Recipe
    limits: Limits
    begin: float
    say: Callable[[str], None]
    log: JsonLines
    workers: Workers

    def __post_init__(self) -> None:
        given, device = self.limits.device_gb, self.recipe.device
        self._store = HeartStore(device, usual_hearts_gb(device) if given is None else given)
        self._stop = stop_requests()
        self._logged = self.begin

    def train_stages(self) -> None:
        """Train every network that is not trained to its end."""
        stages = [s for s in self._stages() if self._weights(s).share() < 1.0]
        for i, stage in enumerate(stages):
            self._train(stage, [*stages[i:], "finish"])

    def finish(self) -> Path:
        """Export the networks, fit the lesion model while time is left; return the folder."""
        models = self.out / "models"
        if self.recipe.locator_steps:
            locator = _load(Locator(), self._weights("locator"))
            export_locator(locator, models, self._card("corcal heart locator"))
        export_segmenter(
            [self._segmenter()], models, self._card("corcal artery and calcium segmenter")
        )
        self.say(f"written to {models}")
        if self.recipe.lesion_phantoms:
            end = deadlines(["finish"], self.limits, self.begin, time.monotonic())["finish"]
            fit_lesion_model(
                self.scans,
                models,
                self.out / "without",
                phantoms=self.recipe.lesion_phantoms,
                on_progress=self.say,
                end_seconds=end,
            )
        self._note("finish", {})
        return models

    def _stages(self) -> list[str]:
        stages = ["locator"] if self.recipe.locator_steps else []
        real = self.scans.without(self.recipe.leave_out).trust
        patched = [*stages, "base", *(["segmenter"] if real and self.recipe.steps else [])]
        whole = "hearts" if real else "phantom_hearts"
        return [*patched, whole] if self.recipe.heart_steps else patched

    def _train(self, stage: str, left: list[str]) -> None:
        kept = self._weights(stage)
        task, make, schedule = self._task(stage)
        # Not before: what the first cases took is nobody's time.
        end = deadlines(left, self.limits, self.begin, time.monotonic())[stage]
        pace = Span(time.monotonic(), end, kept.share())
        run = Run(
            kept,
            self.recipe.seed,
            self.recipe.device,
            self.recipe.precision,
            lambda step, loss, seconds: self._on_step(stage, (step, loss, seconds)),
            self._stop,
        )
        train(make, task, schedule(pace), run)
        self._note(
            stage, {"steps": kept.steps(), "cases": len(list((self.out / "bank").iterdir()))}
        )

    def _task(self, stage: str) -> tuple[Task, Callable[[], nn.Module], Callable[[Pace], Schedule]]:
        """Return what a stage learns, from which weights and how fast, once there is enough."""
        if stage == "locator":
            chests = Growing(self.out / "chests", self._chest)
            self._wait(chests)
            return LocatorTask(chests), Locator, lambda pace: Schedule(pace, 2, 2e-3)
        kinds = {"phantom"} if stage in ("base", "phantom_hearts") else {"phantom", "real"}
        hearts = Growing(self.out / "bank", lambda p: self._heart(p, kinds))
        self._wait(hearts)
        changes, batch = augmentation(self.recipe), self.recipe.batch
        if stage in ("hearts", "phantom_hearts"):
            count = hearts_a_step(self.recipe.device, self._store.left_gb)
            return (
                whole_heart_task(hearts, changes),
                self._after_patches,
                lambda pace: whole_heart_schedule(pace, count),
            )
        task = SegmenterTask(hearts, augmentation=changes)
        if stage == "base":
            return task, Segmenter, lambda pace: Schedule(pace, batch, 1.5e-3)
        return task, self._base, lambda pace: Schedule(pace, batch, 1e-3)

    def _wait(self, cases: Growing[Any]) -> None:
        """Wait until there are cases to begin with."""
        end = deadlines(["finish"], self.limits, self.begin, self.begin)["finish"]
        while len(cases) < _ENOUGH:
            self.workers.check()
            if self._stop():
                raise KeyboardInterrupt
            if time.monotonic() > end:
                raise SettingsRefused(
                    f"{len(cases)} training cases after {time.monotonic() - self.begin:.0f} s, "
                    f"and {_ENOUGH} are needed to begin: give more minutes or more workers"
                )
            time.sleep(_GLANCE_SECONDS)
            cases.look()

    def _chest(self, path: Path) -> Chest | None:
        return load_chest(path) if self._is_shown(path.stem) else None

    def _heart(self, path: Path, kinds: set[str]) -> Heart | None:
        kind = "phantom" if is_phantom(path.name) else "real"
        return self._store.heart(path) if kind in kinds and self._is_shown(path.name) else None

    def _is_shown(self, name: str) -> bool:
        """Return whether a case may be trained on: phantoms, and listed scans not left out."""
        return is_phantom(name) or scan_of(name) in self.scans.without(self.recipe.leave_out).trust

    def _base(self) -> nn.Module:
        """Return the segmenter trained on phantoms alone, on whole hearts too if it was."""
        whole = self._weights("phantom_hearts")
        return _load(Segmenter(), whole if whole.path.exists() else self._weights("base"))

    def _after_patches(self) -> nn.Module:
        """Return the segmenter trained on patches."""
        return self._blend(self._base(), "segmenter")

    def _segmenter(self) -> nn.Module:
        """Return the segmenter trained to its end."""
        return self._blend(self._after_patches(), "hearts").eval()

    def _blend(self, before: nn.Module, stage: str) -> nn.Module:
        """Return the network between those before and after a stage, if there is that stage."""
        if stage not in self._stages():
            return before
        return between(before, _load(Segmenter(), self._weights(stage)), self.recipe.blend)

    def _weights(self, stage: str) -> SmallWeights:
        return SmallWeights(self.out / "weights" / f"{stage}.pt")

    def _on_step(self, stage: str, at: tuple[int, float, float]) -> None:
        step, loss, seconds = at
        self.say(f"{stage}: step {step}, loss {loss:.3f}, {seconds:.2f} s a step")
        if time.monotonic() - self._logged >= _LOG_SECONDS:
            self._note(stage, {"step": step, "loss": round(loss, 4)})

    def _note(self, stage: str, facts: dict[str, Any]) -> None:
        self._logged = time.monotonic()
        self.log.append({"seconds": round(self._logged - self.begin, 1), "stage": stage, **facts})

    def _card(self, name: str) -> dict[str, object]:
        facts = card(name, self.scans, self.recipe)
        lines = list(read_json_lines(self.out / "weights" / "log.jsonl"))
        steps = {line["stage"]: line["steps"] for line in lines if "steps" in line}
        return {**facts, "minutes": self.limits.minutes, "steps": steps}


def _load(network: Network, kept: SmallWeights) -> Network:
    kept.load(network)
    return network
