"""The truth of a scan, as far as the study needs it, whoever knows it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery


@dataclass(frozen=True)
class Calcium:
    """One coronary lesion that is known to be there.

    Attributes:
        number: its value in `Truth.numbers`, from 1.
        artery: where it lies.
        vessel: the vessel, or what else is known of the place.
        centre_mm: LPS.
        visible_mm3: voxels in which it can be seen.
        peak_hu: highest visible value.
        volume_mm3: of the solid; None where only the picture is known.
        hu: attenuation of the solid; None as well.
        agatston: its true score; None where there is none but the picture's.
    """

    number: int
    artery: Artery
    vessel: str
    centre_mm: tuple[float, float, float]
    visible_mm3: float
    peak_hu: float
    volume_mm3: float | None = None
    hu: float | None = None
    agatston: float | None = None


@dataclass(frozen=True, eq=False)
class Traced:
    """The course of one artery as it is known.

    Attributes:
        points_mm: (n, 3), LPS.
        clear: bool (n,), where it is seen well enough to be looked for.
        whole: True if the artery was traced in full, so that a voxel elsewhere is wrong.
    """

    points_mm: NDArray[np.float64]
    clear: NDArray[np.bool_]
    whole: bool


@dataclass(frozen=True, eq=False)
class Truth:
    """The truth of a scan.

    Attributes:
        numbers: (slice, row, column), number of the lesion that is visible in a voxel, or 0.
        lesions: all of them, invisible ones included.
        excused: bool on the same voxels: what counts neither for nor against; None for nothing.
        places: codes on the same voxels of what is not coronary calcium; None where not known.
        names: what the codes in `places` mean.
        heart_mm: LPS centre of the heart.
        courses: of each artery that is known, by name.
    """

    numbers: NDArray[np.integer]
    lesions: tuple[Calcium, ...]
    excused: NDArray[np.bool_] | None = None
    places: NDArray[np.uint8] | None = None
    names: dict[int, str] = field(default_factory=dict)
    heart_mm: NDArray[np.float64] | None = None
    courses: dict[str, Traced] = field(default_factory=dict)
