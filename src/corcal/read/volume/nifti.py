"""The voxel values of a NIfTI file, exactly as they are stored.

Formats: NIfTI-1 (348-byte header) and NIfTI-2 (540 bytes), nifti.nimh.nih.gov. Where the voxels
lie is left to ITK, which knows the rules of qform and sform.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan

_TYPES = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}


@dataclass(frozen=True)
class _Layout:
    """Where a header keeps its fields, as (struct format, offset)."""

    size: int
    magic: tuple[bytes, int]
    dim: tuple[str, int]
    datatype: tuple[str, int]
    vox_offset: tuple[str, int]
    scale: tuple[str, int]
    codes: tuple[str, int]


_NIFTI_1 = _Layout(
    348, (b"n+1\0", 344), ("8h", 40), ("h", 70), ("f", 108), ("2f", 112), ("2h", 252)
)
_NIFTI_2 = _Layout(540, (b"n+2\0", 4), ("8q", 16), ("h", 12), ("q", 168), ("2d", 176), ("2i", 344))


def read_nifti_values(path: Path) -> NDArray[Any]:
    """Return the values of a .nii or .nii.gz file, slowest axis first; its scale is applied.

    Raises:
        UnreadableScan: the file is no NIfTI file, damaged, or shorter than its header says.
        NoUsableSeries: it holds colours or complex numbers.
        GeometryRefused: it does not say how its axes lie in the patient.
    """
    raw = _bytes(path)
    layout = next((f for f in (_NIFTI_1, _NIFTI_2) if _is(raw, f)), None)
    if layout is None:
        raise UnreadableScan(f"{path.name}: not a NIfTI file, whatever its name says")
    order = "<" if struct.unpack_from("<i", raw)[0] == layout.size else ">"

    def field(at: tuple[str, int]) -> tuple[Any, ...]:
        return struct.unpack_from(order + at[0], raw, at[1])

    if not any(field(layout.codes)):
        raise GeometryRefused(
            f"{path.name}: does not say how its axes lie in the patient (qform and sform codes "
            "are 0), so left and right cannot be told apart"
        )
    dim = field(layout.dim)
    kind = _TYPES.get(field(layout.datatype)[0])
    if kind is None:
        raise NoUsableSeries(f"{path.name}: holds colours or complex numbers, not single values")
    shape = tuple(max(1, n) for n in dim[dim[0] : 0 : -1])
    values = np.dtype(order + kind)
    start, count = int(field(layout.vox_offset)[0]), int(np.prod(shape))
    if not 1 <= dim[0] <= 7 or len(raw) < start + count * values.itemsize:
        raise UnreadableScan(f"{path.name}: damaged, truncated: it ends before its last voxel")
    stored: NDArray[Any] = np.frombuffer(raw, values, count, start).reshape(shape)
    slope, intercept = field(layout.scale)
    # The standard: a slope of 0 means that no scale is given.
    if slope == 0 or (slope, intercept) == (1, 0) or not np.isfinite([slope, intercept]).all():
        return stored
    return stored * np.float64(slope) + np.float64(intercept)


def _bytes(path: Path) -> bytes:
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path) as file:
                return file.read()
        return path.read_bytes()
    except (gzip.BadGzipFile, zlib.error):
        raise UnreadableScan(f"{path.name}: not a gzip file, so no .nii.gz either") from None
    except EOFError:
        raise UnreadableScan(
            f"{path.name}: damaged, truncated: its gzip stream ends early"
        ) from None


def _is(raw: bytes, layout: _Layout) -> bool:
    magic, at = layout.magic
    return len(raw) >= layout.size and raw[at : at + 4] == magic
