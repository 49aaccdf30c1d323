"""Locks of files: one process at a time, on POSIX systems and on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from corcal.core.errors import OutputRefused
from corcal.storage import JsonLines, lock_file

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
#: Says whether another process can lock the file that is its argument.
OTHER = (
    "import sys; from corcal.storage import lock_file; file = open(sys.argv[1], 'a'); "
    "print(lock_file(file.fileno(), inherited=False))"
)


def other_process_locks(path: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", OTHER, path], capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


@POSIX
def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "held"
    with path.open("a") as file:
        assert lock_file(file.fileno(), inherited=False)
        assert not other_process_locks(path)
    assert other_process_locks(path)


@POSIX
def test_a_second_handle_of_the_same_process_waits_too(tmp_path: Path) -> None:
    with (tmp_path / "held").open("a") as first, (tmp_path / "held").open("a") as second:
        assert lock_file(first.fileno())
        assert not lock_file(second.fileno())
        first.close()
        assert lock_file(second.fileno())


def windows(monkeypatch: pytest.MonkeyPatch, locks: list[tuple[int, int]], *, free: bool) -> None:
    def locking(handle: int, mode: int, count: int) -> None:
        locks.append((os.lseek(handle, 0, os.SEEK_CUR), count))
        if not free:
            raise PermissionError

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))


@pytest.mark.parametrize("free", [True, False])
def test_windows_locks_a_byte_beyond_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: bool
) -> None:
    locks: list[tuple[int, int]] = []
    windows(monkeypatch, locks, free=free)
    with (tmp_path / "held").open("w+b") as file:
        file.write(b"four")
        file.flush()
        assert lock_file(file.fileno()) is free
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 4
    assert locks == [(2**31 - 2, 1)]
    assert (tmp_path / "held").stat().st_size == 4


def test_a_journal_says_who_holds_it_and_where_there_are_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows(monkeypatch, [], free=False)
    with pytest.raises(OutputRefused, match="another process is writing it"):
        JsonLines(tmp_path / "journal")
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    with pytest.raises(OutputRefused, match=r"has no locks of files\); name a folder on a disk of"):
        JsonLines(tmp_path / "journal")
