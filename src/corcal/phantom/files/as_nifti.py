"""A phantom's voxels as NIfTI-1 files.

The bytes are laid out here: the file is written slice by slice, and a full disk is noticed.
Source of the layout: the NIfTI-1.1 standard (nifti1.h, Cox et al.).
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid

_DATA_AT = 352
#: NIfTI's codes of the voxel types, and what the numbers are (1002: labels).
_TYPES = {"int16": (4, 16, 0), "uint8": (2, 8, 1002)}


def write_nifti(path: Path, voxels: NDArray[np.int16] | NDArray[np.uint8], grid: Grid) -> None:
    """Write voxels (slice, row, column) as gzipped NIfTI-1.

    The same voxels give the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("wb") as file, gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
        packed.write(_header(voxels.dtype.name, grid))
        for plane in voxels:
            packed.write(plane.astype(plane.dtype.newbyteorder("<")).tobytes())


def _header(dtype: str, grid: Grid) -> bytes:
    code, bits, intent = _TYPES[dtype]
    slices, rows, columns = grid.shape
    dz, dy, dx = grid.spacing_mm
    # NIfTI counts (column, row, slice), and its world is RAS.
    affine = (np.diag([-1.0, -1.0, 1.0, 1.0]) @ grid.affine[:, [2, 1, 0, 3]])[:3]
    out = bytearray(_DATA_AT)
    struct.pack_into("<i", out, 0, 348)
    struct.pack_into("<8h", out, 40, 3, columns, rows, slices, 1, 1, 1, 1)
    struct.pack_into("<3h", out, 68, intent, code, bits)
    struct.pack_into("<8f", out, 76, 1.0, dx, dy, dz, 0.0, 0.0, 0.0, 0.0)
    struct.pack_into("<2f", out, 108, _DATA_AT, 1.0)
    out[123] = 2  # millimetres
    struct.pack_into("80s", out, 148, b"synthetic, or with synthetic calcium: corcal phantom")
    # The quaternion of an axial grid: half a turn about the long axis of the body. Tilted
    # grids do without one.
    axial = int(np.allclose(grid.directions, np.eye(3)[::-1], atol=1e-6))
    struct.pack_into("<2h6f", out, 252, axial, 1, 0.0, 0.0, float(axial), *affine[:, 3])
    struct.pack_into("<12f", out, 280, *affine.ravel())
    struct.pack_into("4s", out, 344, b"n+1")
    return bytes(out)
