"""Whether six classes can belong to a scan: by its values, and by where arteries lie in a chest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.checks.evidence import AROUND, VESSEL_HU, agreement, covered_by_mask
from corcal.annotate.options import AnnotateOptions
from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan

_LUNG_HU = -500


@dataclass(frozen=True)
class _Check:
    """One question to the scan.

    Attributes:
        code: short and stable.
        value: the answer.
        doubtful: below this it is noted.
        impossible: below this it is refused.
        text: for people.
    """

    code: str
    value: float
    doubtful: float
    impossible: float
    text: str


def require_plausible(
    labels: ArteryLabels, scan: Scan, *, options: AnnotateOptions, name: str
) -> tuple[dict[str, float], tuple[Notice, ...]]:
    """Return the answers of the scan by name, and what is doubtful about them.

    Limits were set on annotated scans: of calcium 0.9 and more of the voxels reach 130 HU, of
    arteries none are lung, and the right coronary lies 20 mm and more to the right of the others;
    the same labels upside down, mirrored or on another scan fail one of them or several.

    Args:
        labels: on the scan's grid.
        scan: the scan.
        options: for the threshold, and whether what is impossible is refused or only noted.
        name: of the drawing, for messages.

    Raises:
        AnnotationRefused: the labels cannot be of this scan, or their classes are mixed up.
    """
    if not labels.codes.any():
        return {}, ()
    box = Box.around(labels.codes > 0).padded((0, AROUND, AROUND))
    box = box.intersect(Box.whole(scan.grid.shape))
    codes, hu = labels.codes[box.slices], scan.hu[box.slices]
    checks = [*_values(codes, hu, options.threshold_hu), *_places(labels, box)]
    failed = [c.text for c in checks if c.value < c.impossible]
    if failed and options.checked:
        raise AnnotationRefused(
            f"{name}: cannot be of this scan, or its classes are mixed up: {'; '.join(failed)}. "
            "Look at the scan it belongs to and at the map; --unchecked takes it all the same"
        )
    notices = tuple(Notice(c.code, f"Doubtful: {c.text}.") for c in checks if c.value < c.doubtful)
    return {c.code: round(c.value, 3) for c in checks}, notices


def _values(codes: NDArray[np.uint8], hu: NDArray[np.int16], threshold_hu: float) -> list[_Check]:
    found = []
    calcium = hu[codes > len(Artery)]
    if calcium.size:
        share = float(np.mean(calcium >= threshold_hu))
        text = f"{100 * share:.0f} % of the calcium's voxels reach {threshold_hu:.0f} HU"
        found.append(_Check("calcium-bright", share, 0.6, 0.2, text))
    arteries = codes > 0
    clear = 1.0 - float(np.mean(hu[arteries] < _LUNG_HU))
    text = f"{100 * (1 - clear):.0f} % of the arteries' voxels are lung"
    found.append(_Check("arteries-outside-lung", clear, 0.99, 0.95, text))
    if np.count_nonzero(arteries) >= 300:
        # Its calcium would outshine an artery that lies in the wrong place.
        soft = np.minimum(hu, np.int16(VESSEL_HU[1]))
        agreed = agreement(covered_by_mask(soft, arteries), VESSEL_HU, threshold_hu).correlation
        text = f"the arteries hardly stand out from what surrounds them (agreement {agreed:.2f})"
        found.append(_Check("arteries-agree", agreed, 0.12, 0.06, text))
    return found


def _places(labels: ArteryLabels, box: Box) -> list[_Check]:
    """Ask whether the RCA lies to the right of the others and the LCX behind the LAD."""
    grid = labels.grid.cut(box)
    codes = labels.codes[box.slices]
    centre = {}
    for artery in Artery:
        mine = np.argwhere((codes == artery.vessel_code) | (codes == artery.calcium_code))
        if len(mine):
            centre[artery] = grid.to_lps(mine.astype(np.float64)).mean(axis=0)
    pairs = [
        (Artery.RCA, Artery.LAD, 0, ("to the right of", "to the left of")),
        (Artery.RCA, Artery.LCX, 0, ("to the right of", "to the left of")),
        (Artery.LAD, Artery.LCX, 1, ("in front of", "behind")),
    ]
    found = []
    for one, other, axis, where in pairs:
        if one in centre and other in centre:
            apart = float(centre[other][axis] - centre[one][axis])
            told = f"{abs(apart):.0f} mm {where[apart < 0]}"
            text = f"the middle of the {one.value} lies {told} that of the {other.value}"
            found.append(_Check(f"{one.value}-{other.value}-mm".lower(), apart, 5.0, 0.0, text))
    return found
