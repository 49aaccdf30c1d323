"""The Agatston score once more, the slow and obvious way, to referee the fast one."""

from typing import Any

import numpy as np
from scipy import ndimage


def agatston(hu: Any, mask: Any, pixel_mm2: float, increment_mm: float) -> float:
    """Return the score of a mask, slice by slice and lesion by lesion."""
    total = 0.0
    for plane, inside in zip(hu, mask, strict=True):
        lesions, count = ndimage.label(inside & (plane >= 130), np.ones((3, 3)))
        for lesion in range(1, count + 1):
            values = plane[lesions == lesion]
            area_mm2 = values.size * pixel_mm2
            if area_mm2 > 1 - 1e-9:
                weight = 1 + sum(values.max() >= bound for bound in (200, 300, 400))
                total += area_mm2 * weight * increment_mm / 3
    return total
