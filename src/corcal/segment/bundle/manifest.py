"""The first page of a model bundle: what the model is, and the SHA-256 of each of its files."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from corcal.core.artery import EXCLUSIVE, REGIONS
from corcal.core.errors import ModelRefused
from corcal.storage import json_bytes, parse_json, replace_file

FORMAT = "corcal-bundle/1"
MANIFEST = "bundle.json"
DATASET, PLANS, CARD = "dataset.json", "plans.json", "CARD.md"

#: The names of the six regions, in the order of the network's channels.
REGION_NAMES = tuple(r.name for r in REGIONS)
#: The channels of a network that was trained without merged regions.
EXCLUSIVE_NAMES = ("background", *(e.name for e in EXCLUSIVE))

#: Title of the heart locator's name and hash in `BundleFacts.origin`.
HEART_ORIGIN = "heart locator"

_SHA256_DIGITS = 64


@dataclass(frozen=True)
class BundleFacts:
    """All that a bundle says of its model.

    Attributes:
        name: the model's name, of letters, digits and . _ + - alone.
        version: its version, of the same.
        configuration: nnU-Net's configuration, such as "3d_fullres".
        trainer: the class that trained it.
        folds: numbers of the folds that are run together.
        mirroring_axes: axes of its input along which it was trained to be mirrored, as nnU-Net
            counts them: 0 to 2.
        spacing_mm: (slice, row, column) at which it was trained.
        padding_voxels: (slice, row, column) around the heart with which it was trained.
        settings: the settings of its training, as plain values.
        regions: the names of its output channels, in order.
        origin: where it comes from, as plain text by title: the heart locator, the number of scans,
            versions of what trained it. Empty where nobody said.
    """

    name: str
    version: str
    configuration: str
    trainer: str
    folds: tuple[int, ...]
    mirroring_axes: tuple[int, ...]
    spacing_mm: tuple[float, float, float]
    padding_voxels: tuple[int, int, int]
    settings: dict[str, Any] = field(default_factory=dict)
    regions: tuple[str, ...] = REGION_NAMES
    origin: dict[str, str] = field(default_factory=dict)

    @property
    def exclusive(self) -> bool:
        """Tell whether the channels exclude each other, the first one being the background."""
        return self.regions == EXCLUSIVE_NAMES


def weights_of(fold: int) -> str:
    """Return the name of a fold's weights inside a bundle."""
    return f"fold_{fold}/weights.safetensors"


def network_of(fold: int) -> tuple[str, str]:
    """Return the names of a fold's OpenVINO network inside a bundle."""
    return f"fold_{fold}/network.xml", f"fold_{fold}/network.bin"


def required_files(facts: BundleFacts) -> list[str]:
    """Return the files that no bundle is without."""
    return [DATASET, PLANS, CARD, *(weights_of(k) for k in facts.folds)]


def write_manifest(folder: Path, facts: BundleFacts) -> Path:
    """Write the manifest of all files that lie in a folder, whole or not at all; return its path.

    Args:
        folder: holds the model's files; hidden ones (".name") are not part of it.
        facts: what is said of the model.

    Raises:
        ModelRefused: a file that no bundle is without is absent, or a fact makes no sense.
    """
    files = {
        name: sha256_of(path)
        for name, path in sorted(_files_in(folder).items())
        if name != MANIFEST
    }
    content = {"format": FORMAT, **dataclasses.asdict(facts), "files": files}
    text = json_bytes(content)
    parse_manifest(text, str(folder / MANIFEST))
    replace_file(folder / MANIFEST, text)
    return folder / MANIFEST


def _files_in(folder: Path) -> dict[str, Path]:
    """Return all files under a folder by their names in a manifest, without hidden ones."""
    found = {}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found[inside.as_posix()] = path
    return found


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def parse_manifest(content: bytes, where: str) -> tuple[BundleFacts, dict[str, str]]:
    """Return the facts of a manifest and the SHA-256 of each file by its name.

    Args:
        content: of the file.
        where: the file, for messages.

    Raises:
        ModelRefused: it is no manifest of a bundle, or says what cannot be.
    """
    said = parse_json(content, where, refusal=ModelRefused, remedy=_AGAIN)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        found = said.get("format") if isinstance(said, dict) else None
        raise ModelRefused(
            f"{where}: its format is {found!r}, this corcal reads {FORMAT!r}; get a bundle in "
            "that format, or a corcal that reads this one"
        )
    try:
        facts = _facts(said)
        files = dict(said["files"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(
            f"{where}: {_missing(error)}; it was changed or damaged: {_AGAIN}"
        ) from None
    _check(facts, files, where)
    return facts, files


_AGAIN = "get the bundle again from where it came from"


def _missing(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it does not say {error.args[0]!r}"
    return f"a value in it is of another kind ({error})"


def _facts(said: dict[str, Any]) -> BundleFacts:
    a, b, c = (float(s) for s in said["spacing_mm"])
    i, j, k = (_whole(n) for n in said["padding_voxels"])
    return BundleFacts(
        name=_word(said["name"]),
        version=_word(said["version"]),
        configuration=_text(said["configuration"]),
        trainer=_text(said["trainer"]),
        folds=tuple(_whole(n) for n in said["folds"]),
        mirroring_axes=tuple(_whole(n) for n in said["mirroring_axes"]),
        spacing_mm=(a, b, c),
        padding_voxels=(i, j, k),
        settings=dict(said["settings"]),
        regions=tuple(_text(name) for name in said["regions"]),
        origin={_text(k): _text(v) for k, v in dict(said.get("origin", {})).items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise TypeError(f"{value!r} is no name")
    return value


def _word(value: object) -> str:
    """Return what can be a folder's name and be typed on a command line, on every system."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", value):
        raise TypeError(f"{value!r} is not of letters, digits and . _ + - alone")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _check(facts: BundleFacts, files: dict[str, str], where: str) -> None:
    absent = [name for name in required_files(facts) if name not in files]
    strange = [name for name in files if not _safe(name)]
    unsigned = [name for name, sha in files.items() if not _is_sha256(sha)]
    rules = (
        (bool(facts.folds), "it names no fold"),
        (min(facts.folds, default=0) >= 0, f"folds {list(facts.folds)} must not be negative"),
        (len(set(facts.folds)) == len(facts.folds), f"folds {list(facts.folds)} repeat one"),
        (
            set(facts.mirroring_axes) <= {0, 1, 2}
            and len(set(facts.mirroring_axes)) == len(facts.mirroring_axes),
            f"mirroring_axes {list(facts.mirroring_axes)} are not axes of 0, 1 and 2",
        ),
        (min(facts.spacing_mm) > 0, f"spacing_mm {list(facts.spacing_mm)} must be positive"),
        (min(facts.padding_voxels) >= 0, "padding_voxels must not be negative"),
        (
            facts.regions in (REGION_NAMES, EXCLUSIVE_NAMES),
            f"regions {list(facts.regions)} are not corcal's, in this order: {list(REGION_NAMES)}",
        ),
        (not absent, f"no file {', '.join(absent)} is in the bundle"),
        (not strange, f"files {strange} lie outside the bundle"),
        (not unsigned, f"no SHA-256 is given for {unsigned}"),
    )
    for holds, message in rules:
        if not holds:
            raise ModelRefused(f"{where}: {message}; {_AGAIN}, or write it again")


def _safe(name: str) -> bool:
    """Tell whether a name can only lead to a file inside the bundle, on every system."""
    path = PurePosixPath(name)
    odd = path.is_absolute() or "\\" in name or ":" in name or path.as_posix() != name
    return bool(path.parts) and not odd and ".." not in path.parts and name != MANIFEST


def _is_sha256(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) == _SHA256_DIGITS
        and not set(value) - set("0123456789abcdef")
    )
