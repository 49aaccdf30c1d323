"""A phantom's voxels as NIfTI-1 files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal import storage
from corcal.core.grid import Grid

_TEXT = "synthetic, or with synthetic calcium: corcal phantom"


def write_nifti(path: Path, voxels: NDArray[np.int16] | NDArray[np.uint8], grid: Grid) -> None:
    """Write voxels (slice, row, column) as gzipped NIfTI-1: int16 HU, or uint8 codes.

    Raises:
        OSError: the file cannot be written.
    """
    largest = int(voxels.max()) if voxels.dtype == np.uint8 else None
    storage.write_nifti(path, voxels, grid.affine, description=_TEXT, largest_label=largest)
