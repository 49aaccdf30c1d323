"""The one check of a drawing: by the scan's values, and by where arteries lie in a chest.

`corcal annotate` asks it of every drawing, and `corcal train dataset` of every label map that is
to be learnt from, with the same limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.checks.evidence import AROUND, VESSEL_HU, agreement, mask_coverage
from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan

#: Below this a voxel is lung.
_LUNG_HU = -500
#: Voxels of arteries below which they tell nothing of how they stand out.
_FEWEST = 300


@dataclass(frozen=True)
class Limits:
    """The values below which an answer of the scan is doubtful, or refused.

    Attributes:
        doubtful: below this it is noted.
        impossible: below this it is refused.
    """

    doubtful: float
    impossible: float


#: Set on annotated scans: of calcium 0.9 and more of the voxels reach 130 HU, of arteries none
#: are lung, and the right coronary lies 20 mm and more to the right of the others. The same labels
#: upside down, mirrored, on another scan or one slice beside their own fail one of them or several.
CALCIUM_BRIGHT = Limits(0.8, 0.5)
OUTSIDE_LUNG = Limits(0.99, 0.95)
ARTERIES_AGREE = Limits(0.12, 0.06)
ARTERIES_APART_MM = Limits(5.0, 0.0)


@dataclass(frozen=True)
class _Check:
    """One question to the scan.

    Attributes:
        code: short and stable.
        value: the answer.
        limits: what it is measured by.
        text: for people.
    """

    code: str
    value: float
    limits: Limits
    text: str


def require_plausible(
    labels: ArteryLabels, scan: Scan, *, threshold_hu: float, name: str, refuse: bool = True
) -> tuple[dict[str, float], tuple[Notice, ...]]:
    """Return the answers of the scan by name, and what is doubtful about them.

    Args:
        labels: on the scan's grid.
        scan: the scan.
        threshold_hu: from where a voxel can be calcium.
        name: of the drawing, for messages.
        refuse: what is impossible is an error; otherwise it is only noted.

    Raises:
        AnnotationRefused: the labels cannot be of this scan, or their classes are mixed up.
    """
    if not labels.codes.any():
        return {}, ()
    box = Box.around(labels.codes > 0).pad((0, AROUND, AROUND))
    box = box.intersect(Box.whole(scan.grid.shape))
    codes, hu = labels.codes[box.slices], scan.hu[box.slices]
    checks = [*_values(codes, hu, threshold_hu), *_places(labels, box)]
    failed = [c.text for c in checks if c.value < c.limits.impossible]
    if failed and refuse:
        raise AnnotationRefused(
            f"{name}: cannot be of this scan, or its classes are mixed up: {'; '.join(failed)}. "
            "Look at the scan it belongs to and at the map; --unchecked (checked=False from "
            "Python) takes it all the same"
        )
    notices = tuple(
        Notice(c.code, f"Doubtful: {c.text}.") for c in checks if c.value < c.limits.doubtful
    )
    return {c.code: round(c.value, 3) for c in checks}, notices


def _values(codes: NDArray[np.uint8], hu: NDArray[np.int16], threshold_hu: float) -> list[_Check]:
    checks = []
    calcium = hu[codes > len(Artery)]
    if calcium.size:
        share = float(np.mean(calcium >= threshold_hu))
        text = f"{100 * share:.0f} % of the calcium's voxels reach {threshold_hu:.0f} HU"
        checks.append(_Check("calcium-bright", share, CALCIUM_BRIGHT, text))
    arteries = codes > 0
    clear = 1.0 - float(np.mean(hu[arteries] < _LUNG_HU))
    text = f"{100 * (1 - clear):.0f} % of the arteries' voxels are lung"
    checks.append(_Check("arteries-outside-lung", clear, OUTSIDE_LUNG, text))
    if np.count_nonzero(arteries) >= _FEWEST:
        # Its calcium would outshine an artery that lies in the wrong place.
        soft = np.minimum(hu, np.int16(VESSEL_HU[1]))
        agreed = agreement(mask_coverage(soft, arteries), VESSEL_HU, threshold_hu).correlation
        text = f"the arteries hardly stand out from what surrounds them (agreement {agreed:.2f})"
        checks.append(_Check("arteries-agree", agreed, ARTERIES_AGREE, text))
    return checks


def _places(labels: ArteryLabels, box: Box) -> list[_Check]:
    """Check that the RCA lies to the right of the others, the LCX behind the LAD."""
    grid = labels.grid.cut(box)
    codes = labels.codes[box.slices]
    centre = {}
    for artery in Artery:
        index = np.argwhere((codes == artery.vessel_code) | (codes == artery.calcium_code))
        if len(index):
            centre[artery] = grid.to_lps(index.astype(np.float64)).mean(axis=0)
    pairs = [
        (Artery.RCA, Artery.LAD, 0, ("to the right of", "to the left of")),
        (Artery.RCA, Artery.LCX, 0, ("to the right of", "to the left of")),
        (Artery.LAD, Artery.LCX, 1, ("in front of", "behind")),
    ]
    checks = []
    for one, other, axis, side in pairs:
        if one in centre and other in centre:
            apart = float(centre[other][axis] - centre[one][axis])
            where_it_is = f"{abs(apart):.0f} mm {side[apart < 0]}"
            text = f"the middle of the {one.value} lies {where_it_is} that of the {other.value}"
            code = f"{one.value}-{other.value}-mm".lower()
            checks.append(_Check(code, apart, ARTERIES_APART_MM, text))
    return checks
