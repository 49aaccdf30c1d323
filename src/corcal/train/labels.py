"""nnU-Net's dataset.json: the regions in the one order that is right.

nnU-Net's output channel i is the i-th label of the file in the order of its keys. A tool that
saves the file with sorted keys exchanges arteries, and nothing else ever notices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corcal.core.artery import EXCLUSIVE, REGIONS
from corcal.core.errors import DatasetRefused
from corcal.settings import Training
from corcal.storage import read_json


def label_entries(training: Training) -> dict[str, int | list[int]]:
    """Return the labels of dataset.json, keys in order."""
    entries: dict[str, int | list[int]] = {"background": 0}
    if training.merge_regions:
        for r in REGIONS:
            entries[r.name] = list(r.codes) if len(r.codes) > 1 else r.codes[0]
    else:
        entries.update({e.name: e.code for e in EXCLUSIVE})
    return entries


def channel_names(training: Training) -> tuple[str, ...]:
    """Return the names of what the network finds, in the order of its channels."""
    return tuple(name for name in label_entries(training) if name != "background")


def dataset_json(training: Training, scans: int) -> dict[str, Any]:
    """Return the content of dataset.json.

    Args:
        training: whether regions are merged.
        scans: how many are trained on.
    """
    painted = {"regions_class_order": [r.code for r in REGIONS]}
    return {
        "channel_names": {"0": "CT"},
        "labels": label_entries(training),
        **(painted if training.merge_regions else {}),
        "numTraining": scans,
        "file_ending": ".nii.gz",
        "overwrite_image_reader_writer": "SimpleITKIO",
    }


def load_dataset_json(path: Path, training: Training) -> dict[str, Any]:
    """Return a dataset.json whose labels are in the right order.

    Raises:
        DatasetRefused: the file is absent or damaged, or its labels are others or in another
            order.
    """
    remedy = "make the dataset again with `corcal train dataset`"
    found = read_json(path, refusal=DatasetRefused, remedy=remedy)
    expected = dataset_json(training, 0)
    for key in ("labels", "regions_class_order"):
        wanted = expected.get(key)
        have = found.get(key) if isinstance(found, dict) else None
        # Dictionaries compare equal in any order of their keys; here the order is the meaning.
        same = have == wanted and list(have or ()) == list(wanted or ())
        if not same:
            raise DatasetRefused(
                f"{path}: {key} is {_as_text(have)}, not {_as_text(wanted)}; the order decides "
                f"which artery is which. A program that sorts keys has rewritten the file: {remedy}"
            )
    return dict(found)


def _as_text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, dict) else repr(value)
