"""Calcium of all arteries together, where nobody says which artery is which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.quantify.score import quantify
from corcal.settings import Scoring


@dataclass(frozen=True)
class TotalCalcium:
    """The calcium of a scan, of no single artery.

    Attributes:
        agatston: Agatston score (equivalent on non-gated CT).
        volume_mm3: voxels at or above the threshold, in lesions large enough to count.
        mask_volume_ml: all voxels that were marked, whatever their HU.
        mass_mg: calcium mass, or None without a calibration factor.
        lesions: their number.
        peak_hu: highest value, None without calcium.
        method: how the Agatston score was taken.
    """

    agatston: float
    volume_mm3: float
    mask_volume_ml: float
    mass_mg: float | None
    lesions: int
    peak_hu: float | None
    method: str


def quantify_total(scan: Scan, mask: NDArray[np.bool_], settings: Scoring) -> TotalCalcium:
    """Return the calcium in a mask.

    Lesions are connected without regard to arteries: one that runs from the left main into two
    arteries is one lesion here and two where arteries are known.

    Args:
        scan: as acquired.
        mask: bool (slice, row, column), on its grid.
        settings: how calcium is counted.
    """
    # All of it under one code: what holds for one artery then holds for all together.
    codes = mask.astype(np.uint8) * np.uint8(Artery.RCA.calcium_code)
    score = quantify(scan, ArteryLabels(codes, scan.grid), settings)
    whole = score.of(Artery.RCA)
    return TotalCalcium(
        agatston=whole.agatston,
        volume_mm3=whole.volume_mm3,
        mask_volume_ml=whole.mask_volume_ml,
        mass_mg=whole.mass_mg,
        lesions=len(whole.lesions),
        peak_hu=whole.peak_hu,
        method=score.method,
    )
