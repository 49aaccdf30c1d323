"""Bundles that are installed for a user, each found by its name."""

from __future__ import annotations

from pathlib import Path

from corcal.core.errors import InputRefused, ModelRefused
from corcal.runtime import user_folder
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import MANIFEST
from corcal.storage import replace_folder


def models_folder() -> Path:
    """Return the folder in which installed bundles lie, each under its name."""
    return user_folder() / "models"


def installed_bundles() -> list[Path]:
    """Return the installed bundles by name."""
    home = models_folder()
    if not home.is_dir():
        return []
    return sorted(p for p in home.iterdir() if (p / MANIFEST).is_file() and p.name[0] != ".")


def find_bundle(model: str) -> Bundle:
    """Return the bundle at a path, or else the installed one of that name.

    Args:
        model: a folder, a zip, or a name.

    Raises:
        ModelRefused: there is none, or it is damaged, changed or of another kind.
    """
    if Path(model).exists():
        return Bundle.open(Path(model))
    for path in installed_bundles():
        if path.name == model:
            return Bundle.open(path)
    names = ", ".join(p.name for p in installed_bundles()) or "none"
    raise ModelRefused(
        f"{model}: there is no such file or folder, and no installed model of that name "
        f"(installed: {names}); name a bundle, or install one with `corcal models install`"
    )


def install(bundle: Bundle, folder: Path, *, force: bool) -> Path:
    """Copy a bundle into a folder under its name, each file checked as it is copied.

    Args:
        bundle: the model.
        folder: for bundles; made if absent.
        force: replace one of the same name.

    Returns:
        Where it lies now.

    Raises:
        ModelRefused: a file is absent, damaged or changed; nothing was installed.
        OutputRefused: one of that name is there already, or the folder cannot be written.
    """
    out = folder / bundle.facts.name
    with replace_folder(out, force=force) as stage:
        for name in bundle.files:
            bundle.copy(name, stage / name)
        bundle.copy(MANIFEST, stage / MANIFEST)
    return out


def state(path: Path) -> str:
    """Return the name and hash of an installed bundle, or what is wrong with it, in one line."""
    try:
        bundle = Bundle.open(path)
    except InputRefused as error:
        return str(error)
    return f"{bundle.name}  sha256 {bundle.sha256}"
