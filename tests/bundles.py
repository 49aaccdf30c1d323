"""Changes of small bundles, as people and programs make them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from corcal.segment import write_manifest
from corcal.testing.small_bundles import FACTS


def zipped(folder: Path, *, inside: bool) -> Path:
    """Return a zip of a bundle, its files at the top or `inside` a folder of its name."""
    base = {"root_dir": folder.parent, "base_dir": folder.name} if inside else {"root_dir": folder}
    return Path(shutil.make_archive(str(folder.with_name("packed")), "zip", **base))


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def say(folder: Path, **facts: object) -> None:
    """Change what a bundle's manifest says, as an editor would."""
    path = folder / "bundle.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, said | facts)


def renew(folder: Path) -> None:
    """Write the manifest again, so that hashes fit what a test has put there."""
    write_manifest(folder, replace(FACTS))
