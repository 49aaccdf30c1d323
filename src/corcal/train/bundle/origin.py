"""The origin of a trained model: its heart locator, its scans, and what trained it."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version

from corcal import __version__
from corcal.core.errors import DatasetRefused
from corcal.segment import HEART_ORIGIN
from corcal.storage import read_csv, read_json
from corcal.train.training_folder import TrainingFolder

#: Title of the hash of all scans and labels of a training in `BundleFacts.origin`.
DATASET_HASH = "dataset sha256"


def origin_of(work: TrainingFolder) -> dict[str, str]:
    """Return where a model of this training comes from, as text by title.

    Raises:
        DatasetRefused: the dataset is incomplete or was changed.
    """
    begun = read_json(work.begun_file, refusal=DatasetRefused)
    parts = [row.text("part") for row in read_csv(work.split_file).rows]
    kept = parts.count("test")
    return {
        HEART_ORIGIN: str(begun["heart"]).strip(),
        "scans": f"{len(parts) - kept} trained on, {kept} kept for tests",
        DATASET_HASH: hashlib.sha256(work.begun_file.read_bytes()).hexdigest(),
        "corcal": __version__,
        "nnU-Net": _version("nnunetv2"),
        "torch": _version("torch"),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not known"
