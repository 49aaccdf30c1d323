"""Files and folders that appear under their name whole, or not at all.

Everything is first written aside, into a partial named `.corcal-HEX.partial`, and then renamed.
Four ways, which must not be mixed up:

    replace_folder   a new folder; with force it takes the place of a whole earlier one
    replace_files    named files and folders in a folder; what else is in it is kept
    add_files        the same for files whose content is in memory
    replace_file     one file, whose folder may hold anything
    replace_zip       one zip, filled as a folder

One rule for the disk: before a rename, the content of every file and the entries of its folder are
flushed to the disk, and after it the folder in which it happened; else a power cut may leave a
name with nothing under it. One refusal: `OutputRefused`, also where the disk is full, even if who
fills a folder is a library that names a full disk by an error of its own. An error or an
interruption leaves what was there before, and no partial.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from corcal.core.errors import CorcalError, OutputRefused

_PARTIALS = ".corcal-*.partial"
#: Bytes left on a disk that is full: a library that failed to write there failed for that.
_FULL = 1_000_000


def check_folder(out: Path, names: Collection[str] = (), *, force: bool) -> None:
    """Refuse a place that cannot take files, before any long work starts.

    Args:
        out: the folder to be written.
        names: what will be put there; a name that ends in "/" is a folder's.
        force: replace what has these names; all else stays as it is.

    Raises:
        OutputRefused: `out` or a folder on the way to it is a file; it holds something and
            `force` is off; a folder lies where a file goes; or nothing can be written there.
    """
    try:
        _check_contents(out, names, force=force)
        _make_stage(_nearest_folder(out)).rmdir()
    except OSError as error:
        raise _unwritten(out, error) from error


def add_files(out: Path, files: Mapping[str, bytes], *, force: bool) -> tuple[Path, ...]:
    """Write files into a folder, all of them or none.

    Args:
        out: the folder; made if absent, with its parents.
        files: content by file name.
        force: replace files of these names; all others stay as they are.

    Raises:
        OutputRefused: as `check_folder`, or the disk is full.
    """
    with replace_files(out, files, force=force) as stage:
        for name, content in files.items():
            (stage / name).write_bytes(content)
    return tuple(out / name for name in files)


@contextmanager
def replace_files(out: Path, names: Collection[str], *, force: bool) -> Iterator[Path]:
    """Yield an empty folder to be filled; at the end all that is in it goes to `out`, or nothing.

    Args:
        out: the folder; made if absent, with its parents.
        names: files and folders of an earlier filling, which go even where no new one comes; a
            name that ends in "/" is a folder's.
        force: replace what has these names; all else stays as it is.

    Raises:
        OutputRefused: as `check_folder`, or the disk is full.
    """
    check_folder(out, names, force=force)
    # Inside a folder that is there: it may be a mount of its own, where nothing is renamed into.
    inside = out.is_dir()
    with _stage_in(out if inside else out.absolute().parent, out) as stage:
        new = stage / "new"
        new.mkdir()
        yield new
        _flush_tree(new)
        if inside:
            _exchange(out, new, stage, names)
        else:
            new.rename(out)
            _flush(out.parent)


@contextmanager
def replace_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield an empty folder to be filled; at the end it becomes `out`, on an error it is gone.

    Args:
        out: the folder to be made; its parents are made too.
        force: replace a folder that is there already, with all that is in it.

    Raises:
        OutputRefused: `out` is there already, or cannot be written.
    """
    if out.exists() and not (force and out.is_dir()):
        raise _there_already(out)
    with _stage_in(out.absolute().parent, out) as stage:
        new, earlier = stage / "new", stage / "earlier"
        new.mkdir()
        yield new
        _flush_tree(new)
        if out.exists():
            out.rename(earlier)
        try:
            new.rename(out)
        except BaseException:
            if earlier.exists():
                earlier.rename(out)
            raise
        _flush(out.parent)


@contextmanager
def replace_zip(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield an empty folder to be filled; at the end `out` is a zip with that folder in it.

    The folder in the zip has the zip's name without its ending. On an error nothing is left.

    Args:
        out: the zip to be made; its parents are made too.
        force: replace a file that is there already.

    Raises:
        OutputRefused: `out` is there already, or cannot be written.
    """
    if out.exists() and not (force and out.is_file()):
        raise _there_already(out)
    with _stage_in(out.absolute().parent, out) as stage:
        folder, packed = stage / out.stem, stage / ".packed.zip"
        folder.mkdir()
        yield folder
        # Stored, not squeezed: weights do not get smaller.
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(stage))
        _flush(packed)
        packed.replace(out)
        _flush(out.parent)


def replace_file(path: Path, content: bytes | memoryview) -> None:
    """Write one file, in place of an earlier one; its folder is made.

    Raises:
        OutputRefused: it cannot be written; what was there before is still there.
    """
    with _stage_in(path.absolute().parent, path) as stage:
        partial = stage / path.name
        partial.write_bytes(content)
        _flush(partial)
        partial.replace(path)
        _flush(path.parent)


def remove_partials(folder: Path) -> None:
    """Remove what a process that was killed left of its writing in a folder."""
    for path in folder.glob(_PARTIALS):
        shutil.rmtree(path, ignore_errors=True)


def _check_contents(out: Path, names: Collection[str], *, force: bool) -> None:
    blocked = next((p for p in (out, *out.parents) if p.exists() and not p.is_dir()), None)
    if blocked is not None:
        raise OutputRefused(f"{blocked}: is a file; name a folder")
    if not out.exists():
        return
    if not force and any(out.iterdir()):
        raise OutputRefused(
            f"{out}: exists already and is not empty; name another folder, or use --force "
            "(force=True from Python) to replace an earlier result in it; files of other names are "
            "kept"
        )
    for name in names:
        if not name.endswith("/") and (out / name).is_dir():
            raise OutputRefused(f"{out / name}: is a folder where a file goes; move it away")


def _exchange(out: Path, new: Path, stage: Path, earlier: Collection[str]) -> None:
    """Move what has these names out of a folder and the new content in; all or nothing."""
    old = stage / "old"
    old.mkdir()
    arriving = sorted(path.name for path in new.iterdir())
    leaving = {name.rstrip("/") for name in earlier} | set(arriving)
    moved: list[tuple[Path, Path]] = []
    try:
        for home, target, names in ((out, old, sorted(leaving)), (new, out, arriving)):
            for name in names:
                if (home / name).exists():
                    # Noted first: an interruption may come between.
                    moved.append((home / name, target / name))
                    (home / name).rename(target / name)
    except BaseException:
        for before, after in reversed(moved):
            if not before.exists():
                after.rename(before)
        raise
    _flush(out)


@contextmanager
def _stage_in(home: Path, out: Path) -> Iterator[Path]:
    """Yield a partial in a folder, which is made; it is gone at the end, and so is what it made."""
    absent = [p for p in (home, *home.parents) if not p.exists()]
    stage: Path | None = None
    try:
        home.mkdir(parents=True, exist_ok=True)
        stage = _make_stage(home)
        yield stage
    except OSError as error:
        raise _unwritten(out, error) from error
    except Exception as error:
        if isinstance(error, CorcalError) or shutil.disk_usage(_nearest_folder(home)).free > _FULL:
            raise
        raise _unwritten(out, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        for folder in absent:
            # Innermost first, as far as they are empty: not if the output came about.
            with suppress(OSError):
                folder.rmdir()


def _make_stage(home: Path) -> Path:
    # Not tempfile: its folders are closed to everyone else, and would stay so once renamed.
    stage = home / f".corcal-{secrets.token_hex(6)}.partial"
    stage.mkdir()
    return stage


def _nearest_folder(path: Path) -> Path:
    """Return the nearest folder on the way to a path that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def _flush_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _flush(path)
    _flush(folder)


def _flush(path: Path) -> None:
    """Have the disk keep the content of a file, or the entries of a folder."""
    if path.is_dir() and os.name == "nt":
        return  # Windows keeps the entries by itself and opens no folder.
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _there_already(out: Path) -> OutputRefused:
    return OutputRefused(
        f"{out}: is there already; name another place, or use --force (force=True from "
        "Python) to replace it"
    )


def _unwritten(out: Path, error: OSError) -> OutputRefused:
    return OutputRefused(
        f"{out}: cannot be written ({error.strerror or error}); nothing was written, and what was "
        "there before is kept. Free some space, or name another place"
    )
