"""The paper's ablation study: one part of the method is taken out at a time.

Each variant is a change of the settings and nothing else; all are trained and scored by the same
code, on the same split. Alnasser et al., section 2.4.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corcal.core.errors import SettingsRefused
from corcal.core.steps import HeartLocator
from corcal.evaluate.publish import write_table
from corcal.segment import Bundle
from corcal.settings import Settings
from corcal.storage import replace_file
from corcal.studies.held_out.compare import Compared, summary_table
from corcal.studies.held_out.parts import keep_test
from corcal.studies.held_out.score_cases import Scorer, score_cases
from corcal.train import (
    Event,
    Machine,
    ModelName,
    TrainingFolder,
    estimate_training,
    export_bundle,
    make_dataset,
    plan_and_preprocess,
    read_manifest,
    train_folds,
)

_TITLES = {
    "full": "full method",
    "no_crop": "without heart crop",
    "no_regions": "without region merging",
}


@dataclass(frozen=True)
class Runner:
    """The means of running variants.

    Attributes:
        machine: what training may use.
        gpus: which GPUs, one fold at a time on each.
        locator: finds the heart, in training and scoring.
        on_progress: called with a line of progress.
        on_fold_event: called with the fold and the events of its training.
    """

    machine: Machine
    gpus: Sequence[int]
    locator: HeartLocator
    on_progress: Callable[[str], None]
    on_fold_event: Callable[[int, Event], None]


def variant_settings(name: str, settings: Settings) -> Settings:
    """Return the settings of a variant.

    Args:
        name: "full", "no_crop" or "no_regions".
        settings: of the full method.
    """
    if name == "no_crop":
        return replace(settings, preparation=replace(settings.preparation, crop_to_heart=False))
    if name == "no_regions":
        return replace(settings, training=replace(settings.training, merge_regions=False))
    return settings


def choose_variants(text: str) -> tuple[str, ...]:
    """Return the variants of a list such as "full,no_crop"; all of them for an empty text.

    Raises:
        SettingsRefused: there is no such variant.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    strange = [name for name in names if name not in _TITLES]
    if strange:
        raise SettingsRefused(f"no variant {strange[0]!r}; there are {', '.join(_TITLES)}")
    return tuple(dict.fromkeys(names)) or tuple(_TITLES)


def run_variants(
    manifest: Path, out: Path, settings: Settings, *, names: Sequence[str], runner: Runner
) -> Path:
    """Train and score variants, and return the file of the table.

    What was trained before is kept, so that a run that was stopped goes on where it was.

    Args:
        manifest: the annotated scans.
        out: receives of each variant a work folder, a model, and in NAME_scored label maps and the
            tables that `corcal ablation` reads; and the table variants.csv, .md and .tex, which
            grows with every variant.
        settings: of the full method.
        names: which variants.
        runner: how.

    Raises:
        InputRefused: as the steps of a training; or no scan is kept for tests.
    """
    if settings.training.test_share == 0:
        raise SettingsRefused("training.test_share is 0: no scan is kept for the variants' test")
    compared: dict[str, list[Compared]] = {}
    for name in names:
        compared[_TITLES[name]] = _run(name, manifest, out, settings, runner)
        table = summary_table(
            "variants", "Variants of the method on the scans kept for tests", compared
        )
        for file, content in write_table(table).items():
            replace_file(out / file, content)
    return out / "variants.md"


def _run(
    name: str, manifest: Path, out: Path, settings: Settings, runner: Runner
) -> list[Compared]:
    changed = variant_settings(name, settings)
    work, model = TrainingFolder(out / name), out / f"{name}.corcal"
    runner.on_progress(f"variant: {_TITLES[name]}")
    dataset = make_dataset(
        manifest, work, changed, locator=runner.locator, on_progress=runner.on_progress
    )
    if not model.exists():
        runner.on_progress(estimate_training(work).text)
        plan_and_preprocess(work, runner.machine, lambda _: None)
        folds = range(changed.training.folds)
        train_folds(work, folds, runner.machine, gpus=runner.gpus, on_progress=runner.on_fold_event)
        export_bundle(work, model, ModelName(name), on_progress=runner.on_progress)
    kept = [row for row in read_manifest(manifest) if row.case in dataset.split.test]
    scorer = Scorer(runner.locator, runner.machine.device, changed, runner.on_progress)
    bundle = Bundle.open(model)
    compared = score_cases(kept, bundle, out / f"{name}_scored", scorer)
    table = summary_table("test", "The scans kept for tests", {_TITLES[name]: compared})
    keep_test(work, bundle, len(kept), table)
    return compared
