"""The accuracy of a model on scans that it did not see: kept in its training folder, in its card.

Whoever scores such scans keeps the result here, beside the hashes of the weights that were scored.
A card shows it where its model has the same weights, whichever of the two was written first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from corcal.core.errors import DatasetRefused
from corcal.segment import Bundle, replace_card, weights_of
from corcal.storage import json_bytes, read_csv, read_json, replace_file
from corcal.train.bundle.origin import DATASET_HASH, origin_of
from corcal.train.training_folder import TrainingFolder

#: The heading under which a card speaks of accuracy, to its end.
HEADING = "## Accuracy"


class HeldOut(Enum):
    """Scans that a model did not see; the value is the name of the command that scores them."""

    FOLDS = "validate"
    TEST = "test"


_TITLES = {
    HeldOut.FOLDS: "Cross-validation: each fold on the scans that it did not see",
    HeldOut.TEST: "The scans kept for tests, which no fold saw",
}
_ORIGINS = {HeldOut.FOLDS: "validation", HeldOut.TEST: "test"}
_ABSENT = {
    HeldOut.FOLDS: "Not validated. `corcal train validate WORK MANIFEST -o OUT --model BUNDLE` "
    "scores each scan by the one fold that did not see it, and writes the table here.",
    HeldOut.TEST: "Not tested. `corcal train test WORK MANIFEST -o OUT --model BUNDLE` scores them "
    "and writes the table here.",
}
_OTHER = (
    "The training folder keeps a table of other weights than those of this model; it is left out. "
    "Name an OUT that holds no label maps of those."
)


@dataclass(frozen=True)
class Assessment:
    """The accuracy of weights on scans that they did not see.

    Attributes:
        weights: SHA-256 of the weights of each fold that was used.
        scans: how many.
        tables: as Markdown.
    """

    weights: dict[int, str]
    scans: int
    tables: str


def weights_sha256(bundle: Bundle) -> dict[int, str]:
    """Return the SHA-256 of the weights of each fold of a bundle."""
    return {fold: bundle.files[weights_of(fold)] for fold in bundle.facts.folds}


def keep_accuracy(work: TrainingFolder, part: HeldOut, assessed: Assessment) -> None:
    """Keep the accuracy of a training on its validation or its test scans.

    Raises:
        OutputRefused: the training folder cannot be written.
    """
    replace_file(work.accuracy_file(part.value), json_bytes(dataclasses.asdict(assessed)))


def accuracy_text(work: TrainingFolder, weights: Mapping[int, str]) -> str:
    """Return what a card says of the accuracy of a model with these weights, as Markdown.

    Where a part was not scored, it says so, and by which command it is.

    Raises:
        DatasetRefused: what is kept in the training folder is damaged.
    """
    lines = [HEADING, ""]
    for part, title in _TITLES.items():
        lines += [f"### {title}", "", *_lines(work, part, weights), ""]
    return "\n".join(lines)


def accuracy_origin(work: TrainingFolder, weights: Mapping[int, str]) -> dict[str, str]:
    """Return in a few words for each part whether a model with these weights was assessed on it.

    Raises:
        DatasetRefused: what is kept in the training folder is damaged.
    """
    said = {}
    for part, title in _ORIGINS.items():
        kept = _read_accuracy(work, part)
        fits = kept is not None and _fits(part, kept, weights)
        said[title] = f"{kept.scans} scans, see the card" if kept and fits else "not done"
    return said


def is_of(bundle: Bundle, work: TrainingFolder) -> bool:
    """Return whether a model was exported from a training, by the hash of its dataset."""
    return bundle.facts.origin.get(DATASET_HASH) == origin_of(work)[DATASET_HASH]


def renew_card(bundle: Bundle, work: TrainingFolder) -> Bundle:
    """Bring what a model's card says of its accuracy up to date, and return the model.

    Args:
        bundle: a model of this training; it is replaced where its card changes.
        work: the training.

    Raises:
        ModelRefused: a file of the model is absent, damaged or changed.
        OutputRefused: the model cannot be written.
    """
    weights = weights_sha256(bundle)
    before = bundle.card().partition(HEADING)[0]
    said = bundle.facts.origin | accuracy_origin(work, weights)
    return replace_card(bundle, before + accuracy_text(work, weights), said)


def _lines(work: TrainingFolder, part: HeldOut, weights: Mapping[int, str]) -> list[str]:
    kept = _read_accuracy(work, part)
    if part is HeldOut.TEST and not _are_kept_for_tests(work):
        return ["There are none: `training.test_share` is 0."]
    if kept is None:
        return [_ABSENT[part]]
    return [kept.tables.strip()] if _fits(part, kept, weights) else [_ABSENT[part], "", _OTHER]


def _fits(part: HeldOut, kept: Assessment, weights: Mapping[int, str]) -> bool:
    """Return whether a result is of these weights: of the model as a whole, or of its folds."""
    if part is HeldOut.TEST:
        return kept.weights == dict(weights)
    return all(kept.weights.get(fold) == sha256 for fold, sha256 in weights.items())


def _read_accuracy(work: TrainingFolder, part: HeldOut) -> Assessment | None:
    path = work.accuracy_file(part.value)
    if not path.exists():
        return None
    remedy = f"delete it and call `corcal train {part.value}` again"
    said = read_json(path, refusal=DatasetRefused, remedy=remedy)
    try:
        weights = {int(fold): str(sha256) for fold, sha256 in said["weights"].items()}
        return Assessment(weights, int(said["scans"]), str(said["tables"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetRefused(f"{path}: is damaged ({error!r}); {remedy}") from None


def _are_kept_for_tests(work: TrainingFolder) -> bool:
    return any(row.text("part") == "test" for row in read_csv(work.split_file).rows)
