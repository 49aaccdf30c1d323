"""The heart locator that ships with corcal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.runtime import Engine, pad_to_multiple
from corcal.space import block_mean

#: Voxel side at which the locator works.
SPACING_MM = 4.0
#: Space-to-depth by 2, then three halvings.
MULTIPLE = 16

MODELS = Path(__file__).parent / "models"


class EmbeddedLocator(Engine):
    """Finds the heart at 4 mm with a small U-Net."""

    def __init__(self, folder: Path = MODELS) -> None:
        """Check the model files.

        Raises:
            ModelRefused: a file is absent or changed.
        """
        super().__init__(folder, "heart")

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the heart as a mask at 4 mm and its grid; empty where there is none.

        Args:
            hu: int16 (slice, row, column).
            grid: where `hu` lies.
        """
        coarse = grid.with_spacing((SPACING_MM,) * 3)
        return self.probability(block_mean(hu, grid, coarse)) >= 0.5, coarse

    def probability(self, chest: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of heart, float32 in the chest's shape.

        Args:
            chest: float32 HU (slice, row, column) at 4 mm.
        """
        a, b, c = chest.shape
        padded = pad_to_multiple(chest, MULTIPLE, -1024.0)
        return self.run({"hu": padded[None, None]})[0, 0, :a, :b, :c]
