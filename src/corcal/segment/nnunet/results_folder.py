"""A bundle as a folder of nnU-Net's own, for plain `nnUNetv2_predict`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from corcal.core.errors import ModelRefused
from corcal.runtime import need
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import DATASET, PLANS
from corcal.segment.nnunet.network import load_network
from corcal.storage import replace_folder

#: Which class trained a model makes no difference to running it; this one every nnU-Net has.
TRAINER = "nnUNetTrainer"

_WHAT = "writing a folder for nnU-Net"


def write_results_folder(bundle: Bundle, results: Path, *, force: bool) -> Path:
    """Write a bundle as nnU-Net keeps trained models, whole or not at all.

    nnU-Net's checkpoints are pickles, so the files are for one's own use, not for passing on.

    Args:
        bundle: the model.
        results: what nnU-Net knows as nnUNet_results; made if absent.
        force: replace the same model there.

    Returns:
        The model's folder, Dataset.../Trainer__Plans__Configuration.

    Raises:
        ModelRefused: torch is not installed, or a file is damaged or changed.
        OutputRefused: the model is there already, or the folder cannot be written.
    """
    torch = need("torch", _WHAT)
    need("safetensors", _WHAT)
    dataset = _word(bundle, "dataset_name", r"Dataset\d{3}_[\w.-]+")
    plans = _word(bundle, "plans_name", r"[\w.-]+")
    out = results / dataset / f"{TRAINER}__{plans}__{bundle.facts.configuration}"
    with replace_folder(out, force=force) as stage:
        for name in (DATASET, PLANS):
            # Byte for byte: whoever sorts the keys of dataset.json exchanges the arteries.
            (stage / name).write_bytes(bundle.read(name))
        for fold in bundle.facts.folds:
            (stage / f"fold_{fold}").mkdir()
            checkpoint = _checkpoint(bundle, fold)
            torch.save(checkpoint, stage / f"fold_{fold}" / "checkpoint_final.pth")
    return out


def predict_command(bundle: Bundle) -> str:
    """Return the command by which nnU-Net runs the model."""
    number = str(bundle.plans["dataset_name"]).removeprefix("Dataset")[:3]
    folds = " ".join(str(k) for k in bundle.facts.folds)
    return (
        f"nnUNetv2_predict -d {number} -c {bundle.facts.configuration} -tr {TRAINER} "
        f"-p {bundle.plans['plans_name']} -f {folds} -i IN -o OUT"
    )


def _word(bundle: Bundle, key: str, pattern: str) -> str:
    found = str(bundle.plans.get(key))
    if not re.fullmatch(pattern, found):
        raise ModelRefused(
            f"{bundle.path}: {PLANS} says {key} {found!r}, which nnU-Net would not find; it must "
            f"be like {pattern}"
        )
    return found


def _checkpoint(bundle: Bundle, fold: int) -> dict[str, Any]:
    return {
        "network_weights": load_network(bundle, fold, what=_WHAT).state_dict(),
        "trainer_name": TRAINER,
        "init_args": {
            "plans": bundle.plans,
            "configuration": bundle.facts.configuration,
            "fold": fold,
            "dataset_json": bundle.dataset,
        },
        # nnU-Net knows no empty list of axes: None means none.
        "inference_allowed_mirroring_axes": bundle.facts.mirroring_axes or None,
    }
