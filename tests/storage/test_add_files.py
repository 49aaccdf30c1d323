"""What is written is there whole or not at all, on a full, a failing or a forbidding disk."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from corcal.core.errors import OutputRefused
from corcal.storage.atomic import (
    add_files,
    check_folder,
)

FILES = {"a.txt": b"new a", "b.txt": b"new b"}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def fill_up_the_disk(monkeypatch: pytest.MonkeyPatch, name: str = "b.txt") -> None:
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == name:
            write(self, data[:2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)


def test_a_new_folder_with_its_parents(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "er" / "out"
    assert add_files(out, FILES, force=False) == (out / "a.txt", out / "b.txt")
    assert contents(tmp_path) == {"deep/er/out/a.txt": b"new a", "deep/er/out/b.txt": b"new b"}


def test_a_new_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    add_files(tmp_path / "out", FILES, force=False)
    modes = [stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("plain", "out")]
    assert modes[0] == modes[1]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    add_files(tmp_path, FILES, force=False)
    assert contents(tmp_path) == FILES


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    with pytest.raises(OutputRefused, match=r"not empty.*--force"):
        add_files(tmp_path, FILES, force=False)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_force_replaces_our_files_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    (tmp_path / "a.txt").write_bytes(b"old a")
    add_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == {**FILES, "mine.txt": b"mine"}


def test_force_does_not_replace_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "mine.txt").write_bytes(b"mine")
    with pytest.raises(OutputRefused, match="is a folder"):
        add_files(tmp_path, FILES, force=True)
    assert contents(tmp_path / "a.txt") == {"mine.txt": b"mine"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    for place in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(OutputRefused):
            check_folder(place, FILES, force=True)
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_checking_leaves_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "deep" / "out", FILES, force=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_place_without_leave_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputRefused, match="cannot be written"):
        check_folder(tmp_path / "out", FILES, force=False)


def test_a_place_that_takes_no_folder_is_refused() -> None:
    # /proc takes none, not even from the superuser.
    if not Path("/proc/self").exists():
        pytest.skip("needs /proc")
    with pytest.raises(OutputRefused, match="cannot be written"):
        check_folder(Path("/proc/out"), FILES, force=False)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_up_the_disk(monkeypatch)
    with pytest.raises(OutputRefused, match=r"No space left.*nothing was written"):
        add_files(tmp_path / "deep" / "out", FILES, force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"a.txt": b"old a", "b.txt": b"old b", "mine.txt": b"mine"}
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)
    fill_up_the_disk(monkeypatch)
    with pytest.raises(OutputRefused):
        add_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == old
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failing_exchange_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    (tmp_path / "a.txt").write_bytes(b"old a")
    rename, calls = Path.rename, []

    def failing(self: Path, target: Path) -> Path:
        calls.append(self.name)
        if len(calls) == at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputRefused):
        add_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == {"a.txt": b"old a"}
    assert len(list(tmp_path.iterdir())) == 1


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add_files(tmp_path / "out", FILES, force=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.txt", "b.txt"])
def test_an_interrupted_exchange_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    old = {"a.txt": b"old a", "b.txt": b"old b"}
    for key, content in old.items():
        (tmp_path / key).write_bytes(content)
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        if self.parent.name == "new" and self.name == name:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == old
