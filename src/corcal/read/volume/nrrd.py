"""NRRD files: headers are read by pynrrd, voxels and their place by the rules below.

Source: teem.sourceforge.net/nrrd/format.html. Read are three axes of space with one value per
voxel, in a space whose left and right are known, stored in the file itself or in one beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import nrrd
import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.read.plausible import require_plausible_size
from corcal.read.volume.raw_voxels import VoxelLayout, file_beside, read_voxels
from corcal.read.volume.stored import StoredVolume, affine_lps, require_single_volume, square_axes

_LONGEST_HEADER = 1 << 20
_TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_PACKINGS = {
    "raw": "raw",
    "gzip": "zlib",
    "gz": "zlib",
    "bzip2": "bzip2",
    "bz2": "bzip2",
    "text": "text",
    "txt": "text",
    "ascii": "text",
}
#: Signs that bring the axes of a space to LPS.
_SPACES = {
    "left-posterior-superior": (1.0, 1.0, 1.0),
    "lps": (1.0, 1.0, 1.0),
    "right-anterior-superior": (-1.0, -1.0, 1.0),
    "ras": (-1.0, -1.0, 1.0),
    "left-anterior-superior": (1.0, -1.0, 1.0),
    "las": (1.0, -1.0, 1.0),
}
#: What an axis is that is none of space.
_LISTS = ("list", "vector", "color", "normal", "point", "matrix", "quaternion", "complex")


def read_nrrd(path: Path) -> StoredVolume:
    """Return the voxels of a .nrrd or .nhdr file.

    Raises:
        UnreadableScan: it is no NRRD file, damaged, or shorter than its header says.
        NoUsableSeries: it is no single grey-scale volume.
        GeometryRefused: it does not say how large its voxels are and how its axes lie.
    """
    header, end = read_nrrd_header(path)
    sizes = [int(n) for n in header["sizes"]]
    kinds = [str(k).lower() for k in header.get("kinds", [])]
    if any(k.endswith(_LISTS) and n > 1 for k, n in zip(kinds, sizes, strict=False)):
        raise NoUsableSeries(f"{path.name}: holds colours or vectors, not one value per voxel")
    spatial = [i for i, n in enumerate(sizes) if n > 1 or len(sizes) <= 3]
    sides = require_single_volume([sizes[i] for i in spatial], path.name)
    affine = _affine(header, spatial, path.name)
    file, layout = nrrd_layout(path, header, end, sides)
    return StoredVolume(read_voxels(file, layout, path.name), affine)


def read_nrrd_layers(path: Path) -> tuple[dict[str, Any], NDArray[Any], NDArray[np.float64]]:
    """Return the header and voxels of an NRRD of three axes of space, and perhaps one of layers.

    Returns:
        The fields of the header; the voxels (layer, slowest, middle, fastest axis of space); and
        float64 (4, 4), index of a layer to LPS mm. Sides of one voxel are taken, too.

    Raises:
        UnreadableScan: it is no NRRD file, damaged, or has other axes.
        GeometryRefused: it does not say how large its voxels are and how its axes lie.
    """
    header, end = read_nrrd_header(path)
    sizes = [int(n) for n in header["sizes"]]
    if len(sizes) not in (3, 4):
        raise UnreadableScan(f"{path.name}: has {len(sizes)} axes; a segmentation has 3 or 4")
    listed = _list_axis(header) if len(sizes) == 4 else None
    if len(sizes) == 4 and listed is None:
        raise UnreadableScan(f"{path.name}: damaged: none of its 4 axes is a list of layers")
    spatial = [axis for axis in range(len(sizes)) if axis != listed]
    require_plausible_size(sizes, path.name)
    affine = _affine(header, spatial, path.name)
    file, layout = nrrd_layout(path, header, end, tuple(sizes[::-1]))
    stored = read_voxels(file, layout, path.name)
    layers = stored[None] if listed is None else np.moveaxis(stored, 3 - listed, 0)
    return header, layers, affine


def _list_axis(header: dict[str, Any]) -> int | None:
    """Return the axis that is none of space, if there is exactly one."""
    rows = header.get("space directions")
    rows = [] if rows is None else list(rows)
    absent = [i for i, r in enumerate(rows) if r is None or not np.isfinite(r).all()]
    return absent[0] if len(rows) == 4 and len(absent) == 1 else None


def read_nrrd_header(path: Path) -> tuple[dict[str, Any], int]:
    """Return the fields of a header, and the byte at which it ends.

    Raises:
        UnreadableScan: it is no NRRD header.
    """
    wrong = UnreadableScan(
        f"{path.name}: damaged, truncated, or not the NRRD file that its name says"
    )
    with path.open("rb") as file:
        lines, end = _lines(file)
    try:
        header: dict[str, Any] = dict(nrrd.read_header(lines))
        sizes = [int(n) for n in header["sizes"]]
        if len(sizes) != header["dimension"] or min(sizes) < 1:
            raise wrong
    except (nrrd.NRRDError, ValueError, LookupError, TypeError, StopIteration, OverflowError):
        raise wrong from None
    return header, end


def _lines(file: BinaryIO) -> tuple[list[str], int]:
    """Return the lines of a header, up to the empty line that ends it."""
    head = file.read(_LONGEST_HEADER)
    lines: list[str] = []
    at = 0
    while at < len(head):
        stop = head.find(b"\n", at)
        stop = len(head) if stop < 0 else stop
        line = head[at:stop].rstrip(b"\r")
        at = stop + 1
        if not line:
            break
        lines.append(line.decode("utf-8", "replace"))
    return lines, at


def nrrd_layout(
    path: Path, header: dict[str, Any], end: int, sides: tuple[int, ...]
) -> tuple[Path, VoxelLayout]:
    """Return the file that holds the voxels, and how.

    Args:
        path: of the header.
        header: its fields.
        end: the byte at which it ends.
        sides: voxels along each axis, the slowest first.

    Raises:
        UnreadableScan: the voxels are stored in a way that is not read, or lie elsewhere.
        NoUsableSeries: they are blocks, not numbers.
    """
    written = str(header.get("type", ""))
    code = next((c for c, names in _TYPES.items() if written.lower() in names), None)
    if code is None:
        raise NoUsableSeries(f"{path.name}: holds {written or 'nothing'}, not single values")
    packing = _PACKINGS.get(str(header.get("encoding", "")).lower())
    if packing is None:
        raise UnreadableScan(f"{path.name}: its encoding is not one that is read; save it as gzip")
    if code[1] != "1" and packing != "text" and "endian" not in header:
        raise UnreadableScan(f"{path.name}: damaged: it does not say its byte order (endian)")
    order = ">" if str(header.get("endian", "little")).lower() == "big" else "<"
    detached = header.get("data file", header.get("datafile"))
    file, start = (path, end) if detached is None else (file_beside(path, str(detached)), 0)
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    start += _line_skip(file, start, int(header.get("line skip", header.get("lineskip", 0))))
    kind = np.dtype(order + code)
    return file, VoxelLayout(kind, sides, packing, -1 if skip == -1 else start + max(0, skip))


def _line_skip(file: Path, start: int, lines: int) -> int:
    if lines <= 0:
        return 0
    with file.open("rb") as opened:
        opened.seek(start)
        return sum(len(opened.readline(_LONGEST_HEADER)) for _ in range(min(lines, 1000)))


def _affine(header: dict[str, Any], spatial: list[int], name: str) -> NDArray[np.float64]:
    """Return index (slowest, middle, fastest axis) to LPS mm."""
    space = str(header.get("space", "")).lower()
    columns = _directions(header.get("space directions"), spatial)
    if columns is None or not space:
        missing = [
            what
            for what, absent in (
                ("how large its voxels are", columns is None and "spacings" not in header),
                ("how its axes lie in the patient (space, space directions)", True),
            )
            if absent
        ]
        raise GeometryRefused(
            f"{name}: does not say {' nor '.join(missing)}, so left and right cannot be known"
        )
    if space not in _SPACES:
        raise GeometryRefused(
            f"{name}: its space, {space}, does not say where left and right are; save it in LPS"
        )
    signs = np.array(_SPACES[space])
    spacing = np.linalg.norm(columns, axis=0)
    origin = np.array(header.get("space origin", np.zeros(3)), dtype=np.float64)
    if origin.shape != (3,) or not np.isfinite(origin).all():
        origin = np.zeros(3)
    return affine_lps(square_axes(signs[:, None] * columns, name), spacing, signs * origin)


def _directions(field: Any, spatial: list[int]) -> NDArray[np.float64] | None:
    """Return one column per axis of space, or None where a direction is absent."""
    if field is None:
        return None
    rows = [None if r is None else np.array(r, dtype=np.float64) for r in field]
    of_space = [r for r in rows if r is not None and r.shape == (3,) and np.isfinite(r).all()]
    if len(rows) > max(spatial) and len(of_space) != 3:
        of_space = [r for i, r in enumerate(rows) if i in spatial and r is not None]
    if len(of_space) != 3 or not all(np.isfinite(r).all() for r in of_space):
        return None
    return np.stack(of_space, axis=1)
