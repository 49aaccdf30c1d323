"""A hash of the files of a case, by which a changed input is known."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from corcal.cohort.cases.case import Case
from corcal.read import volume_kind

#: Headers whose voxels lie in another file.
_DETACHED = (".mhd", ".nhdr")


def input_hash(case: Case) -> str:
    """Return a hash of the names, sizes and times of change of a case's files, and its series.

    Not of their content: to read it would take as long as scoring, for every case at every
    resumption. A file that is replaced has another size or time; one that is copied again is
    scored again, which costs time and does no harm.
    """
    made = hashlib.sha256((case.series_uid or "").encode())
    for name, path in sorted(_files(case.path)):
        try:
            found = path.stat()
        except OSError:
            continue
        made.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode(errors="replace"))
    return made.hexdigest()


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name below the case, path) of every file that the scan may be read from."""
    alone = path.suffix.lower() == ".zip" or volume_kind(path)
    if path.is_file() and alone and path.suffix.lower() not in _DETACHED:
        yield path.name, path
        return
    # A single DICOM file stands for its series among its neighbours.
    below = path.is_dir()
    folder = path if below else path.parent
    for place, folders, names in os.walk(folder):
        if not below:
            folders.clear()
        for name in names:
            file = Path(place, name)
            yield file.relative_to(folder).as_posix(), file
