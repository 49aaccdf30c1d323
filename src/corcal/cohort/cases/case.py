"""A case: one scan to be scored, and its name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePath

#: Hexadecimal digits of a name: 64 bits, with which no two of a million cases share one.
_DIGITS = 16
_LONGEST = 100
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True)
class Case:
    """One scan of a cohort.

    Attributes:
        name: names its folder and its row; no patient's name, unless the user chose it.
        path: as `corcal.read_scan` takes it.
        series_uid: the DICOM series to score; None for the best one.
    """

    name: str
    path: Path
    series_uid: str | None = None


def hash_name(relative: PurePath, series_uid: str | None = None) -> str:
    """Return a name made of the path below a root: the same wherever the root lies."""
    text = relative.as_posix() + (f"\n{series_uid}" if series_uid else "")
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def path_name(relative: PurePath, series_uid: str | None = None) -> str:
    """Return a name that shows the path below a root; it may show a patient's name."""
    text = "_".join(relative.parts) + (f"_{series_uid}" if series_uid else "")
    return _FORBIDDEN.sub("_", text).lstrip(".")[-_LONGEST:]


def check_name(name: str) -> None:
    """Refuse a name that cannot be a folder's on every system.

    Raises:
        ValueError: says why.
    """
    if not name or name.startswith(".") or name != name.strip() or name.endswith("."):
        raise ValueError(f"case {name!r} cannot name a folder: it is empty or begins with a point")
    if len(name) > _LONGEST or _FORBIDDEN.search(name):
        raise ValueError(
            f"case {name!r} cannot name a folder: at most {_LONGEST} characters, and none of "
            '< > : " / \\ | ? *'
        )
