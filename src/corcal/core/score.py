"""Calcium in numbers: one lesion, one artery, one scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from corcal.core.arguments import require_kind
from corcal.core.artery import Artery


@dataclass(frozen=True)
class Lesion:
    """One three-dimensional calcified lesion.

    Attributes:
        artery: where it lies.
        volume_mm3: voxels at or above the threshold.
        agatston: its share of the artery's Agatston score.
        peak_hu: highest value.
        mean_hu: mean over the counted voxels.
        centre_lps_mm: centre of gravity of the counted voxels.
    """

    artery: Artery
    volume_mm3: float
    agatston: float
    peak_hu: float
    mean_hu: float
    centre_lps_mm: tuple[float, float, float]


@dataclass(frozen=True)
class ArteryScore:
    """The calcium of one artery.

    Attributes:
        artery: which.
        present: True if at least one lesion was counted.
        mask_volume_ml: all voxels of the calcium label, whatever their HU: the paper's volume.
        volume_mm3: label voxels at or above the threshold, in lesions large enough to count.
        agatston: Agatston score (equivalent on non-gated CT).
        mass_mg: calcium mass, or None without a calibration factor.
        density: mean density factor, area-weighted, 1 to 4; None without calcium.
        peak_hu: highest value, None without calcium.
        mean_hu: mean of the counted voxels, None without calcium.
        vessel_ml: volume of the whole artery mask (vessel and calcium).
        lesions: the lesions, largest first.
    """

    artery: Artery
    present: bool
    mask_volume_ml: float
    volume_mm3: float
    agatston: float
    mass_mg: float | None
    density: float | None
    peak_hu: float | None
    mean_hu: float | None
    vessel_ml: float
    lesions: tuple[Lesion, ...]


@dataclass(frozen=True)
class CalciumScore:
    """The calcium of a scan.

    Attributes:
        arteries: one score per artery, in the order of `Artery`.
        method: how the Agatston score was taken, for the report, such as "native slices,
            increment/3" or "averaged to 3.0 mm slabs".

    Raises:
        ValueError: an artery is missing or out of order.
    """

    arteries: tuple[ArteryScore, ...]
    method: str

    def __post_init__(self) -> None:
        if tuple(a.artery for a in self.arteries) != tuple(Artery):
            raise ValueError("a score needs every artery once, in order")

    def of(self, artery: Artery) -> ArteryScore:
        """Return the score of one artery.

        Raises:
            TypeError: it is no `Artery`.
        """
        require_kind("artery", artery, Artery, "Artery.LAD")
        return self.arteries[list(Artery).index(artery)]

    @property
    def agatston(self) -> float:
        """Total Agatston score."""
        return sum(a.agatston for a in self.arteries)

    @property
    def volume_mm3(self) -> float:
        """Total volume at or above the threshold."""
        return sum(a.volume_mm3 for a in self.arteries)

    @property
    def mask_volume_ml(self) -> float:
        """Total volume of the calcium labels."""
        return sum(a.mask_volume_ml for a in self.arteries)

    @property
    def mass_mg(self) -> float | None:
        """Total mass, or None without a calibration factor."""
        masses = [a.mass_mg for a in self.arteries if a.mass_mg is not None]
        return sum(masses) if len(masses) == len(self.arteries) else None

    @property
    def lesions(self) -> tuple[Lesion, ...]:
        """All lesions, largest first."""
        every = (x for a in self.arteries for x in a.lesions)
        return tuple(sorted(every, key=lambda x: -x.volume_mm3))

    @property
    def vessels(self) -> int:
        """Number of arteries with calcium, 0 to 3 (left main counted with the LAD)."""
        return sum(a.present for a in self.arteries)


class Place(Enum):
    """The place of a piece, as far as it can be said without a model of valves and aorta."""

    ARTERY = "beside an artery"
    AORTIC_VALVE = "at the level of the aortic valve"
    AORTIC_ROOT = "at the aortic root (wall or origin of an artery)"
    MITRAL = "where the mitral annulus lies"
    INSIDE = "inside the heart"
    EDGE = "at the edge of the heart (pericardium, aorta)"
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
