"""A phantom on disk: its scan, its labels and its truth in one folder, whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from corcal.core.errors import OutputRefused
from corcal.phantom.case import PhantomCase
from corcal.phantom.files.as_dicom import write_dicom
from corcal.phantom.files.as_json import text_of, truth_of
from corcal.phantom.files.as_nifti import write_nifti

#: The scan by format; a folder holds one of them.
SCANS = {"nifti": "ct.nii.gz", "dicom": "ct"}
LABELS, TRUTH = "labels.nii.gz", "truth.json"


def folder_of(out: Path, seed: int) -> Path:
    """Return where the phantom of a seed goes: OUT/phantom-00001."""
    return out / f"phantom-{seed:05d}"


def check_case_folder(folder: Path, *, force: bool) -> None:
    """Refuse a place that cannot take a phantom, before it is made.

    Raises:
        OutputRefused: a file is in the way, the folder exists and `force` is off, or nothing
            can be written there.
    """
    blocked = next((p for p in (folder, *folder.parents) if p.exists() and not p.is_dir()), None)
    if blocked is not None:
        raise OutputRefused(f"{blocked}: is a file; name a folder for the phantoms")
    if folder.exists() and not force:
        raise OutputRefused(
            f"{folder}: exists already; name another folder or seed, or use --force to replace "
            "the phantom in it (files of other names are kept)"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage = _stage(folder.parent)
        stage.rmdir()
    except OSError as error:
        raise _refused(folder, error) from error


def write_case(case: PhantomCase, folder: Path, *, kind: str, version: str, force: bool) -> None:
    """Write a phantom: ct.nii.gz, or the DICOM series ct/; labels.nii.gz; truth.json.

    The files are written aside and appear together; if that fails, what was there stays.

    Args:
        case: the phantom.
        folder: its own folder.
        kind: "nifti" or "dicom".
        version: corcal's; another version may make another phantom of the same seed.
        force: replace the phantom in the folder; other files in it are kept.

    Raises:
        OutputRefused: as `check_case_folder`, or the disk is full.
    """
    fill = partial(_fill, case=case, kind=kind, version=version)
    fill_whole(folder, fill, names=(*SCANS.values(), LABELS, TRUTH), force=force)


def fill_whole(
    folder: Path, fill: Callable[[Path], None], *, names: Collection[str], force: bool
) -> None:
    """Fill a folder, whole or not at all.

    Args:
        folder: made if absent.
        fill: writes everything into the folder it is given.
        names: files and folders of an earlier filling, which go when the folder is filled anew.
        force: fill a folder that exists; what else is in it is kept.

    Raises:
        OutputRefused: as `check_case_folder`, or the disk is full.
    """
    check_case_folder(folder, force=force)
    try:
        stage = _stage(folder.parent)
        try:
            new = stage / "new"
            new.mkdir()
            fill(new)
            if folder.exists():
                _exchange(folder, new, stage, names)
            else:
                new.rename(folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise _refused(folder, error) from error


def _fill(folder: Path, case: PhantomCase, kind: str, version: str) -> None:
    if kind == "dicom":
        write_dicom(folder / SCANS[kind], case, version)
    else:
        write_nifti(folder / SCANS[kind], case.hu, case.grid)
    write_nifti(folder / LABELS, case.labels, case.grid)
    (folder / TRUTH).write_text(text_of(truth_of(case, version)), encoding="utf-8")


def _exchange(folder: Path, new: Path, stage: Path, earlier: Collection[str]) -> None:
    """Move an earlier phantom out of a folder and the new one in; all or nothing."""
    old = stage / "old"
    old.mkdir()
    names = [name for name in earlier if (folder / name).exists()]
    arrived: list[str] = []
    try:
        for name in names:
            (folder / name).rename(old / name)
        for path in sorted(new.iterdir()):
            path.rename(folder / path.name)
            arrived.append(path.name)
    except BaseException:
        for name in arrived:
            (folder / name).rename(new / name)
        for path in old.iterdir():
            path.rename(folder / path.name)
        raise


def _stage(home: Path) -> Path:
    stage = home / f".corcal-{secrets.token_hex(6)}.partial"
    stage.mkdir()
    return stage


def _refused(folder: Path, error: OSError) -> OutputRefused:
    why = error.strerror or str(error)
    return OutputRefused(
        f"{folder}: the phantom cannot be written there ({why}); nothing was written. "
        "Free some space, or name another folder"
    )
