"""A folder or zip that appears under its name whole, or not at all."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corcal.core.errors import OutputRefused


@contextmanager
def staged_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield an empty folder to be filled; at the end it becomes `out`, on an error it is gone.

    Args:
        out: the folder to be made; its parents are made too.
        force: replace a folder that is there already.

    Raises:
        OutputRefused: `out` is there already, or cannot be written.
    """
    if out.exists() and not (force and out.is_dir()):
        raise _there_already(out)
    absent = [p for p in out.absolute().parents if not p.exists()]
    stage = _stage_beside(out)
    try:
        stage.mkdir(parents=True)
        yield stage
        _replace(out, stage)
    except OSError as error:
        raise _unwritten(out, error) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _drop_empty(absent)


def _drop_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, as far as they are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def staged_zip(out: Path, *, force: bool) -> Iterator[Path]:
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
    absent = [p for p in out.absolute().parents if not p.exists()]
    stage = _stage_beside(out)
    folder, packed = stage / out.stem, stage / "packed.zip"
    try:
        folder.mkdir(parents=True)
        yield folder
        # Stored, not squeezed: weights do not get smaller.
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(stage))
        packed.replace(out)
    except OSError as error:
        raise _unwritten(out, error) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _drop_empty(absent)


def _stage_beside(out: Path) -> Path:
    return out.absolute().parent / f".corcal-{secrets.token_hex(6)}.partial"


def _there_already(out: Path) -> OutputRefused:
    return OutputRefused(
        f"{out}: is there already; name another place, or use --force to replace it"
    )


def _unwritten(out: Path, error: OSError) -> OutputRefused:
    return OutputRefused(
        f"{out}: cannot be written ({error.strerror or error}); nothing was left there. Free "
        "some space, or name another place"
    )


def _replace(out: Path, stage: Path) -> None:
    earlier = stage.with_suffix(".earlier")
    if out.exists():
        out.rename(earlier)
    try:
        stage.rename(out)
    except BaseException:
        if earlier.exists():
            earlier.rename(out)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
