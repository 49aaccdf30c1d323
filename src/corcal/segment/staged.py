"""A folder that appears under its name whole, or not at all."""

from __future__ import annotations

import secrets
import shutil
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
        raise OutputRefused(
            f"{out}: is there already; name another place, or use --force to replace it"
        )
    absent = [p for p in out.absolute().parents if not p.exists()]
    stage = out.parent / f".corcal-{secrets.token_hex(6)}.partial"
    try:
        stage.mkdir(parents=True)
        yield stage
        _replace(out, stage)
    except OSError as error:
        raise OutputRefused(
            f"{out}: cannot be written ({error.strerror or error}); nothing was left there. Free "
            "some space, or name another place"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _drop_empty(absent)


def _drop_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, as far as they are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


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
