"""The fingerprint of a dataset for nnU-Net's plan: shapes, and the HU of what is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Index
from corcal.core.errors import DatasetRefused


@dataclass(frozen=True)
class Fingerprint:
    """Facts of the scans that are trained on.

    Attributes:
        shapes: of the crops, (slice, row, column).
        intensities: of the drawn voxels, HU, under the names that nnU-Net's plans use.
    """

    shapes: tuple[Index, ...]
    intensities: dict[str, float]

    def as_nnunet(self, spacing_mm: tuple[float, float, float]) -> dict[str, object]:
        """Return the content of nnU-Net's dataset_fingerprint.json."""
        return {
            "spacings": [list(spacing_mm) for _ in self.shapes],
            "shapes_after_crop": [list(shape) for shape in self.shapes],
            "foreground_intensity_properties_per_channel": {"0": self.intensities},
            "median_relative_size_after_cropping": 1.0,
        }


def fingerprint_of(
    scans: Iterable[tuple[NDArray[np.float32], NDArray[np.uint8]]],
) -> Fingerprint:
    """Return the fingerprint of a dataset.

    nnU-Net draws equally many voxels at random from each scan; here every scan has the same
    weight and all its voxels count, which is what nnU-Net's draw tends to.

    Args:
        scans: HU and label codes of each prepared scan, of one shape.

    Raises:
        DatasetRefused: nothing is drawn in any scan.
    """
    shapes: list[Index] = []
    values: list[NDArray[np.float32]] = []
    for hu, codes in scans:
        shapes.append((hu.shape[0], hu.shape[1], hu.shape[2]))
        drawn = hu[codes > 0]
        if drawn.size:
            values.append(drawn)
    if not values:
        raise DatasetRefused("no artery is drawn in any scan that is trained on")
    weights = np.concatenate([np.full(v.size, 1.0 / v.size) for v in values])
    return Fingerprint(tuple(shapes), _statistics(np.concatenate(values), weights))


def _statistics(hu: NDArray[np.float32], weights: NDArray[np.float64]) -> dict[str, float]:
    order = np.argsort(hu, kind="stable")
    hu, weights = hu[order].astype(np.float64), weights[order] / weights.sum()
    mean = float(weights @ hu)
    # The share of voxels below the middle of each one.
    below = np.cumsum(weights) - weights / 2
    low, median, high = np.interp((0.005, 0.5, 0.995), below, hu)
    return {
        "max": float(hu[-1]),
        "mean": mean,
        "median": float(median),
        "min": float(hu[0]),
        "percentile_00_5": float(low),
        "percentile_99_5": float(high),
        "std": float(np.sqrt(weights @ (hu - mean) ** 2)),
    }
