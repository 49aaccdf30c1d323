"""The place of a voxel in the heart: the frame that tells the segmenter left from right.

Coordinates are LPS offsets from the heart's centroid in units of the side of a cube of the
heart's volume, so that hearts of all sizes look alike. A patch of a few centimetres then
knows whether it looks at the right or the left atrioventricular groove.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import MM3_PER_ML, Grid


def heart_frame(grid: Grid, centre_mm: NDArray[np.float64], heart_ml: float) -> NDArray[np.float32]:
    """Return each voxel's place in the heart's frame: float32 (3, slice, row, column).

    Args:
        grid: whose voxels are placed.
        centre_mm: LPS centroid of the heart, shape (3,).
        heart_ml: the heart's volume.
    """
    side_mm = (MM3_PER_ML * heart_ml) ** (1.0 / 3.0)
    axes = [np.arange(n, dtype=np.float64) for n in grid.shape]
    frame = np.zeros((3, *grid.shape), np.float32)
    for world in range(3):
        offset = grid.affine[world, 3] - centre_mm[world]
        terms = [grid.affine[world, axis] * axes[axis] for axis in range(3)]
        frame[world] = (
            terms[0][:, None, None] + terms[1][None, :, None] + terms[2][None, None, :] + offset
        ) / side_mm
    return frame
