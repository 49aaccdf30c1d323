"""Values that are Hounsfield units but for a constant: an intercept left out, or applied twice.

Stored values of CT are HU plus 1024 in most files. Who forgets the intercept, or applies it to
what is HU already, has a chest of bone or one of air; a heart is found in neither.
"""

from __future__ import annotations

import numpy as np

from corcal.core.scan import Scan
from corcal.read.check import Check
from corcal.settings import Admission


def check_shift(scan: Scan, settings: Admission) -> Check:
    """Return whether the values of a scan lie where those of a body lie."""
    stride = settings.shifted_stride_pixels
    hu = scan.hu[:, ::stride, ::stride]
    body = float(np.mean(hu > settings.body_hu))
    dense = float(np.mean(hu >= settings.shifted_up_hu))
    advice = "Convert the scan again with its rescale intercept, once."
    if dense > settings.shifted_up_share:
        text = (
            f"{100 * dense:.0f} % of the voxels are as dense as bone ({settings.shifted_up_hu} HU "
            "and more): the values are no Hounsfield units but lie above them, by 1024 where an "
            f"intercept was left out. {advice}"
        )
        return Check("shifted", False, True, text)
    if body < settings.shifted_down_share:
        text = (
            f"Only {100 * body:.1f} % of the voxels are denser than lung: the values are no "
            "Hounsfield units but lie below them, by 1024 where an intercept was applied twice; "
            f"or the scan holds no body. {advice}"
        )
        return Check("shifted", False, True, text)
    return Check("shifted", True, True, "Values lie where those of a body lie.")
