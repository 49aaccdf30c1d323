"""The artery and calcium segmenter that ships with corcal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.grid import MM3_PER_ML, Grid
from corcal.core.lesion_model import FEATURES, LesionModel
from corcal.core.preparation import Preparation
from corcal.runtime import Engine, pad_to_multiple
from corcal.segment.frame import heart_frame

#: Space-to-depth by 2, then four halvings.
MULTIPLE = 32

MODELS = Path(__file__).parent / "models"


class EmbeddedSegmenter(Engine):
    """Finds the six regions in one pass over the whole heart crop."""

    #: It takes crops of any padding.
    preparation: Preparation | None = None
    #: It was trained on hearts that were drawn.
    trained_heart: str | None = None

    def __init__(self, folder: Path = MODELS) -> None:
        """Check the model files.

        Raises:
            ModelRefused: a file is absent or changed.
        """
        super().__init__(folder, "arteries")
        facts = self.manifest.get("judge")
        self.lesion_model = None if facts is None else _lesion_model(facts)

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return the probability of each region: float32 (6, slice, row, column).

        Args:
            hu: float32 (slice, row, column), the prepared crop.
            heart: the located heart on the same voxels, not empty.
            grid: where they lie, at the prepared spacing.
        """
        padded = pad_to_multiple(hu, MULTIPLE, -1000.0)
        centre = grid.to_lps(_centroid(heart)[None])[0]
        heart_ml = float(heart.sum()) * grid.voxel_mm3 / MM3_PER_ML
        frame = heart_frame(_halve(grid, padded.shape), centre, heart_ml)
        output = self.run({"hu": padded[None, None], "frame": frame[None]})[0]
        a, b, c = hu.shape
        regions: NDArray[np.float32] = output[:, :a, :b, :c]
        return regions


def _lesion_model(facts: dict[str, Any]) -> LesionModel:
    """Return the lesion model that a manifest describes; a measure it leaves out says nothing."""
    weights = tuple(float(facts["weights"].get(name, 0.0)) for name in FEATURES)
    rca, lad, lcx = (float(facts["missed"][a.value]) for a in Artery)
    return LesionModel(weights, float(facts["bias"]), (rca, lad, lcx))


def _centroid(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean index of the true voxels."""
    centre = np.empty(3)
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        centre[axis] = np.average(np.arange(mask.shape[axis]), weights=mask.sum(axis=others))
    return centre


def _halve(grid: Grid, shape: tuple[int, ...]) -> Grid:
    """Return the grid of 2 x 2 x 2 blocks of a padded crop."""
    affine = grid.affine.copy()
    affine[:3, :3] *= 2.0
    affine[:3, 3] = grid.to_lps(np.full((1, 3), 0.5))[0]
    return Grid((shape[0] // 2, shape[1] // 2, shape[2] // 2), affine)
