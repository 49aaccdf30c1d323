"""Folders, zips and single files take the place of earlier ones whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from corcal.core.errors import OutputRefused, SettingsRefused
from corcal.storage.atomic import (
    add_files,
    check_folder,
    remove_partials,
    replace_file,
    replace_files,
    replace_folder,
    replace_zip,
)

FILES = {"a.txt": b"new a", "b.txt": b"new b"}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_files_and_folders_of_an_earlier_filling_go(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replace_files(out, ["ct.nii", "ct/"], force=False) as stage:
        (stage / "ct").mkdir()
        (stage / "ct" / "1.dcm").write_bytes(b"1")
    (out / "mine.txt").write_bytes(b"mine")
    with replace_files(out, ["ct.nii", "ct/"], force=True) as stage:
        (stage / "ct.nii").write_bytes(b"2")
    assert contents(out) == {"ct.nii": b"2", "mine.txt": b"mine"}
    with pytest.raises(OutputRefused, match="exists already"):
        check_folder(out, ["ct.nii", "ct/"], force=False)


def test_a_folder_takes_the_place_of_a_whole_one(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with replace_folder(out, force=False) as stage:
        (stage / "a").write_bytes(b"first")
    says = r"is there already; .* use --force \(force=True from Python\) to replace it$"
    with pytest.raises(OutputRefused, match=says):
        replace_folder(out, force=False).__enter__()
    with replace_folder(out, force=True) as stage:
        (stage / "b").write_bytes(b"second")
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == [
        "new", "new/out", "new/out/b",
    ]  # fmt: skip


def test_a_folder_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replace_folder(out, force=False) as stage:
        (stage / "a").write_bytes(b"first")
    with pytest.raises(OutputRefused, match="No space left"), replace_folder(out, force=True):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert (out / "a").read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_take_its_name_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_bytes(b"first")
    rename = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(OutputRefused, match="busy"), replace_folder(out, force=True):
        pass
    assert (out / "a").read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_folders_made_on_the_way_to_nothing_are_gone(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    out = tmp_path / "kept" / "a" / "b" / "out"
    with pytest.raises(ValueError, match="stop"), replace_folder(out, force=False):
        raise ValueError("stop")
    assert [p.name for p in tmp_path.rglob("*")] == ["kept"]


def test_a_file_is_never_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(OutputRefused, match="is there already"):
        replace_folder(tmp_path / "out", force=True).__enter__()
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_zip_holds_the_folder_of_its_name(tmp_path: Path) -> None:
    out = tmp_path / "small.zip"
    with replace_zip(out, force=False) as stage:
        (stage / "a").write_bytes(b"first")
    with zipfile.ZipFile(out) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {"small/a": b"first"}
    with pytest.raises(OutputRefused, match="is there already"):
        replace_zip(out, force=False).__enter__()
    with pytest.raises(OutputRefused, match="No space"), replace_zip(out, force=True):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert zipfile.is_zipfile(out)
    assert [p.name for p in tmp_path.iterdir()] == ["small.zip"]


def test_one_file_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    replace_file(path, b"old")
    (path.parent / "mine.txt").write_bytes(b"mine")
    replace_file(path, memoryview(b"new"))
    assert contents(path.parent) == {"a.txt": b"new", "mine.txt": b"mine"}


@pytest.mark.parametrize("stage", ["write_bytes", "replace"])
def test_one_file_on_a_full_disk_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    replace_file(tmp_path / "a.txt", b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, stage, full)
    with pytest.raises(OutputRefused, match=r"a\.txt: cannot be written \(No space left"):
        replace_file(tmp_path / "a.txt", b"new")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def _fail_half_way(filled: AbstractContextManager[Path]) -> None:
    with filled as stage:
        (stage / "a.txt").write_bytes(b"half")
        raise RuntimeError("could not compress")


@pytest.mark.parametrize(("free", "refused"), [(999_999, True), (10_000_000, False)])
def test_a_library_that_does_not_say_that_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, refused: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    for fill in (replace_folder, partial(replace_files, names=["b.txt"])):
        with pytest.raises(OutputRefused if refused else RuntimeError):
            _fail_half_way(fill(tmp_path / "out", force=False))
    with pytest.raises(SettingsRefused), replace_folder(tmp_path / "out", force=False):
        raise SettingsRefused("of its own")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_found_full_only_when_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_files(tmp_path / "out", {"a.txt": b"old"}, force=False)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    for write in (
        lambda: add_files(tmp_path / "out", FILES, force=True),
        lambda: add_files(tmp_path / "new", FILES, force=False),
        lambda: replace_file(tmp_path / "out" / "a.txt", b"new"),
    ):
        with pytest.raises(OutputRefused, match="No space left"):
            write()
    assert contents(tmp_path) == {"out/a.txt": b"old"}


def test_every_file_and_folder_is_flushed_before_and_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        flushed.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    with replace_folder(tmp_path / "out", force=False) as stage:
        (stage / "deep").mkdir()
        (stage / "deep" / "a.txt").write_bytes(b"a")
    names = ("out/deep/a.txt", "out/deep", "out", ".")
    assert {(tmp_path / name).stat().st_ino for name in names} == set(flushed)
    assert flushed[-1] == tmp_path.stat().st_ino


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    for name in (".corcal-0123.partial", "case", ".corcal-notes"):
        (tmp_path / name / "below").mkdir(parents=True)
    remove_partials(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".corcal-notes", "case"]
