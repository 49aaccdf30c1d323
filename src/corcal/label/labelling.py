"""Labels on the scan as acquired, from the region probabilities on the crop.

Scoring and the fitting of the lesion model both come this way, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box, index3
from corcal.core.course import ArteryCourse
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.lesion_model import MEAN_PROBABILITY, Certainty, LesionModel
from corcal.core.scan import Scan
from corcal.core.steps import LocatedHeart
from corcal.label.blood import blood_hu
from corcal.label.completion import complete_calcium
from corcal.label.courses import find_courses
from corcal.label.lesions import (
    Candidates,
    Evidence,
    certainties,
    drop_doubtful,
    find_candidates,
)
from corcal.label.limits import near_heart, remove_small_parts
from corcal.label.paint import add_candidates, paint
from corcal.label.tubes import draw_courses
from corcal.label.unseen import unseen_arteries
from corcal.prepare import Prepared
from corcal.settings import Segmentation, Settings
from corcal.space import nearest, touched_box, uncrop


@dataclass(frozen=True, eq=False)
class CandidateLabels:
    """Labels with every candidate lesion in them, on the part of the scan that they can reach.

    Attributes:
        box: where that part lies in the scan.
        whole: the scan's grid.
        labels: on the grid of the part.
        candidates: the lesions in `labels`, measured.
        courses: of the arteries that are seen.
        lowest_hu: from where a voxel may be calcium: it stands out from blood.
    """

    box: Box
    whole: Grid
    labels: ArteryLabels
    candidates: Candidates
    courses: tuple[ArteryCourse, ...]
    lowest_hu: float


@dataclass(frozen=True, eq=False)
class LabelledScan:
    """Labels of a whole scan, and what is known of them.

    Attributes:
        labels: on the scan's grid.
        certainty: of each artery; empty where nobody can say.
        courses: of the arteries that are seen.
        lowest_hu: from where a voxel may be calcium: it stands out from blood.
        unseen: the arteries of which too little is seen.
    """

    labels: ArteryLabels
    certainty: tuple[Certainty, ...]
    courses: tuple[ArteryCourse, ...]
    lowest_hu: float
    unseen: tuple[Artery, ...]


def label_scan(
    scan: Scan,
    heart: LocatedHeart,
    prepared: Prepared,
    regions: NDArray[np.float32],
    settings: Settings,
    lesion_model: LesionModel | None,
) -> LabelledScan:
    """Return the labels of the scan as acquired, their certainty, and the arteries' courses.

    Args:
        scan: as acquired.
        heart: where the heart is.
        prepared: the crop that was segmented.
        regions: float32 (6, slice, row, column), the probabilities on the crop.
        settings: every number of the method.
        lesion_model: says how probable each candidate lesion is; None for the mean probability
            of its voxels, which claims no certainty.
    """
    every = label_candidates(scan, heart, prepared, regions, settings)
    rules = settings.segmentation
    # The two probabilities are of different kinds: each has its own threshold.
    least = rules.min_lesion_probability if lesion_model else rules.min_mean_probability
    model = lesion_model or MEAN_PROBABILITY
    probability = model.probability(every.candidates.features)
    labels = drop_doubtful(every.labels, every.candidates, probability, least=least)
    certainty = certainties(
        every.candidates, probability, model, least=least, uncertain_below=rules.uncertain_below
    )
    if settings.courses.draw:
        labels = draw_courses(labels, every.courses, settings.courses)
    codes = uncrop(labels.codes, every.box, every.whole.shape)
    unseen = unseen_arteries(every.courses, settings.courses)
    return LabelledScan(
        ArteryLabels(codes, every.whole), certainty, every.courses, every.lowest_hu, unseen
    )


def label_candidates(
    scan: Scan,
    heart: LocatedHeart,
    prepared: Prepared,
    regions: NDArray[np.float32],
    settings: Settings,
) -> CandidateLabels:
    """Return labels with every candidate lesion, the improbable ones among them.

    The regions are painted on the crop, put back on the scan as acquired, and their calcium is
    completed there. Arguments as of `label_scan`.
    """
    rules = settings.segmentation
    near = _near_heart(heart, prepared, rules)
    crop = _paint_crop(near, prepared.grid, regions, rules)
    box = _within_reach(prepared.grid, scan.grid, rules.reach_mm)
    part = Scan(scan.hu[box.slices], scan.grid.cut(box))
    labels = ArteryLabels(nearest(crop, prepared.grid, part.grid), part.grid)
    clear_hu = blood_hu(prepared.hu, prepared.heart, rules) + rules.over_blood_hu
    lowest_hu = max(settings.scoring.threshold_hu, clear_hu)
    labels = complete_calcium(part, labels, settings=rules, threshold_hu=lowest_hu)
    artery, calcium = (
        nearest((255 * regions[half].max(0)).astype(np.uint8), prepared.grid, part.grid)
        for half in (slice(len(Artery)), slice(len(Artery), None))
    )
    courses = find_courses(regions, near, prepared.grid, settings.courses)
    evidence = Evidence(calcium, artery, courses, heart)
    candidates = find_candidates(part, labels, evidence, rules)
    return CandidateLabels(box, scan.grid, labels, candidates, courses, lowest_hu)


def _paint_crop(
    near: NDArray[np.bool_], grid: Grid, regions: NDArray[np.float32], rules: Segmentation
) -> NDArray[np.uint8]:
    """Return the label codes of the crop, within the limits of what can be an artery."""
    codes = paint(regions, rules.threshold)
    if rules.candidate_probability < rules.threshold:
        add_candidates(codes, regions, rules.candidate_probability)
    codes *= near
    remove_small_parts(
        codes, grid, min_mm3=rules.min_artery_mm3, connectivity=rules.connectivity_3d
    )
    return codes


def _near_heart(heart: LocatedHeart, prepared: Prepared, rules: Segmentation) -> NDArray[np.bool_]:
    """Return which voxels of the crop an artery may lie in."""
    if rules.heart_margin_mm <= 0:
        return np.ones(prepared.grid.shape, dtype=np.bool_)
    return near_heart(heart.mask, heart.grid, prepared.grid, margin_mm=rules.heart_margin_mm)


def _within_reach(crop: Grid, grid: Grid, reach_mm: float) -> Box:
    """Return the part of a grid that labels in a crop can reach when they are completed."""
    reach = index3(np.ceil(reach_mm / s) + 1 for s in grid.spacing_mm)
    return touched_box(crop, grid).pad(reach).intersect(Box.whole(grid.shape))
