"""Values cut off at the top: a CT that was stored in a window, so that nothing is denser.

Pipelines clip CT at 200, 250, 400 or 1000 HU and leave it "in HU". All that was denser then holds
exactly the highest value, far more voxels than any value just below it. In a CT as acquired the
highest value is a single bright voxel of bone or metal. What was interpolated or made noisy after
it was cut has no such value, but its bone ends in a pile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission

#: Agatston's weights that cannot occur where all values lie below a bound, HU (Agatston 1990).
_LOST = ((200, "weights 2 to 4"), (300, "weights 3 and 4"), (400, "weight 4"))


def check_saturation(scan: Scan, settings: Admission) -> Check:
    """Return whether the values of a scan were cut off at the top."""
    top = int(scan.hu.max())
    held = _voxels_at_top(scan.hu, top, settings) if top < settings.saturated_below_hu else 0
    how = f"at {top} HU, which {held} voxels hold"
    if not held:
        pile = _pile(scan.hu, settings)
        if pile is None:
            return Check("saturated", True, True, f"Values reach {top} HU and are not cut off.")
        top, held = pile
        how = (
            f"near {top} HU, and then resampled or changed: {held} voxels pile up there and hardly "
            "any is denser"
        )
    lost = next((weights for bound, weights in _LOST if top < bound), "")
    text = f"Values were cut off {how}: "
    text += (
        f"{lost} of the Agatston score cannot occur; score, peak values and mass are too low."
        if lost
        else "denser calcium is stored as this, so that peak values and mass are too low."
    )
    refused = top < settings.saturated_refused_below_hu
    if refused:
        text += " Give the scan as it was acquired."
    return Check("saturated", False, refused, text)


def _pile(hu: NDArray[np.int16], settings: Admission) -> tuple[int, int] | None:
    """Return where values pile up below an end that is not sharp, and how many; None if nowhere.

    The number of voxels falls smoothly from soft bone to the densest. Where values were cut off
    and then interpolated or made noisy, it rises once more and ends.
    """
    first, below = settings.saturated_pile_from_hu, settings.saturated_pile_below_hu
    close, far = settings.saturated_pile_close_hu, settings.saturated_pile_far_hu
    width = settings.saturated_pile_width_hu
    dense = hu[hu >= first].astype(np.int32)
    counts = np.bincount(dense, minlength=below + width + 1)
    smooth = ndimage.gaussian_filter1d(counts.astype(float), settings.saturated_pile_smooth_hu)
    from_here = np.cumsum(counts[::-1])[::-1]
    best, found = settings.saturated_pile_ratio, None
    places = np.arange(first + 2 * close, below)
    beyond = from_here[places + width]
    held = from_here[np.maximum(0, places - width)] - beyond
    piled = (held >= settings.saturated_pile_voxels) & (
        beyond <= settings.saturated_pile_tail * held
    )
    # Few places are left, most often none.
    for place, many in zip(places[piled].tolist(), held[piled].tolist(), strict=True):
        before = smooth[max(first, place - far) : place - close].min()
        if smooth[place] >= best * max(before, 1e-3):
            best, found = float(smooth[place] / max(before, 1e-3)), (place, many)
    return found


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
