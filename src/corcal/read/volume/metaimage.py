"""MetaImage files: .mha with the voxels inside, .mhd with the voxels in a file beside it.

Source: the format of ITK's MetaIO: lines of `Key = Value`, of which ElementDataFile is the last.
The world is LPS; row i of TransformMatrix is the direction of axis i, the fastest axis first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.read.volume.raw_voxels import VoxelLayout, file_beside, read_voxels
from corcal.read.volume.stored import StoredVolume, affine_lps, require_single_volume, square_axes

_LONGEST_HEADER = 1 << 16
_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
#: One meaning, several names; the first is the one that ITK writes.
_MATRIX = ("TransformMatrix", "Rotation", "Orientation")
_OFFSET = ("Offset", "Position", "Origin")
_BIG = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")


def read_metaimage(path: Path) -> StoredVolume:
    """Return the voxels of a .mha or .mhd file.

    Raises:
        UnreadableScan: it is no MetaImage, damaged, or shorter than its header says.
        NoUsableSeries: it is no single grey-scale volume.
        GeometryRefused: it does not say how large its voxels are and how its axes lie.
    """
    fields, end = _header(path)
    if _first(fields, ("ElementNumberOfChannels",), "1") != "1":
        raise NoUsableSeries(f"{path.name}: holds colours or vectors, not one value per voxel")
    shape = [int(n) for n in _numbers(fields, ("DimSize",), path.name)]
    sides = require_single_volume(shape, path.name)
    affine = _affine(fields, len(shape), path.name)
    file, layout = _layout(path, fields, end, sides)
    return StoredVolume(read_voxels(file, layout, path.name), affine)


def _header(path: Path) -> tuple[dict[str, str], int]:
    """Return the fields of a header, and the byte at which it ends."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_HEADER)
    fields: dict[str, str] = {}
    at = 0
    while (stop := head.find(b"\n", at)) > 0:
        key, divided, value = head[at:stop].decode("latin-1").partition("=")
        at = stop + 1
        if not divided:
            break
        fields[key.strip()] = value.strip()
        if key.strip() == "ElementDataFile":
            return fields, at
    raise UnreadableScan(f"{path.name}: damaged, truncated, or not the MHA file that its name says")


def _first(fields: dict[str, str], keys: tuple[str, ...], default: str = "") -> str:
    return next((fields[k] for k in keys if k in fields), default)


def _numbers(
    fields: dict[str, str], keys: tuple[str, ...], name: str, count: int | None = None
) -> NDArray[np.float64]:
    try:
        numbers = np.array([float(v) for v in _first(fields, keys).split()])
    except ValueError:
        numbers = np.empty(0)
    if not len(numbers) or not np.isfinite(numbers).all() or count not in (None, len(numbers)):
        raise UnreadableScan(
            f"{name}: damaged: its {keys[0]} is absent or not the numbers it needs"
        )
    return numbers


def _affine(fields: dict[str, str], n: int, name: str) -> NDArray[np.float64]:
    """Return index (slowest, middle, fastest axis) to LPS mm; further axes are dropped."""
    missing = [
        f"{what} ({keys[0]})"
        for what, keys in (
            ("how large its voxels are", ("ElementSpacing",)),
            ("how its axes lie in the patient", _MATRIX),
        )
        if not _first(fields, keys)
    ]
    if missing:
        raise GeometryRefused(f"{name}: does not say {' nor '.join(missing)}")
    spacing = np.abs(_numbers(fields, ("ElementSpacing",), name, n)[:3])
    rows = _numbers(fields, _MATRIX, name, n * n).reshape(n, n)[:3, :3]
    offset = np.zeros(3)
    if _first(fields, _OFFSET):
        offset = _numbers(fields, _OFFSET, name, n)[:3]
    if not (spacing > 0).all():
        raise GeometryRefused(f"{name}: does not say how large its voxels are: one side is 0")
    return affine_lps(square_axes(rows.T, name), spacing, offset)


def _layout(
    path: Path, fields: dict[str, str], end: int, sides: tuple[int, int, int]
) -> tuple[Path, VoxelLayout]:
    """Return the file that holds the voxels, and how."""
    code = _TYPES.get(fields.get("ElementType", ""))
    if code is None:
        raise NoUsableSeries(f"{path.name}: does not hold one number per voxel")
    file, start = path, end
    if fields["ElementDataFile"].upper() != "LOCAL":
        file = file_beside(path, fields["ElementDataFile"])
        # -1 means that the voxels end the file.
        start = (
            int(_numbers(fields, ("HeaderSize",), path.name)[0]) if "HeaderSize" in fields else 0
        )
    order = ">" if _first(fields, _BIG).lower() in ("true", "1") else "<"
    packing = "zlib" if fields.get("CompressedData", "").lower() in ("true", "1") else "raw"
    if fields.get("BinaryData", "True").lower() in ("false", "0"):
        packing = "text"
    return file, VoxelLayout(np.dtype(order + code), sides, packing, start)
