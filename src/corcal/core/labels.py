"""Arteries and their calcium, voxel by voxel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import require_kind
from corcal.core.artery import Artery
from corcal.core.errors import LabelsRefused
from corcal.core.grid import Grid


@dataclass(frozen=True, eq=False, repr=False)
class ArteryLabels:
    """A label map of the three arteries.

    Attributes:
        codes: uint8 (slice, row, column). 0 background, 1 RCA, 2 left main + LAD, 3 LCX
            (vessel without calcium), 4 to 6 the calcium of each.
        grid: where the voxels lie.

    Raises:
        LabelsRefused: another code, or a shape that is not the grid's.
        TypeError: the grid is no `Grid`.
    """

    codes: NDArray[np.uint8]
    grid: Grid

    def __post_init__(self) -> None:
        require_kind("grid", self.grid, Grid, "that of the scan")
        codes = np.asarray(self.codes)
        if codes.shape != self.grid.shape:
            raise LabelsRefused(f"labels of shape {codes.shape} on a grid of {self.grid.shape}")
        if codes.dtype != np.uint8:
            raise LabelsRefused(f"labels must be uint8, not {codes.dtype}")
        if codes.size and int(codes.max()) > 6:
            raise LabelsRefused(f"label codes are 0 to 6; found {int(codes.max())}")
        codes = codes.view()
        codes.flags.writeable = False
        object.__setattr__(self, "codes", codes)

    def __repr__(self) -> str:
        return f"<ArteryLabels: {self.grid!r}>"

    def calcium(self, artery: Artery) -> NDArray[np.bool_]:
        """Return the voxels of an artery's calcium."""
        require_kind("artery", artery, Artery, "Artery.LAD")
        mask: NDArray[np.bool_] = self.codes == artery.calcium_code
        return mask

    def whole(self, artery: Artery) -> NDArray[np.bool_]:
        """Return the voxels of an artery with its calcium."""
        require_kind("artery", artery, Artery, "Artery.LAD")
        mask: NDArray[np.bool_] = (self.codes == artery.vessel_code) | self.calcium(artery)
        return mask
