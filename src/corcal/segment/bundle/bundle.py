"""A trained model as one folder or zip: opened, checked by SHA-256, read.

    NAME.corcal/ or NAME.zip
      bundle.json                  the manifest: what the model is, SHA-256 of every other file
      dataset.json  plans.json     nnU-Net's own descriptions
      CARD.md                      the model card
      fold_0/weights.safetensors   nnU-Net's weights by nnU-Net's names; no pickle
      fold_0/network.xml .bin      the same network for OpenVINO (optional)
      fold_1/ ...

Nothing of a bundle is used unchecked: a file's hash is taken from the very bytes that are used.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from corcal.core.errors import ModelRefused, SettingsRefused
from corcal.core.preparation import Preparation
from corcal.segment.bundle.manifest import (
    CARD,
    DATASET,
    MANIFEST,
    PLANS,
    BundleFacts,
    network_of,
    parse_manifest,
    write_manifest,
)
from corcal.segment.bundle.plan import Plan, check_dataset, parse_plan
from corcal.settings import Settings
from corcal.storage import parse_json

__all__ = ["Bundle", "BundleFacts", "write_manifest"]

_PIECE = 1 << 20
_AGAIN = "get the bundle again from where it came from"
#: What a damaged or locked zip raises while it is read.
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, eq=False)
class Bundle:
    """A trained model whose manifest, dataset and plan have been checked.

    Attributes:
        path: the folder or zip.
        facts: what the manifest says of the model.
        files: SHA-256 of each file by its name in the bundle, without the manifest.
        sha256: of the manifest, and through it of the whole bundle.
        dataset: nnU-Net's dataset.json, its keys in order.
        plans: nnU-Net's plans.json.
        plan: of the plans, what running the network needs.
    """

    path: Path
    facts: BundleFacts
    files: dict[str, str]
    sha256: str
    dataset: dict[str, Any]
    plans: dict[str, Any]
    plan: Plan
    _root: Path | zipfile.Path = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> Bundle:
        """Return the bundle at a path, its small files checked; weights are when they are read.

        Args:
            path: a folder or a zip.

        Raises:
            ModelRefused: there is none, or it is damaged, changed or of another kind.
        """
        root = _root(path)
        content = _read(root, MANIFEST, path)
        facts, files = parse_manifest(content, f"{path}: {MANIFEST}")
        dataset = _json(_read_checked(root, DATASET, path, files), f"{path}: {DATASET}")
        check_dataset(dataset, f"{path}: {DATASET}", exclusive=facts.exclusive)
        plans = _json(_read_checked(root, PLANS, path, files), f"{path}: {PLANS}")
        plan = parse_plan(plans, facts, f"{path}: {PLANS}")
        sha256 = hashlib.sha256(content).hexdigest()
        bundle = cls(path, facts, files, sha256, dataset, plans, plan, root)
        _ = bundle.preparation
        return bundle

    @property
    def name(self) -> str:
        """Name and version, for people."""
        return f"{self.facts.name} {self.facts.version}"

    @property
    def preparation(self) -> Preparation:
        """Preparation of the crops of its training, and of every scan that it is given.

        Raises:
            ModelRefused: the manifest names settings that this corcal does not know.
        """
        table = dict(self.facts.settings.get("preparation", {}))
        table["spacing_mm"] = list(self.facts.spacing_mm)
        table["padding_voxels"] = list(self.facts.padding_voxels)
        try:
            return Settings.from_dict({"preparation": table}, f"{self.path}: settings").preparation
        except SettingsRefused as error:
            raise ModelRefused(f"{error}; the bundle may need a newer corcal") from None

    @property
    def has_networks(self) -> bool:
        """Tell whether every fold comes as an OpenVINO network, so that no torch is needed."""
        return all(name in self.files for k in self.facts.folds for name in network_of(k))

    def read(self, name: str) -> bytes:
        """Return the content of a file that the manifest names.

        Raises:
            ModelRefused: the file is absent, damaged or changed.
        """
        return _read_checked(self._root, name, self.path, self.files)

    def card(self) -> str:
        """Return the model card.

        Raises:
            ModelRefused: it is absent, damaged or changed.
        """
        return self.read(CARD).decode("utf-8", errors="replace")

    def copy(self, name: str, target: Path) -> None:
        """Copy a file of the bundle, or its manifest, piece by piece and checked.

        Raises:
            ModelRefused: the file is absent, damaged or changed; `target` is then of no use.
            OSError: the target cannot be written.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            found = self._hash(name, out.write)
        _compare(self.path, name, found, self.sha256 if name == MANIFEST else self.files[name])

    def _hash(self, name: str, write: Callable[[bytes], object]) -> str:
        """Return a file's SHA-256, and hand each piece of it on."""
        digest = hashlib.sha256()
        for piece in _pieces(self._root, name, self.path):
            digest.update(piece)
            write(piece)
        return digest.hexdigest()

    def verify(self) -> None:
        """Check every file of the bundle against its SHA-256, and that there is no other.

        Raises:
            ModelRefused: a file is absent, damaged, changed or not named by the manifest.
        """
        unnamed = sorted(set(_names(self._root)) - set(self.files) - {MANIFEST})
        if unnamed:
            raise ModelRefused(
                f"{self.path}: holds {', '.join(unnamed)}, which its {MANIFEST} does not name, so "
                f"nobody has vouched for it; delete it, or {_AGAIN}"
            )
        for name, expected in self.files.items():
            _compare(self.path, name, self._hash(name, len), expected)


def _root(path: Path) -> Path | zipfile.Path:
    """Return where the manifest lies: the folder, or the top of the zip or its one folder."""
    if path.is_dir():
        if not (path / MANIFEST).is_file():
            raise ModelRefused(
                f"{path}: has no {MANIFEST}, so it is no model bundle; name the folder or zip "
                "that `corcal train` wrote or that you were given"
            )
        return path
    if not path.is_file():
        raise ModelRefused(f"{path}: no such model bundle; name a folder or a zip")
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, *_ZIP_ERRORS) as error:
        raise ModelRefused(
            f"{path}: is no model bundle: neither a folder nor a readable zip ({error}); {_AGAIN}"
        ) from error
    tops = sorted(n for n in archive.namelist() if PurePosixPath(n).name == MANIFEST)
    tops = [n for n in tops if len(PurePosixPath(n).parts) <= 2]
    if len(tops) != 1:
        raise ModelRefused(
            f"{path}: holds {len(tops)} files {MANIFEST} at its top or in a folder at its top; a "
            f"model bundle has one; {_AGAIN}"
        )
    return zipfile.Path(archive, tops[0].removesuffix(MANIFEST))


def _names(root: Path | zipfile.Path) -> list[str]:
    """Return the names of all files, hidden ones left out."""
    if isinstance(root, Path):
        inside = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]
    else:
        start = root.at
        names = root.root.namelist()
        inside = [n.removeprefix(start) for n in names if n.startswith(start) and n[-1] != "/"]
    return [n for n in inside if not any(part.startswith(".") for part in n.split("/"))]


def _pieces(root: Path | zipfile.Path, name: str, path: Path) -> Iterator[bytes]:
    try:
        with root.joinpath(name).open("rb") as stream:
            while piece := stream.read(_PIECE):
                yield piece
    except (OSError, KeyError, *_ZIP_ERRORS) as error:
        raise _damage(path, name, error) from error


def _read(root: Path | zipfile.Path, name: str, path: Path) -> bytes:
    return b"".join(_pieces(root, name, path))


def _read_checked(root: Path | zipfile.Path, name: str, path: Path, files: dict[str, str]) -> bytes:
    if name not in files:
        raise ModelRefused(f"{path}: its {MANIFEST} names no file {name}; {_AGAIN}")
    content = _read(root, name, path)
    _compare(path, name, hashlib.sha256(content).hexdigest(), files[name])
    return content


def _compare(path: Path, name: str, found: str, expected: str) -> None:
    if found != expected:
        raise ModelRefused(
            f"{path}: {name} has SHA-256 {found[:12]}..., {MANIFEST} says {expected[:12]}...: the "
            f"file was changed or damaged; {_AGAIN}"
        )


def _damage(path: Path, name: str, error: Exception) -> ModelRefused:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return ModelRefused(f"{path}: {name} is missing or cannot be read ({why}); {_AGAIN}")


def _json(content: bytes, where: str) -> dict[str, Any]:
    found = parse_json(content, where, refusal=ModelRefused, remedy=_AGAIN)
    if not isinstance(found, dict):
        raise ModelRefused(f"{where}: is no JSON object; {_AGAIN}")
    return found
