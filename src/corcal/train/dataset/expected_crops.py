"""The crops that scans will give, before any of them is prepared: their number and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from corcal.core.grid import Grid
from corcal.core.preparation import Preparation
from corcal.read import read_label_map
from corcal.settings import Settings
from corcal.train.dataset.manifest import read_manifest
from corcal.train.dataset.split import split_rows

#: A large heart, (slice, row, column): 145 x 174 x 212 voxels of the paper's spacing.
_HEART_MM = (116.0, 127.0, 155.0)


@dataclass(frozen=True)
class ExpectedCrops:
    """The size of a dataset.

    Attributes:
        trained: scans that are trained on.
        tested: scans that are kept for tests.
        trained_voxels: of all crops that are trained on, at most.
        tested_voxels: of all others, at most.
    """

    trained: int
    tested: int
    trained_voxels: int
    tested_voxels: int


def expected_crops(manifest: Path, settings: Settings) -> ExpectedCrops:
    """Return how many scans a manifest has and how large their crops will be.

    The size of a scan is that of its labels, which lie on its voxels; a heart is taken to be a
    large one. No scan is read.

    Args:
        manifest: see `corcal.train.dataset.manifest.read_manifest`.
        settings: spacing, padding and crop; the share that is kept for tests.

    Raises:
        TableRefused: the manifest is wrong.
        DatasetRefused: there are too few scans for the folds.
        InputRefused: labels cannot be read.
    """
    rows = read_manifest(manifest)
    split = split_rows(rows, settings.training)
    voxels = {
        row.case: _voxels(read_label_map(row.labels).grid, settings.preparation) for row in rows
    }
    return ExpectedCrops(
        trained=len(split.trained),
        tested=len(split.test),
        trained_voxels=sum(voxels[case] for case in split.trained),
        tested_voxels=sum(voxels[case] for case in split.test),
    )


def _voxels(grid: Grid, preparation: Preparation) -> int:
    """Return the voxels of a scan's crop at the working spacing, at most."""
    sides = []
    for axis, spacing_mm in enumerate(preparation.spacing_mm):
        side = grid.shape[axis] * grid.spacing_mm[axis] / spacing_mm
        if preparation.crop_to_heart:
            heart = _HEART_MM[axis] / spacing_mm + 2 * preparation.padding_voxels[axis]
            side = min(side, heart)
        sides.append(math.ceil(side))
    return math.prod(sides)
