"""Settings of the labels: from region probabilities to arteries and lesions."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Segmentation:
    """The way from region probabilities to labels.

    Attributes:
        members: networks of the embedded segmenter that are run, the first so many; the region
            probabilities are their mean. 0 runs all that there are.
        threshold: probability above which a voxel belongs to a region.
        fill_calcium: complete each calcium label on the scan as acquired: voxels at or above
            the scoring threshold that connect to it inside its reach join it, others leave.
        reach_mm: how far such a completion may go from the network's label.
        over_blood_hu: calcium is completed from this far above the brightest blood, where that
            is more than the scoring threshold: contrast agent would join it otherwise.
        min_lesion_voxels: smaller calcium components are dropped as noise.
        min_lesion_mm3: the same by volume.
        min_artery_mm3: smaller parts of an artery without calcium are dropped.
        heart_margin_mm: labels farther than this from the located heart are dropped; 0 keeps all.
        candidate_probability: probability of calcium from which a voxel starts a candidate
            lesion, which is kept or dropped as a whole; the paper's is that of `threshold`.
        min_lesion_probability: candidates that are less probably coronary calcium, as the
            segmenter's lesion model says, are dropped; 0 keeps all.
        min_mean_probability: the same of segmenters without a lesion model, as nnU-Net's: the
            least mean probability of calcium of a candidate's voxels.
        uncertain_below: an artery of which the reading is less certain is called uncertain.
        connectivity_3d: 26, 18 or 6, for parts of arteries and for candidate lesions.
        blood_percentile: of the heart's voxels that is taken for its brightest blood.
        blood_average_voxels: side of the cube over which they are averaged before, against noise.
        blood_every_voxels: only every so many of them along each axis are looked at.
        max_artery_log_odds: from here on an artery is plainly there, and more belief in it says
            no more about a candidate. The embedded lesion model was fitted with 2.
        peak_reference_hu: to which a candidate's peak is set in proportion. The embedded lesion
            model was fitted with 130.
        course_reference_mm: to which a candidate's distance from the course of an artery is set
            in proportion. The embedded lesion model was fitted with 2.
        max_course_mm: from here on a candidate is plainly apart from the arteries. The embedded
            lesion model was fitted with 20.
        min_depth_mm: less than so deep in the heart (negative: outside) is as bad. The embedded
            lesion model was fitted with -6.
        max_depth_mm: more than so deep in the heart is as good. The embedded lesion model was
            fitted with 3.
    """

    members: int = 0
    threshold: float = 0.5
    fill_calcium: bool = True
    reach_mm: float = 4.0
    over_blood_hu: float = 60.0
    min_lesion_voxels: int = 2
    min_lesion_mm3: float = 2.0
    min_artery_mm3: float = 30.0
    heart_margin_mm: float = 8.0
    candidate_probability: float = 0.25
    min_lesion_probability: float = 0.5
    min_mean_probability: float = 0.35
    uncertain_below: float = 0.8
    connectivity_3d: int = 26
    blood_percentile: float = 95.0
    blood_average_voxels: int = 5
    blood_every_voxels: int = 3
    max_artery_log_odds: float = 2.0
    peak_reference_hu: float = 130.0
    course_reference_mm: float = 2.0
    max_course_mm: float = 20.0
    min_depth_mm: float = -6.0
    max_depth_mm: float = 3.0

    def __post_init__(self) -> None:
        require_range(
            "segmentation",
            self,
            inside_0_1=("threshold", "candidate_probability"),
            share_below_1=("min_lesion_probability", "min_mean_probability"),
            share=("uncertain_below",),
            not_negative=(
                "members",
                "reach_mm",
                "min_lesion_voxels",
                "min_lesion_mm3",
                "min_artery_mm3",
                "heart_margin_mm",
                "max_artery_log_odds",
            ),
            at_least_1=("blood_average_voxels", "blood_every_voxels"),
            percentile=("blood_percentile",),
            positive=("peak_reference_hu", "course_reference_mm", "max_course_mm"),
        )
        ordered = self.min_depth_mm <= self.max_depth_mm
        require("segmentation", ordered, "min_depth_mm must not be more than max_depth_mm")
        known = self.connectivity_3d in (6, 18, 26)
        require("segmentation", known, "connectivity_3d is 6, 18 or 26")
