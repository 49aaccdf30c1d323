"""The plan of an insertion, and the lesions that came of it."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.artery import Artery
from corcal.core.errors import SettingsRefused

#: From where calcium counts as visible.
VISIBLE_HU = 130.0


@dataclass(frozen=True)
class InsertionPlan:
    """The lesions to insert, as ranges to draw from.

    Attributes:
        per_artery: lesions on every artery that was traced.
        volume_mm3: smallest and largest volume; drawn evenly on a logarithmic scale.
        hu: lowest and highest attenuation of the calcium, drawn alike.
        motion: probability that a lesion moves while it is scanned.
        motion_mm: smallest and largest displacement of the LAD over a whole beat; the LCX moves
            half as far again, and the RCA twice as far (order as in Mao 2000).
        gap_mm: least distance between lesions, so that each can be counted.
        sigma_mm: in-plane blur of the scan's kernel; 0.6 is a standard body kernel.
        thickness_mm: of the scan's slices; None for what the scan says, or their distance.
        least_confidence: of a traced point, 1 to 3, to be used.

    Raises:
        SettingsRefused: a value out of range.
    """

    per_artery: int = 3
    volume_mm3: tuple[float, float] = (2.0, 100.0)
    hu: tuple[float, float] = (250.0, 1200.0)
    motion: float = 0.35
    motion_mm: tuple[float, float] = (2.0, 8.0)
    gap_mm: float = 5.0
    sigma_mm: float = 0.6
    thickness_mm: float | None = None
    least_confidence: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.per_artery <= 80:
            raise SettingsRefused(f"1 to 80 lesions go on an artery, not {self.per_artery}")
        for name, (low, high) in (("volume_mm3", self.volume_mm3), ("hu", self.hu)):
            if not 0 < low <= high:
                raise SettingsRefused(
                    f"{name} of inserted lesions must run from a positive value to one no smaller, "
                    f"not from {low:g} to {high:g}"
                )
        if self.hu[0] < VISIBLE_HU:
            raise SettingsRefused(f"calcium has {VISIBLE_HU:g} HU or more, not {self.hu[0]:g}")


@dataclass(frozen=True)
class InsertedLesion:
    """A lesion put into a scan.

    Attributes:
        number: its value in the mask, from 1.
        artery: the artery it was put on.
        volume_mm3: of the solid, at the moment of the scan.
        hu: attenuation of its calcium.
        mass_mg: mass of hydroxyapatite.
        visible_mm3: voxels in which the lesion alone, in its artery and without noise, reaches
            the threshold.
        visible_peak_hu: highest value there; 0 where nothing is visible.
        centre_mm: LPS.
        agatston: score of its visible voxels, alone and without noise.
    """

    number: int
    artery: Artery
    volume_mm3: float
    hu: float
    mass_mg: float
    visible_mm3: float
    visible_peak_hu: float
    centre_mm: tuple[float, float, float]
    agatston: float = 0.0
