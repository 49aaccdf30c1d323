"""Calcium mass, where the scanner was calibrated for it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def mass_factor(factors: tuple[float, ...]) -> float | None:
    """Return the calibration factor in mg HA / (HU mm3), or None where it is not certain.

    One value is the patient's own, DICOM (0018,9351), and wins. The scanner's three,
    (0018,9352), are for small, medium and large patients: which one holds depends on a chest
    width that nobody has measured here, so that they serve only if all are alike. A factor that
    is not positive is no calibration. Without a factor no mass is given: a typical value would
    pass for a measurement.
    """
    usable = {f for f in factors if math.isfinite(f) and f > 0}
    return usable.pop() if len(usable) == 1 and len(set(factors)) == 1 else None


def mass_mg(hu: NDArray[np.float64], voxel_mm3: float, factor: float | None) -> float | None:
    """Return the mass of hydroxyapatite: factor x mean HU x volume, summed over lesions.

    Args:
        hu: float64 (n,), the counted voxels of one artery.
        voxel_mm3: volume of a voxel.
        factor: mg HA / (HU mm3), or None without calibration.
    """
    return None if factor is None else factor * float(hu.sum()) * voxel_mm3
