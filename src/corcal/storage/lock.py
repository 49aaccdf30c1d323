"""Locks of files against other processes; whoever holds one lets go of it by ending, however."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

#: Windows locks bytes, and bars others from reading them: this one lies beyond any file.
_FAR = 2**31 - 2


def lock_file(handle: int, *, inherited: bool = True) -> bool:
    """Lock an open file; return False where another process holds it.

    POSIX systems lock it by `fcntl`, Windows by `msvcrt`.

    Args:
        handle: of the file, open for writing.
        inherited: child processes hold the lock, too, where the system can do that.

    Raises:
        OSError: the system or the disk has no locks.
    """
    fcntl = _module("fcntl")
    if fcntl is None:
        return _lock_on_windows(handle)
    lock = fcntl.flock if inherited else fcntl.lockf
    try:
        lock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _lock_on_windows(handle: int) -> bool:
    msvcrt = _module("msvcrt")
    if msvcrt is None:
        raise OSError("this system has no locks of files")
    place = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, _FAR, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    finally:
        os.lseek(handle, place, os.SEEK_SET)
    return True


def _module(name: str) -> ModuleType | None:
    """Return a module of the standard library that not every system has."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None
