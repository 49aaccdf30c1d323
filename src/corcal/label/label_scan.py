"""From region probabilities to labels on the scan as acquired, with every candidate lesion.

Scoring and the fitting of the judge both come this way, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.label.blood import blood_hu
from corcal.label.complete_calcium import tidy
from corcal.label.lesions import Candidates, find_candidates
from corcal.label.limits import drop_specks, near_heart
from corcal.label.paint import add_candidates, paint
from corcal.prepare import LocatedHeart, Prepared, touched
from corcal.settings import Settings
from corcal.space.resample import nearest


@dataclass(frozen=True, eq=False)
class Completed:
    """Labels with every candidate lesion in them, on the part of the scan that they can reach.

    Attributes:
        part: that part of the scan.
        box: where it lies in the scan.
        whole: the scan's grid.
        labels: on the grid of `part`.
        candidates: the lesions in `labels`, measured.
    """

    part: Scan
    box: Box
    whole: Grid
    labels: ArteryLabels
    candidates: Candidates


def completed(
    scan: Scan,
    heart: LocatedHeart,
    prepared: Prepared,
    regions: NDArray[np.float32],
    settings: Settings,
) -> Completed:
    """Paint the regions, put them back on the scan as acquired, and complete the calcium.

    Args:
        scan: as acquired.
        heart: where the heart is.
        prepared: the crop that was segmented.
        regions: float32 (6, slice, row, column), the probabilities on the crop.
        settings: every number of the method.
    """
    rules = settings.segmentation
    crop = paint(regions, rules.threshold)
    if rules.candidate_probability < rules.threshold:
        add_candidates(crop, regions, rules.candidate_probability)
    if rules.heart_margin_mm > 0:
        crop[
            ~near_heart(heart.mask, heart.grid, prepared.grid, margin_mm=rules.heart_margin_mm)
        ] = 0
    drop_specks(crop, prepared.grid, least_mm3=rules.min_artery_mm3)
    box = _within_reach(prepared.grid, scan.grid, rules.reach_mm)
    part = Scan(scan.hu[box.slices], scan.grid.cut(box))
    labels = ArteryLabels(nearest(crop, prepared.grid, part.grid), part.grid)
    clear_hu = blood_hu(prepared.hu, prepared.heart) + rules.over_blood_hu
    lowest_hu = max(settings.scoring.threshold_hu, clear_hu)
    labels = tidy(part, labels, settings=rules, threshold_hu=lowest_hu)
    artery, calcium = (
        nearest((255 * regions[half].max(0)).astype(np.uint8), prepared.grid, part.grid)
        for half in (slice(len(Artery)), slice(len(Artery), None))
    )
    candidates = find_candidates(part, labels, calcium, artery)
    return Completed(part, box, scan.grid, labels, candidates)


def _within_reach(crop: Grid, grid: Grid, reach_mm: float) -> Box:
    """Return the part of a grid that labels in a crop can reach when they are completed."""
    a, b, c = (int(np.ceil(reach_mm / s)) + 1 for s in grid.spacing_mm)
    return touched(crop, grid).padded((a, b, c)).intersect(Box.whole(grid.shape))
