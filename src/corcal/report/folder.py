"""Put files into a folder whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from corcal.core.errors import OutputRefused


def check_folder(out: Path, names: Collection[str], *, force: bool) -> None:
    """Refuse a place that cannot take the files, before any long work starts.

    Args:
        out: the folder to be written.
        names: the files that will be put there.
        force: replace files of these names; all others stay as they are.

    Raises:
        OutputRefused: `out` is a file, holds something and `force` is off, or cannot be
            written.
    """
    try:
        _check_contents(out, names, force=force)
        probe = _staging(_existing(out))
        probe.rmdir()
    except OSError as error:
        raise _refused(out, error) from error


def write_whole(out: Path, files: Mapping[str, bytes], *, force: bool) -> tuple[Path, ...]:
    """Write all files into a folder, or none of them.

    A new folder appears under its name only when it is complete. In a folder that exists, the
    files are first written aside, then moved in; if that fails, what was there is put back.

    Args:
        out: the folder; made if absent, with its parents.
        files: content by file name.
        force: replace files of these names; all others stay as they are.

    Raises:
        OutputRefused: as `check_folder`, or the disk is full.
    """
    check_folder(out, files, force=force)
    try:
        if out.is_dir():
            _add_to(out, files)
        else:
            _make(out, files)
    except OSError as error:
        raise _refused(out, error) from error
    return tuple(out / name for name in files)


def _check_contents(out: Path, names: Collection[str], *, force: bool) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputRefused(f"{out}: is a file; name a folder for the reports")
    if not force and any(out.iterdir()):
        raise OutputRefused(
            f"{out}: exists and is not empty; name another folder, or use --force to replace "
            "earlier reports in it (other files are kept)"
        )
    for name in names:
        if (out / name).is_dir():
            raise OutputRefused(f"{out / name}: is a folder where a report goes; move it away")


def _make(out: Path, files: Mapping[str, bytes]) -> None:
    home = _existing(out)
    stage = _staging(home)
    try:
        _fill(stage, files)
        out.parent.mkdir(parents=True, exist_ok=True)
        stage.rename(out)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        _drop_empty(out.parent, home)
        raise


def _add_to(out: Path, files: Mapping[str, bytes]) -> None:
    # Staged inside the folder: it may be a mount of its own, where nothing can be renamed into.
    stage = _staging(out)
    new, old = stage / "new", stage / "old"
    moved: list[str] = []
    try:
        new.mkdir()
        old.mkdir()
        _fill(new, files)
        try:
            for name in files:
                moved.append(name)
                if (out / name).exists():
                    (out / name).rename(old / name)
                (new / name).rename(out / name)
        except BaseException:
            _put_back(out, old, new, moved)
            raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put_back(out: Path, old: Path, new: Path, moved: list[str]) -> None:
    for name in moved:
        if not (new / name).exists():
            (out / name).unlink(missing_ok=True)
        if (old / name).exists():
            (old / name).rename(out / name)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _staging(home: Path) -> Path:
    # Not tempfile: its folders are closed to everyone else, and would stay so once renamed.
    stage = home / f".corcal-{secrets.token_hex(6)}.partial"
    stage.mkdir()
    return stage


def _existing(path: Path) -> Path:
    """Return the nearest folder on the way to a path that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def _drop_empty(folder: Path, home: Path) -> None:
    """Remove the folders that were made on the way to an output that did not come about."""
    folder = folder.absolute()
    while folder != home and home in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _refused(out: Path, error: OSError) -> OutputRefused:
    why = error.strerror or str(error)
    return OutputRefused(
        f"{out}: the reports cannot be written there ({why}); nothing was written. "
        "Free some space, or name another folder"
    )
