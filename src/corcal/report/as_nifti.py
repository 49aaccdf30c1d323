"""Labels as a NIfTI file that lies voxel for voxel on the scan's own file; voxels on any grid.

The bytes are laid out here rather than by a library: ITK's writer reports no error on a full
disk and bends an oblique affine, in silence, to the nearest rotation.
Source of the layout: the NIfTI-1.1 standard (nifti1.h, Cox et al.), quaternions of method 2.
"""

from __future__ import annotations

import gzip
import io

import numpy as np
from numpy.typing import NDArray

from corcal.core.labels import ArteryLabels
from corcal.core.scan import Source

_HEADER = np.dtype(
    [
        ("sizeof_hdr", "<i4"),
        ("unused_1", "V35"),
        ("dim_info", "u1"),
        ("dim", "<i2", 8),
        ("intent_p", "<f4", 3),
        ("intent_code", "<i2"),
        ("datatype", "<i2"),
        ("bitpix", "<i2"),
        ("slice_start", "<i2"),
        ("pixdim", "<f4", 8),
        ("vox_offset", "<f4"),
        ("scl_slope", "<f4"),
        ("scl_inter", "<f4"),
        ("slice_end", "<i2"),
        ("slice_code", "u1"),
        ("xyzt_units", "u1"),
        ("cal_max", "<f4"),
        ("cal_min", "<f4"),
        ("slice_duration", "<f4"),
        ("toffset", "<f4"),
        ("unused_2", "V8"),
        ("descrip", "S80"),
        ("aux_file", "S24"),
        ("qform_code", "<i2"),
        ("sform_code", "<i2"),
        ("quatern", "<f4", 3),
        ("qoffset", "<f4", 3),
        ("srow", "<f4", (3, 4)),
        ("intent_name", "S16"),
        ("magic", "S4"),
    ]
)
_DATA_AT = 352
#: NIfTI's code of a voxel type and its bits.
_TYPES = {"uint8": (2, 8), "int16": (4, 16), "float32": (16, 32)}
_MILLIMETRES = 2
_SCANNER = 1
_LABEL_INTENT = 1002
#: Largest error of a unit vector: 0.005 mm at half a metre.
_TURN_TOLERANCE = 1e-5


def labels_nifti(labels: ArteryLabels, source: Source) -> bytes:
    """Return the labels as gzipped NIfTI-1, uint8 codes 0 to 6, in the file's own axis order.

    Args:
        labels: on the scan's grid.
        source: of the scan, for the axis order of its file.
    """
    codes, affine = as_stored(labels, source)
    return nifti_bytes(codes, affine, labels=True)


def nifti_bytes(
    voxels: NDArray[np.uint8] | NDArray[np.int16] | NDArray[np.float32],
    affine_lps: NDArray[np.float64],
    *,
    labels: bool = False,
) -> bytes:
    """Return voxels as gzipped NIfTI-1; the same voxels give the same bytes.

    Args:
        voxels: uint8, int16 or float32 (slice, row, column).
        affine_lps: float64 (4, 4), from such an index to LPS mm.
        labels: whether they are corcal's label codes.
    """
    # NIfTI counts (column, row, slice) and its world is RAS: x to the right ear is negative.
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine_lps[:, [2, 1, 0, 3]]
    header = _header(voxels, affine, labels)
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
        packed.write(header.tobytes().ljust(_DATA_AT, b"\0"))
        packed.write(np.ascontiguousarray(voxels, voxels.dtype.newbyteorder("<")).data)
    return file.getvalue()


def as_stored(
    labels: ArteryLabels, source: Source
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the label codes and their affine in the axis order of the scan's file.

    Returns:
        uint8 (slice, row, column) of the file, and float64 (4, 4) from such an index to LPS mm.
    """
    axes, flips = source.stored_axes, source.stored_flips
    codes = labels.codes.transpose(axes)
    turn = np.zeros((4, 4))
    turn[3, 3] = 1.0
    for stored, (axis, flip) in enumerate(zip(axes, flips, strict=True)):
        turn[axis, stored] = flip
        if flip < 0:
            turn[axis, 3] = codes.shape[stored] - 1
            codes = np.flip(codes, stored)
    return np.ascontiguousarray(codes), labels.grid.affine @ turn


def _header(
    voxels: NDArray[np.generic], affine: NDArray[np.float64], labels: bool
) -> NDArray[np.void]:
    shape = voxels.shape
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    quaternion, handed = _rotation(affine[:3, :3] / spacing)
    h = np.zeros((), dtype=_HEADER)
    h["sizeof_hdr"] = _HEADER.itemsize
    h["dim"] = (3, shape[2], shape[1], shape[0], 1, 1, 1, 1)
    h["pixdim"] = (handed, *spacing, 0, 0, 0, 0)
    h["datatype"], h["bitpix"] = _TYPES[voxels.dtype.name]
    h["vox_offset"], h["scl_slope"] = _DATA_AT, 1.0
    h["xyzt_units"] = _MILLIMETRES
    if labels:
        h["intent_code"], h["cal_max"] = _LABEL_INTENT, 6.0
        h["descrip"] = b"1 RCA 2 LM+LAD 3 LCX, 4 5 6 their calcium; corcal, research use only"
    h["sform_code"], h["srow"] = _SCANNER, affine[:3]
    if quaternion is not None:
        h["qform_code"], h["quatern"] = _SCANNER, quaternion
        h["qoffset"] = affine[:3, 3]
    h["magic"] = b"n+1"
    return h


def _rotation(unit: NDArray[np.float64]) -> tuple[NDArray[np.float32] | None, float]:
    """Return the quaternion (b, c, d) of a rotation and its handedness.

    None where the file's three float32 do not give the rotation back: axes that are not square
    to each other, and some turns of nearly 180 degrees. The sform alone then says it.
    The quaternion is the leading eigenvector of Bar-Itzhack's matrix (J Guid Control Dyn 2000,
    23, 1085), stable for every angle.
    """
    handed = float(np.sign(np.linalg.det(unit)))
    r = unit * np.array([1.0, 1.0, handed])
    k = np.empty((4, 4))
    k[:3, :3] = r + r.T - np.eye(3) * np.trace(r)
    k[3, :3] = k[:3, 3] = (r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1])
    k[3, 3] = np.trace(r)
    q = np.linalg.eigh(k)[1][:, -1]
    stored = (q[:3] if q[3] >= 0 else -q[:3]).astype(np.float32)
    back = _from_quaternion(stored.astype(np.float64))
    return (stored if np.abs(back - r).max() < _TURN_TOLERANCE else None), handed


def _from_quaternion(bcd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation that readers take from a file's (b, c, d)."""
    a = np.sqrt(max(0.0, 1.0 - float(bcd @ bcd)))
    b, c, d = bcd
    cross = np.array([[0.0, -d, c], [d, 0.0, -b], [-c, b, 0.0]])
    turn: NDArray[np.float64] = np.eye(3) + 2 * a * cross + 2 * cross @ cross
    return turn
