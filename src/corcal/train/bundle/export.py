"""Trained folds become one model: a bundle that `corcal score --model` runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corcal.core.arguments import (
    ONE_TEXT,
    require_function,
    require_kind,
    require_path,
    require_text,
    require_whole_numbers,
)
from corcal.core.errors import TrainingStopped
from corcal.segment import (
    CARD,
    DATASET,
    EXCLUSIVE_NAMES,
    PLANS,
    REGION_NAMES,
    Bundle,
    BundleFacts,
    sha256_of,
    weights_of,
    write_manifest,
    write_network,
    write_weights,
)
from corcal.settings import Settings
from corcal.storage import replace_folder, replace_zip
from corcal.train.bundle.accuracy import accuracy_origin
from corcal.train.bundle.card import card_text
from corcal.train.bundle.origin import origin_of
from corcal.train.labels import load_dataset_json
from corcal.train.nnunet.folds import require_nnunet
from corcal.train.nnunet.states import load_state
from corcal.train.training_folder import CONFIGURATION, FOLDER_EXAMPLE, TRAINER_NAME, TrainingFolder


@dataclass(frozen=True)
class ModelName:
    """The name of a model.

    Attributes:
        name: of letters, digits and . _ + -
        version: of letters, digits and . _ + -

    Raises:
        TypeError: one is no text.
    """

    name: str
    version: str = "1"

    def __post_init__(self) -> None:
        require_text("name", self.name, "mine")
        require_text("version", self.version, "1")


def export_bundle(
    work: TrainingFolder,
    out: Path,
    named: ModelName,
    *,
    folds: Sequence[int] | None = None,
    force: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write the trained folds as a bundle, whole or not at all, and return its path.

    Each fold comes as weights without pickle and as an OpenVINO network, which is compared with
    the original on random input.

    Args:
        work: with trained folds.
        out: the bundle: a folder, or a zip where the name ends in .zip.
        named: its name and version.
        folds: which to put in; all of the training when None.
        force: replace a bundle that is there.
        on_progress: called with one line before each fold.

    Raises:
        TrainingStopped: a fold is not trained to its end, or its state is damaged.
        OutputRefused: the bundle is there already, or cannot be written.
        ModelRefused: something that export needs is not installed, or a network is not
            computed alike by torch and OpenVINO.
        InputRefused: the path is empty.
        TypeError: an argument is of another kind.
    """
    require_kind("work", work, TrainingFolder, FOLDER_EXAMPLE)
    require_kind("named", named, ModelName, "ModelName('mine')")
    require_function("on_progress", on_progress, ONE_TEXT)
    out = require_path("out", out)
    require_nnunet()
    settings = work.settings()
    every = range(settings.training.folds)
    chosen = require_whole_numbers("folds", every if folds is None else folds)
    states = {fold: _is_finished(work, fold) for fold in chosen}
    load_dataset_json(work.preprocessed / DATASET, settings.training)
    facts = _facts(named, chosen, settings)
    staged = replace_zip if out.suffix == ".zip" else replace_folder
    with staged(out, force=force) as stage:
        shutil.copyfile(work.preprocessed / DATASET, stage / DATASET)
        shutil.copyfile(work.plans_file, stage / PLANS)
        for fold in chosen:
            on_progress(f"writing fold {fold}")
            write_weights(states[fold], stage / weights_of(fold))
        weights = {fold: sha256_of(stage / weights_of(fold)) for fold in chosen}
        facts = replace(facts, origin=origin_of(work) | accuracy_origin(work, weights))
        card = card_text(facts, work, weights)
        (stage / CARD).write_text(card, encoding="utf-8", newline="\n")
        write_manifest(stage, facts)
        for fold in chosen:
            on_progress(f"converting fold {fold}")
            write_network(Bundle.open(stage), fold, stage)
        write_manifest(stage, facts)
    return out


def _facts(named: ModelName, folds: tuple[int, ...], settings: Settings) -> BundleFacts:
    training, preparation = settings.training, settings.preparation
    return BundleFacts(
        name=named.name,
        version=named.version,
        configuration=CONFIGURATION,
        trainer=TRAINER_NAME,
        folds=folds,
        mirroring_axes=(0, 1, 2) if training.mirror else (),
        spacing_mm=preparation.spacing_mm,
        padding_voxels=preparation.padding_voxels,
        settings=settings.as_dict(),
        regions=REGION_NAMES if training.merge_regions else EXCLUSIVE_NAMES,
    )


def _is_finished(work: TrainingFolder, fold: int) -> dict[str, Any]:
    """Return the weights of a fold that is trained to its end."""
    epochs = work.settings().training.epochs
    found = load_state(work.fold(fold), "cpu")
    if found is None or found[0] < epochs:
        done = found[0] if found else 0
        raise TrainingStopped(
            f"fold {fold}: {done} of {epochs} epochs are done (of those that are saved whole); "
            f"train it to its end with `corcal train fold {work.folder} {fold}`, or name the "
            "finished folds with --folds"
        )
    return dict(found[1]["network"])
