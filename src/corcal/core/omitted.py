"""What is as bright as calcium, lies in or near the heart, and was not counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a piece lies, as far as it can be said without a model of the valves."""

    ARTERY = "beside an artery"
    INSIDE = "inside the heart (valve or annulus)"
    EDGE = "at the edge of the heart (aortic root, pericardium)"
    METAL = "metal (prosthesis, lead or clip)"


@dataclass(frozen=True)
class OmittedPiece:
    """A bright piece that was not counted.

    Attributes:
        place: where it lies.
        volume_mm3: voxels as bright as calcium.
        peak_hu: highest value.
        centre_lps_mm: centre of gravity.
        slices: first and last slice that it touches, from 0.
    """

    place: Place
    volume_mm3: float
    peak_hu: float
    centre_lps_mm: tuple[float, float, float]
    slices: tuple[int, int]
