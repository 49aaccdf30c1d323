"""The files at a path: a folder, a zip, one DICOM file, or a volume file."""

from __future__ import annotations

import errno
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corcal.core.errors import UnreadableScan

#: File name endings of volume formats and the kind they are reported as.
VOLUME_KINDS = {
    ".nii.gz": "nifti",
    ".nii": "nifti",
    ".nrrd": "nrrd",
    ".nhdr": "nrrd",
    ".mha": "mha",
    ".mhd": "mha",
}
_LARGEST_ZIP_BYTES = 16 * 1024**3
_LARGEST_RATIO = 300
_MOST_MEMBERS = 50_000
_PIECE = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:(/|$)")


@dataclass(frozen=True)
class Content:
    """The files of an input.

    Attributes:
        name: what the user calls it: the last part of the path.
        volume: the volume file, or None for DICOM.
        files: DICOM files to look at, sorted; may hold anything else as well.
        only: the one DICOM file that was asked for among its neighbours, or None.
    """

    name: str
    volume: Path | None
    files: tuple[Path, ...]
    only: Path | None = None


@contextmanager
def open_input(path: Path) -> Iterator[Content]:
    """Give what lies at a path; a zip is unpacked to a folder that is gone afterwards.

    Raises:
        UnreadableScan: nothing is there, it is empty, it cannot be read (also while the content
            is in use), or the zip is damaged or unsafe.
    """
    try:
        with ExitStack() as stack:
            yield _content(path, stack)
    except OSError as error:
        if error.errno == errno.ENOSPC:  # unpacking a zip: not the scan's fault
            raise
        raise UnreadableScan(f"{path.name}: cannot be read ({error.strerror})") from error


def volume_kind(path: Path) -> str:
    """Return "nifti", "nrrd" or "mha" by the file's name, or ""."""
    name = path.name.lower()
    return next((kind for end, kind in VOLUME_KINDS.items() if name.endswith(end)), "")


def _content(path: Path, stack: ExitStack) -> Content:
    if not path.exists():
        raise UnreadableScan(f"{path}: there is no such file or folder")
    if path.is_dir():
        return _of_folder(path, path.name)
    if path.stat().st_size == 0:
        raise UnreadableScan(f"{path.name}: the file is empty (0 bytes)")
    if volume_kind(path):
        return Content(path.name, path, ())
    if path.suffix.lower() == ".zip" or _begins(path, b"PK\x03\x04"):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corcal-")))
        _unpack(path, folder)
        return _of_folder(folder, path.name)
    beside = tuple(sorted(p for p in path.parent.iterdir() if p.is_file()))
    return Content(path.name, None, beside, only=path)


def _of_folder(folder: Path, name: str) -> Content:
    """Return a folder's files, if it holds one scan or DICOM files only.

    Raises:
        UnreadableScan: it holds no files, several volumes, or volumes and DICOM.
    """
    name = name or folder.resolve().name
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not _is_hidden(p, folder))
    if not found:
        list(folder.iterdir())  # may raise, where rglob passes over what may not be read
        raise UnreadableScan(f"{name}: holds no files")
    volumes = [p for p in found if volume_kind(p)]
    if not volumes:
        return Content(name, None, tuple(found))
    dicom = sum(_is_dicom(p) for p in found if p not in volumes)
    if len(volumes) > 1 or dicom:
        listed = ", ".join(str(p.relative_to(folder)) for p in volumes[:5])
        more = f" and {len(volumes) - 5} more" if len(volumes) > 5 else ""
        beside = f" beside {dicom} DICOM files" if dicom else " and no DICOM"
        files = "files" if len(volumes) > 1 else "file"
        raise UnreadableScan(
            f"{name}: holds {len(volumes)} volume {files}{beside}; name one of them: {listed}{more}"
        )
    return Content(name, volumes[0], ())


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _is_hidden(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(p.startswith(".") or p == "__MACOSX" for p in parts)


def _begins(path: Path, magic: bytes, at: int = 0) -> bool:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(len(magic)) == magic


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a zip under names of our own, so that no member chooses where it lands.

    What lay in one folder stays in one folder: some files say by it alone what belongs together.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _require_safe(path, members)
            homes: dict[PurePosixPath, int] = {}
            for i, member in enumerate(members):
                if _is_clutter(member.filename):
                    continue
                inside = PurePosixPath(member.filename)
                home = folder / f"{homes.setdefault(inside.parent, len(homes)):04d}"
                home.mkdir(exist_ok=True)
                _copy_member(archive, member, home / f"{i:06d}{_ending(inside)}")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        # The library's own text may quote what the zip holds, or the names of its files.
        kind = type(error).__name__
        raise UnreadableScan(f"{path.name}: the zip is damaged ({kind})") from None
    except RuntimeError:
        raise UnreadableScan(f"{path.name}: the zip is encrypted; unpack it first") from None


def _ending(inside: PurePosixPath) -> str:
    """Return the ending by which a member is known after it was unpacked."""
    if inside.name.upper() == "DICOMDIR" or inside.suffix.lower() == ".zip":
        return inside.suffix.lower() or ".dir"
    return next((e for e in VOLUME_KINDS if inside.name.lower().endswith(e)), inside.suffix)


def _copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, out: Path) -> None:
    """Unpack a member piece by piece, and no further than the zip announces."""
    with archive.open(member) as packed, out.open("wb") as file:
        left = member.file_size
        while left > 0 and (piece := packed.read(min(_PIECE, left))):
            left -= len(piece)
            file.write(piece)


def _require_safe(path: Path, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or _DRIVE.match(str(inside)):
            raise UnreadableScan(f"{path.name}: a member's name leads out of the zip; refused")
    total = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    if len(members) > _MOST_MEMBERS:
        raise UnreadableScan(f"{path.name}: holds {len(members)} files, more than any study")
    if total > _LARGEST_ZIP_BYTES or (total > 10**8 and total / packed > _LARGEST_RATIO):
        raise UnreadableScan(
            f"{path.name}: would unpack to {total / 1e9:.1f} GB, more than any scan; refused"
        )


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(p.startswith(".") or p == "__MACOSX" for p in parts)
