"""Names of files as messages give them."""

from __future__ import annotations

from pathlib import Path


def short_name(path: Path) -> str:
    """Return a file's name with its folder's, so that a user knows which one is meant."""
    return "/".join(path.parts[-2:])
