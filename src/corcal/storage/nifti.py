"""NIfTI files, written and read: their headers are nibabel's, their voxels are checked here.

corcal counts (slice, row, column) in LPS mm; NIfTI counts (column, row, slice) in RAS mm. This is
the one place where the two meet.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan

Voxels = NDArray[np.uint8] | NDArray[np.int16] | NDArray[np.float32]

_DATA_AT = 352
_SCANNER = 1
#: Largest error of a unit vector: 0.005 mm at half a metre.
_TURN_TOLERANCE = 1e-5
_CHUNK = 1 << 20
#: A byte of a gzip file stands for at most so many (zlib's documentation, "Maximum Compression
#: Factor").
_DENSEST = 1032


def nifti_bytes(
    voxels: Voxels,
    affine_lps: NDArray[np.float64],
    *,
    description: str = "",
    largest_label: int | None = None,
) -> bytes:
    """Return voxels as gzipped NIfTI-1; the same voxels give the same bytes.

    Args:
        voxels: uint8, int16 or float32 (slice, row, column).
        affine_lps: float64 (4, 4), from such an index to LPS mm.
        description: up to 79 ASCII characters.
        largest_label: the largest code that such a label map holds; None for intensities.
    """
    file = io.BytesIO()
    _write(file, voxels, _header(voxels, affine_lps, description, largest_label))
    return file.getvalue()


def write_nifti(
    path: Path,
    voxels: Voxels,
    affine_lps: NDArray[np.float64],
    *,
    description: str = "",
    largest_label: int | None = None,
) -> None:
    """Write voxels as gzipped NIfTI-1, slice by slice; arguments as in `nifti_bytes`.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("wb") as file:
        _write(file, voxels, _header(voxels, affine_lps, description, largest_label))


def read_nifti_header(path: Path) -> nib.Nifti1Header:
    """Return the header of a .nii or .nii.gz file; its voxels are not read.

    Raises:
        UnreadableScan: the file is no NIfTI file, or damaged.
        GeometryRefused: it does not say how its axes lie in the patient.
    """
    with _open(path) as file:
        header = _header_of(file, path.name)
    _require_orientation(header, path.name)
    return header


def read_nifti_values(path: Path) -> NDArray[Any]:
    """Return the values of a .nii or .nii.gz file, slowest axis first; its scale is applied.

    The header is checked first, and no more is read than it announces. Where the voxels lie is
    said by `corcal.read.volume.nifti`, which knows the rules of qform and sform.

    Raises:
        UnreadableScan: the file is no NIfTI file, damaged, or shorter than its header says.
        NoUsableSeries: it holds colours or complex numbers.
        GeometryRefused: it does not say how its axes lie in the patient.
    """
    with _open(path) as file:
        header = _header_of(file, path.name)
        _require_orientation(header, path.name)
        kind, shape = _layout(header, path.name)
        stored = _read_voxels(file, header, kind, shape, path)
    slope, intercept = (float(header[name]) for name in ("scl_slope", "scl_inter"))
    # The standard: a slope of 0 means that no scale is given.
    if slope == 0 or (slope, intercept) == (1, 0) or not np.isfinite([slope, intercept]).all():
        return stored
    return stored * np.float64(slope) + np.float64(intercept)


@contextmanager
def _open(path: Path) -> Iterator[io.BufferedIOBase]:
    """Give the bytes of a file, unpacked if its name says that they are packed."""
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            yield file
    except (gzip.BadGzipFile, zlib.error):
        raise UnreadableScan(f"{path.name}: not a gzip file, so no .nii.gz either") from None
    except EOFError:
        raise UnreadableScan(
            f"{path.name}: damaged, truncated: its gzip stream ends early"
        ) from None


def lps_of_ras(points_ras_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points or directions (..., 3), given in RAS, in LPS."""
    turned: NDArray[np.float64] = points_ras_mm * (-1.0, -1.0, 1.0)
    return turned


def _write(file: io.BufferedIOBase, voxels: Voxels, header: nib.Nifti1Header) -> None:
    # No time and no name: the same voxels are the same bytes.
    with gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
        packed.write(header.binaryblock.ljust(_DATA_AT, b"\0"))
        for plane in voxels:
            packed.write(plane.astype(plane.dtype.newbyteorder("<")).tobytes())


def _header(
    voxels: Voxels,
    affine_lps: NDArray[np.float64],
    description: str,
    largest_label: int | None,
) -> nib.Nifti1Header:
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine_lps[:, [2, 1, 0, 3]]
    header = nib.Nifti1Header(endianness="<")
    header.set_data_dtype(voxels.dtype)
    header.set_data_shape(voxels.shape[::-1])
    header["pixdim"][4:] = 0
    header.set_xyzt_units("mm")
    header["vox_offset"], header["scl_slope"], header["scl_inter"] = _DATA_AT, 1.0, 0.0
    header["descrip"] = description.encode("ascii")
    if largest_label is not None:
        header.set_intent("label")
        header["cal_max"] = largest_label
    header.set_sform(affine, _SCANNER)
    _set_quaternion(header, affine)
    return header


def _set_quaternion(header: nib.Nifti1Header, affine: NDArray[np.float64]) -> None:
    """Say by a quaternion, too, where the voxels lie, if the file's float32 can say it.

    They cannot for axes that are not square to each other, and for some turns of nearly 180
    degrees. The sform alone then says it.
    """
    header.set_qform(affine, _SCANNER)
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    try:
        turned = header.get_qform()[:3, :3] / spacing
    except ValueError:
        turned = np.full((3, 3), np.inf)
    if not np.abs(turned - affine[:3, :3] / spacing).max() < _TURN_TOLERANCE:
        for name in ("qform_code", "quatern_b", "quatern_c", "quatern_d"):
            header[name] = 0
        for name in ("qoffset_x", "qoffset_y", "qoffset_z"):
            header[name] = 0


def _header_of(file: io.BufferedIOBase, name: str) -> nib.Nifti1Header:
    raw = file.read(nib.Nifti2Header.sizeof_hdr)
    for kind, magic, at in ((nib.Nifti1Header, b"n+1\0", 344), (nib.Nifti2Header, b"n+2\0", 4)):
        size = kind.sizeof_hdr
        if len(raw) >= size and raw[at : at + 4] == magic:
            order = "<" if int.from_bytes(raw[:4], "little") == size else ">"
            return kind(raw[:size], endianness=order, check=False)
    raise UnreadableScan(f"{name}: not a NIfTI file, whatever its name says")


def _require_orientation(header: nib.Nifti1Header, name: str) -> None:
    if not (header["qform_code"] or header["sform_code"]):
        raise GeometryRefused(
            f"{name}: does not say how its axes lie in the patient (qform and sform codes "
            "are 0), so left and right cannot be distinguished"
        )


def _layout(header: nib.Nifti1Header, name: str) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return the type of a file's values and their shape, slowest axis first."""
    try:
        kind = np.dtype(header.get_data_dtype())
    except (HeaderDataError, KeyError):
        kind = np.dtype(object)
    if kind.kind not in "iuf" or kind.itemsize > 8:
        raise NoUsableSeries(f"{name}: holds colours or complex numbers, not single values")
    dim = header["dim"].tolist()
    if not 1 <= dim[0] <= 7:
        raise UnreadableScan(f"{name}: damaged: its header names {dim[0]} dimensions")
    return kind, tuple(max(1, n) for n in dim[dim[0] : 0 : -1])


def _read_voxels(
    file: io.BufferedIOBase,
    header: nib.Nifti1Header,
    kind: np.dtype[Any],
    shape: tuple[int, ...],
    path: Path,
) -> NDArray[Any]:
    """Return the values that a header announces, as they are stored.

    Raises:
        UnreadableScan: there are fewer.
    """
    size = math.prod(shape) * kind.itemsize
    short = UnreadableScan(f"{path.name}: damaged, truncated: it ends before its last voxel")
    start = float(header["vox_offset"])
    packed = isinstance(file, gzip.GzipFile)
    longest = path.stat().st_size * (_DENSEST if packed else 1)
    if not 0 <= start <= longest - size:
        raise short
    file.seek(int(start))
    raw = file.read(size)
    if len(raw) < size:
        raise short
    # Only at its end does a packed file say whether it is whole; that end must be near.
    if packed and file.read(_CHUNK) and file.read(1):
        raise UnreadableScan(f"{path.name}: damaged: goes on after its last voxel")
    return np.frombuffer(raw, kind).reshape(shape)
