"""The paper's ablation study: one part of the method is taken out at a time.

Each variant is a change of the settings and nothing else; all are trained and scored by the same
code, on the same split. Alnasser et al., section 2.4.5.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corcal.core.errors import SettingsRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.core.steps import HeartLocator
from corcal.read import read_labels, read_scan
from corcal.settings import Settings
from corcal.storage import csv_bytes, replace_file
from corcal.studies.ablation.compare import Compared, Summary, compare, summarise
from corcal.train.bundle.export import ModelName, export_bundle
from corcal.train.dataset.dataset import make_dataset
from corcal.train.dataset.manifest import read_manifest
from corcal.train.events import Event
from corcal.train.nnunet.child import Machine
from corcal.train.nnunet.folds import plan_and_preprocess, train_folds
from corcal.train.training_folder import TrainingFolder

#: Scores a scan with a model: scan, bundle, settings -> labels on the scan's grid.
Score = Callable[[Scan, Path, Settings], ArteryLabels]

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
        score: the whole of scoring; given, because training knows nothing of it.
        on_progress: called with a line of progress.
        on_fold_event: called with the fold and the events of its training.
    """

    machine: Machine
    gpus: Sequence[int]
    locator: HeartLocator
    score: Score
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


def chosen_variants(text: str) -> tuple[str, ...]:
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
        out: receives work folders, models, variants.csv and variants.md.
        settings: of the full method.
        names: which variants.
        runner: how.

    Raises:
        InputRefused: as the steps of a training; or no scan is kept for tests.
    """
    if settings.training.test_share == 0:
        raise SettingsRefused("training.test_share is 0: no scan is kept for the variants' test")
    rows = {name: _run(name, manifest, out, settings, runner) for name in names}
    replace_file(out / "variants.csv", _csv(rows))
    replace_file(out / "variants.md", _markdown(rows).encode())
    return out / "variants.md"


def _run(
    name: str, manifest: Path, out: Path, settings: Settings, runner: Runner
) -> list[Compared]:
    wanted = variant_settings(name, settings)
    work, model = TrainingFolder(out / name), out / f"{name}.corcal"
    runner.on_progress(f"variant: {_TITLES[name]}")
    made = make_dataset(
        manifest, work, wanted, locator=runner.locator, on_progress=runner.on_progress
    )
    if not model.exists():
        plan_and_preprocess(work, runner.machine, lambda _: None)
        folds = range(wanted.training.folds)
        train_folds(work, folds, runner.machine, gpus=runner.gpus, on_progress=runner.on_fold_event)
        export_bundle(work, model, ModelName(name), on_progress=runner.on_progress)
    compared: list[Compared] = []
    for row in read_manifest(manifest):
        if row.case in made.split.test:
            runner.on_progress(f"scoring {row.case}")
            scan = read_scan(row.scan, settings=wanted.admission)
            found = runner.score(scan, model, wanted)
            compared += compare(row.case, read_labels(row.labels, scan), found)
    return compared


def _csv(rows: dict[str, list[Compared]]) -> bytes:
    columns = ["variant", *(f.name for f in dataclasses.fields(Compared))]
    cells = (
        [name, *(f"{v:.6f}" if isinstance(v, float) else v for v in dataclasses.astuple(one))]
        for name, compared in rows.items()
        for one in compared
    )
    return csv_bytes(columns, cells)


def _markdown(rows: dict[str, list[Compared]]) -> str:
    lines = [
        "| variant | artery | scans | with calcium | sensitivity | specificity | drawn mL | "
        "found mL | Dice of calcium | Dice of artery |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, compared in rows.items():
        lines += [_line(_TITLES[name], one) for one in summarise(compared)]
    return "\n".join(lines) + "\n"


def _line(title: str, one: Summary) -> str:
    shown = (
        *(_share(v) for v in (one.sensitivity, one.specificity)),
        f"{one.drawn_ml:.3f}",
        f"{one.found_ml:.3f}",
        *(_share(v) for v in (one.calcium_dice, one.artery_dice)),
    )
    return f"| {title} | {one.artery} | {one.scans} | {one.present} | " + " | ".join(shown) + " |"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
