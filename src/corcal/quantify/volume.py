"""Calcium volumes: what is at or above the threshold, and the plain volume of the label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import MM3_PER_ML
from corcal.quantify.lesions import CountedVoxels


def lesion_volumes_mm3(voxels: CountedVoxels, voxel_mm3: float) -> NDArray[np.float64]:
    """Return the volume of each counted lesion, float64 (lesions,).

    Voxels at or above the threshold are counted whole and not interpolated, so that the
    volumes add up to what a viewer counts in the label. Callister's volume score (Radiology
    1998, 208, 807) interpolates to cubes first and differs a little.
    """
    return np.bincount(voxels.lesion).astype(np.float64) * voxel_mm3


def mask_volume_ml(voxels: int, voxel_mm3: float) -> float:
    """Return the volume of so many label voxels whatever their HU: the paper's volume."""
    return voxels * voxel_mm3 / MM3_PER_ML
