"""Settings of scoring: how calcium is counted."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Scoring:
    """The counting of calcium on the voxels as acquired (Agatston 1990 and its conventions).

    Attributes:
        threshold_hu: candidate voxels are at or above this.
        weight_bounds_hu: lower bounds of weights 2, 3 and 4.
        min_area_mm2: smallest lesion area in a slice that counts.
        connectivity_2d: 8 or 4, for lesions in a slice.
        connectivity_3d: 26, 18 or 6, for counting lesions.
        slab_mm: slices both thinner and closer together than `slab_below_mm` are averaged to
            slabs this thick before the Agatston score is taken.
        slab_below_mm: see above; 0 scores every scan on its own slices.
        reference_mm: slice distance of the scanner on which the Agatston score was defined.
        cac_drs_bounds: Agatston scores from which CAC-DRS categories 2 and 3 begin; category 1
            is everything above exactly 0.
    """

    threshold_hu: float = 130.0
    weight_bounds_hu: tuple[float, float, float] = (200.0, 300.0, 400.0)
    min_area_mm2: float = 1.0
    connectivity_2d: int = 8
    connectivity_3d: int = 26
    slab_mm: float = 3.0
    slab_below_mm: float = 2.5
    reference_mm: float = 3.0
    cac_drs_bounds: tuple[float, float] = (100.0, 300.0)

    def __post_init__(self) -> None:
        require_range(
            "scoring",
            self,
            positive=("slab_mm", "reference_mm", "cac_drs_bounds"),
            not_negative=("min_area_mm2", "slab_below_mm"),
        )
        bounds = [self.threshold_hu, *self.weight_bounds_hu]
        rules = (
            (bounds == sorted(bounds), "weight_bounds_hu must rise from threshold_hu"),
            (self.cac_drs_bounds[0] < self.cac_drs_bounds[1], "cac_drs_bounds must rise"),
            (self.connectivity_2d in (4, 8), "connectivity_2d is 4 or 8"),
            (self.connectivity_3d in (6, 18, 26), "connectivity_3d is 6, 18 or 26"),
        )
        for holds, message in rules:
            require("scoring", holds, message)
