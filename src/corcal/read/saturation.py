"""Values cut off at the top: a CT that was stored in a window, so that nothing is denser.

Pipelines clip CT at 200, 250, 400 or 1000 HU and leave it "in HU". All that was denser then holds
exactly the highest value, far more voxels than any value just below it. In a CT as acquired the
highest value is a single bright voxel of bone or metal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission

#: Agatston's weights that cannot occur where all values lie below a bound, HU (Agatston 1990).
_LOST = ((200, "weights 2 to 4"), (300, "weights 3 and 4"), (400, "weight 4"))


def check_saturation(scan: Scan, settings: Admission) -> Check:
    """Return whether the values of a scan were cut off at the top."""
    top = int(scan.hu.max())
    held = _voxels_at_top(scan.hu, top, settings) if top < settings.saturated_below_hu else 0
    if not held:
        return Check("saturated", True, True, f"Values reach {top} HU and are not cut off.")
    lost = next((weights for bound, weights in _LOST if top < bound), "")
    text = f"Values were cut off at {top} HU, which {held} voxels hold: "
    text += (
        f"{lost} of the Agatston score cannot occur; score, peak values and mass are too low."
        if lost
        else "denser calcium is stored as this, so that peak values and mass are too low."
    )
    refused = top < settings.saturated_refused_below_hu
    if refused:
        text += " Give the scan as it was acquired."
    return Check("saturated", False, refused, text)


def _voxels_at_top(hu: NDArray[np.int16], top: int, settings: Admission) -> int:
    """Return how many voxels hold the highest value; 0 if they are no more than to be expected."""
    window = settings.saturated_window_hu
    near = hu[hu >= top - 2 * window].astype(np.int32)
    counts = np.bincount(top - near)
    held = int(counts[0])
    if held < settings.saturated_voxels or len(counts) == 1:
        return 0
    # Of 8 bits the levels lie 16 HU apart: then each stands for so many values.
    step = int(np.diff(np.flatnonzero(counts)).min())
    usual = counts[1 : max(window, step) + 1].sum() / max(1, window // step)
    most = usual * settings.saturated_tail_hu / step
    return held if settings.saturated_ratio * usual <= held <= most else 0
