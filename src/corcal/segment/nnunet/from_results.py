"""A model folder of plain nnU-Net v2, with checkpoints, becomes a bundle.

nnU-Net's checkpoints are pickles. They are opened by torch's `weights_only`, which makes nothing
but tensors, plain values, and the few kinds of numpy that nnU-Net saves, each allowed by name.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from corcal.core.errors import ModelRefused
from corcal.runtime import need
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import (
    CARD,
    DATASET,
    EXCLUSIVE_NAMES,
    PLANS,
    REGION_NAMES,
    BundleFacts,
    weights_of,
    write_manifest,
)
from corcal.segment.nnunet.bundle_files import write_network, write_weights
from corcal.storage import read_json, replace_folder, replace_zip

_WHAT = "reading a model of nnU-Net"
_NOT_ONE = "name the folder Dataset.../Trainer__Plans__Configuration of nnU-Net's results"


@dataclass(frozen=True)
class Origin:
    """Facts that a folder of nnU-Net does not tell.

    Attributes:
        name: of the model, of letters, digits and . _ + -
        version: of the same.
        padding_voxels: (slice, row, column) around the heart with which its crops were cut.
        checkpoint: name of the file in each fold.
        folds: which folds; None for all that are there.
    """

    name: str
    version: str
    padding_voxels: tuple[int, int, int]
    checkpoint: str = "checkpoint_final.pth"
    folds: Sequence[int] | None = None


def bundle_from_results(folder: Path, out: Path, origin: Origin, *, force: bool = False) -> Path:
    """Write a model folder of nnU-Net as a bundle, whole or not at all, and return its path.

    Args:
        folder: Dataset.../Trainer__Plans__Configuration, with dataset.json, plans.json, fold_0 ...
        out: the bundle: a folder, or a zip where the name ends in .zip.
        origin: what the folder does not tell.
        force: replace a bundle that is there.

    Raises:
        ModelRefused: it is no such folder, its regions are not corcal's in this order, or a
            checkpoint holds more than tensors and plain values.
        OutputRefused: the bundle is there already, or cannot be written.
    """
    dataset = read_json(folder / DATASET, refusal=ModelRefused, remedy=_NOT_ONE)
    plans = read_json(folder / PLANS, refusal=ModelRefused, remedy=_NOT_ONE)
    folds = _folds(folder, origin)
    checkpoints = {fold: _checkpoint(folder / f"fold_{fold}" / origin.checkpoint) for fold in folds}
    facts = _facts(folder, origin, (dataset, plans), checkpoints)
    staged = replace_zip if out.suffix == ".zip" else replace_folder
    with staged(out, force=force) as stage:
        for name in (DATASET, PLANS):
            # Byte for byte: whoever sorts the keys of dataset.json exchanges the arteries.
            (stage / name).write_bytes((folder / name).read_bytes())
        (stage / CARD).write_text(_card(facts, folder), encoding="utf-8", newline="\n")
        for fold, checkpoint in checkpoints.items():
            write_weights(dict(checkpoint["network_weights"]), stage / weights_of(fold))
        write_manifest(stage, facts)
        # Opening checks labels and plan, and each network its weights.
        for fold in folds:
            write_network(Bundle.open(stage), fold, stage)
        write_manifest(stage, facts)
    return out


def _folds(folder: Path, origin: Origin) -> tuple[int, ...]:
    named = (re.fullmatch(r"fold_(\d+)", path.name) for path in folder.iterdir())
    there = sorted(
        int(match[1])
        for match in named
        if match and (folder / match[0] / origin.checkpoint).is_file()
    )
    absent = [fold for fold in origin.folds or () if fold not in there]
    if not there or absent:
        where = f"fold_{absent[0]}" if absent else "fold_0, fold_1 ..."
        raise ModelRefused(
            f"{folder}: holds no {where}/{origin.checkpoint}; {_NOT_ONE}, or another --checkpoint"
        )
    return tuple(origin.folds or there)


def _checkpoint(path: Path) -> dict[str, Any]:
    torch = need("torch", _WHAT)
    try:
        with _numpy_allowed(torch):
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # torch's own text is long, and tells how to open the file unsafely.
        kind = re.search(r"GLOBAL ([\w.]+)", str(error))
        holds = f"it holds {kind[1]}, which is no" if kind else "it is damaged, or holds more than"
        raise ModelRefused(
            f"{path}: is not opened: {holds} tensor or plain value ({type(error).__name__}). A "
            "checkpoint of nnU-Net v2 holds nothing else; take another one"
        ) from None
    if not isinstance(loaded, dict) or "network_weights" not in loaded:
        raise ModelRefused(
            f"{path}: holds no network_weights, so it is no checkpoint of nnU-Net v2"
        )
    return loaded


@contextlib.contextmanager
def _numpy_allowed(torch: Any) -> Iterator[None]:
    """Allow the numbers of numpy that nnU-Net notes beside the weights, and nothing else."""
    # numpy 2 has moved its scalar; a checkpoint names it as the numpy did that saved it.
    core = "numpy._core" if hasattr(np, "_core") else "numpy.core"
    scalar = import_module(f"{core}.multiarray").scalar
    kinds = (np.dtypes.Float64DType, np.dtypes.Float32DType, np.dtypes.Int64DType)
    old = [(scalar, f"{home}.multiarray.scalar") for home in ("numpy.core", "numpy._core")]
    with torch.serialization.safe_globals([np.dtype, *kinds, *old]):
        yield


def _facts(
    folder: Path,
    origin: Origin,
    described: tuple[dict[str, Any], dict[str, Any]],
    checkpoints: dict[int, dict[str, Any]],
) -> BundleFacts:
    dataset, plans = described
    trainer, _, configuration = [*folder.name.split("__"), "", "", ""][:3]
    try:
        chosen = plans["configurations"][configuration]
        back = [int(axis) for axis in plans["transpose_backward"]]
        a, b, c = (float(chosen["spacing"][axis]) for axis in back)
        names = tuple(dataset["labels"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelRefused(
            f"{folder}: its plans do not say what to run as {configuration or folder.name!r} "
            f"({error!r}); {_NOT_ONE}"
        ) from None
    axes = {tuple(c.get("inference_allowed_mirroring_axes") or ()) for c in checkpoints.values()}
    if len(axes) > 1:
        raise ModelRefused(f"{folder}: its folds were not mirrored alike; name some with --folds")
    return BundleFacts(
        name=origin.name,
        version=origin.version,
        configuration=configuration,
        trainer=trainer,
        folds=tuple(checkpoints),
        mirroring_axes=axes.pop(),
        spacing_mm=(a, b, c),
        padding_voxels=origin.padding_voxels,
        regions=EXCLUSIVE_NAMES if names == EXCLUSIVE_NAMES else REGION_NAMES,
    )


def _card(facts: BundleFacts, folder: Path) -> str:
    return f"""# {facts.name} {facts.version}

A model of plain nnU-Net v2, taken over from its folder {folder.name}, folds
{", ".join(map(str, facts.folds))}. The padding of the heart was stated by whoever took it over.

What it was trained on and how accurate it is, the folder does not say. Before anybody relies on
it: score scans that it did not see with `corcal cohort`, and compare them with what was drawn with
`corcal evaluate` and `corcal overlap`.
"""
