"""Settings of the choice of a series: the points by which the series of a study are ranked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Series:
    """The points by which the series of a study are ranked; the one with most is read.

    They choose between series that can all be read; `--series` goes before them. Series that
    `[admission]` would refuse for their slices rank low.

    Attributes:
        soft_kernel: for a kernel known to be soft.
        sharp_kernel: for one known to be sharp.
        thin_slices: for a distance between slices within `thin_mm`,
        medium_slices: for one outside it, up to `medium_mm`,
        coarse_slices: for one above that, up to `coarse_mm`,
        thick_slices: and for one above that.
        thin_mm: see `thin_slices`.
        medium_mm: see `medium_slices`.
        coarse_mm: see `coarse_slices`.
        cardiac: where the description speaks of heart or calcium.
        chest: where it speaks of the chest,
        other_part: or, if not, of another part of the body.
        original: for images that are called original.
        complete: for complete and even slices.
        contrast: where contrast agent was given.
        too_short: for fewer slices or less coverage than the admission asks for.
        shared_slices: a study or frame-of-reference UID tells series apart unless there are more
            than so many, each in fewer than so many slices: software made a new one for each.
    """

    soft_kernel: int = 3
    sharp_kernel: int = -5
    thin_slices: int = 3
    medium_slices: int = 2
    coarse_slices: int = 0
    thick_slices: int = -3
    thin_mm: tuple[float, float] = (0.5, 1.5)
    medium_mm: float = 3.5
    coarse_mm: float = 5.0
    cardiac: int = 1
    chest: int = 1
    other_part: int = -3
    original: int = 1
    complete: int = 2
    contrast: int = -10
    too_short: int = -10
    shared_slices: int = 3

    def __post_init__(self) -> None:
        require_range("series", self, at_least_1=("shared_slices",))
        rising = (*self.thin_mm, self.medium_mm, self.coarse_mm)
        rises = all(a <= b for a, b in pairwise(rising))
        require("series", rises, "thin_mm, medium_mm and coarse_mm must rise")
