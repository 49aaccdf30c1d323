"""The voxels of NRRD and MetaImage files: as many bytes as the header announces, and no more."""

from __future__ import annotations

import bz2
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import UnreadableScan

#: Bytes read from the disk at a time.
_CHUNK = 1 << 20
#: zlib: take the stream as zlib's or gzip's, whichever it is.
_EITHER = 47


@dataclass(frozen=True)
class VoxelLayout:
    """The way in which a file stores its voxels.

    Attributes:
        kind: type of one value, with its byte order.
        shape: voxels along each axis, the slowest first.
        packing: "raw", "zlib" (also gzip), "bzip2" or "text".
        start: byte of the file at which they begin; -1 where they end the file.
    """

    kind: np.dtype[Any]
    shape: tuple[int, ...]
    packing: str
    start: int

    @property
    def size(self) -> int:
        """Bytes of all voxels, unpacked."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.kind.itemsize


def read_voxels(path: Path, layout: VoxelLayout, name: str) -> NDArray[Any]:
    """Return the voxels of a file.

    Args:
        path: the file that holds them.
        layout: how.
        name: of the file that the user named, for messages.

    Returns:
        The slowest axis first, in the file's own type.

    Raises:
        UnreadableScan: there are fewer than announced, or they cannot be unpacked.
    """
    with path.open("rb") as file:
        if layout.start < 0:
            file.seek(max(0, path.stat().st_size - layout.size))
        else:
            file.seek(layout.start)
        if layout.packing == "text":
            return _of_text(file, layout, name)
        raw = file.read(layout.size) if layout.packing == "raw" else _unpack(file, layout, name)
    if len(raw) < layout.size:
        raise _short(name)
    return np.frombuffer(raw, layout.kind).reshape(layout.shape)


def file_beside(path: Path, name: str) -> Path:
    """Return the file that a header names for its voxels; only one in its own folder is followed.

    Raises:
        UnreadableScan: there are several, it lies elsewhere, or it is not there.
    """
    if name.upper().startswith("LIST") or "%" in name:
        raise UnreadableScan(f"{path.name}: its voxels lie in several files; save it as one")
    if name.removeprefix("./") != Path(name).name:
        raise UnreadableScan(f"{path.name}: its voxels lie in another folder; copy them beside it")
    file = path.parent / name
    if not file.is_file():
        raise UnreadableScan(f"{path.name}: the file of its voxels, {name}, is not beside it")
    return file


def _unpack(file: BinaryIO, layout: VoxelLayout, name: str) -> bytearray:
    out = bytearray()
    unpacker = bz2.BZ2Decompressor() if layout.packing == "bzip2" else zlib.decompressobj(_EITHER)
    try:
        while len(out) < layout.size and not unpacker.eof:
            # zlib hands back what it did not take; bz2 keeps it.
            packed = getattr(unpacker, "unconsumed_tail", b"")
            if not packed and getattr(unpacker, "needs_input", True):
                packed = file.read(_CHUNK)
                if not packed:
                    break
            out += unpacker.decompress(packed, min(_CHUNK, layout.size - len(out)))
    except (zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UnreadableScan(f"{name}: damaged: its voxels cannot be unpacked") from None
    return out


def _of_text(file: BinaryIO, layout: VoxelLayout, name: str) -> NDArray[Any]:
    count = int(np.prod(layout.shape, dtype=np.int64))
    # A number and its blank take at most 32 characters.
    words = file.read(32 * count).split()[:count]
    if len(words) < count:
        raise _short(name)
    try:
        values = np.array(words, dtype=np.bytes_).astype(np.float64)
        return values.astype(layout.kind).reshape(layout.shape)
    except ValueError:
        raise UnreadableScan(f"{name}: damaged: its voxels are no numbers") from None


def _short(name: str) -> UnreadableScan:
    return UnreadableScan(f"{name}: damaged, truncated: it ends before its last voxel")
