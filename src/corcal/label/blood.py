"""The brightness of blood: calcium must stand out from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.settings import Segmentation


def blood_hu(hu: NDArray[np.float32], heart: NDArray[np.bool_], settings: Segmentation) -> float:
    """Return the HU of the brightest blood in the heart: 35 to 60 without a contrast agent.

    It is a percentile over the heart of the locally averaged scan; averaged, so that noise does
    not count as blood.

    Args:
        hu: float32 (slice, row, column), the prepared crop.
        heart: bool, the heart on the same voxels, not empty.
        settings: `blood_percentile`, `blood_average_voxels` and `blood_every_voxels`.
    """
    thin = (slice(None, None, settings.blood_every_voxels),) * 3
    inside = heart[thin]
    if not inside.any():
        thin, inside = (slice(None),) * 3, heart
    averaged = ndimage.uniform_filter(hu, settings.blood_average_voxels)
    return float(np.percentile(averaged[thin][inside], settings.blood_percentile))
