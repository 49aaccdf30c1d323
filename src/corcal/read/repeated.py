"""Slices that hold the image of the slice before: one measurement at two places.

Where a copy took the place of a slice, or was pushed in, what lies in it is counted twice and all
that lies above may be too far up. A grid that was made finer by its nearest slices repeats them
too, but many of them and evenly: that changes no volume.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission


def check_repeated(scan: Scan, settings: Admission) -> Check:
    """Return whether every slice with a body in it has an image of its own."""
    again = _copies(scan, settings)
    if not len(again):
        return _pass("Every slice has an image of its own.")
    if _is_finer_grid(again, len(scan.hu), settings):
        return _pass("The grid is finer than the image: slices are repeated evenly.")
    shown = ", ".join(f"{k + 1} as {k}" for k in again[:5].tolist())
    more = f" and {len(again) - 5} more" if len(again) > 5 else ""
    text = (
        f"{len(again)} of {len(scan.hu)} slices hold{'s' if len(again) == 1 else ''} exactly the "
        f"image of the slice before (slice {shown}{more}; the first at the feet): a slice was "
        "copied, and another may be missing. Calcium in it is counted twice."
    )
    return Check("repeated-slices", False, False, text)


def _pass(text: str) -> Check:
    return Check("repeated-slices", True, False, text)


def _copies(scan: Scan, settings: Admission) -> NDArray[np.intp]:
    """Return the slices that hold a body and the image of the one before."""
    hu, stride = scan.hu, settings.shifted_stride_pixels
    return np.array(
        [
            k
            for k in range(1, len(hu))
            # A few voxels first: they differ nearly always.
            if np.array_equal(hu[k, ::stride, ::stride], hu[k - 1, ::stride, ::stride])
            and np.array_equal(hu[k], hu[k - 1])
            and np.mean(hu[k] > settings.body_hu) > settings.joined_least_body_share
        ],
        dtype=np.intp,
    )


def _is_finer_grid(again: NDArray[np.intp], n: int, settings: Admission) -> bool:
    """Tell whether repeated slices are many and lie as evenly as the nearest ones of a grid do."""
    if len(again) <= settings.repeated_share * n:
        return False
    new = np.setdiff1d(np.arange(n), again)
    # The first may stand for less than its share, and so may the last.
    if len(new) < 3:
        return True
    step = (new[-1] - new[1]) / (len(new) - 2)
    even = new[1] + step * np.arange(len(new) - 1)
    return bool(np.abs(new[1:] - even).max() <= 1.0)
