"""A whole chest at low resolution, with its heart: a case of the heart locator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Chest:
    """A whole scan at the locator's spacing.

    Attributes:
        name: unique.
        kind: "real" or "phantom".
        hu: float32 (slice, row, column).
        heart: bool, same shape.
    """

    name: str
    kind: str
    hu: NDArray[np.float32]
    heart: NDArray[np.bool_]
