"""Settings of the courses: how an artery is drawn in one piece."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require_range


@dataclass(frozen=True)
class Courses:
    """Arteries drawn as connected courses; see `corcal.label.courses`.

    The values were chosen on seven traced scans and seven phantoms: each artery in one piece,
    covering more of the traced course than the network's voxels do, about as precisely.
    `min_probability` and `unseen_below` were chosen again on 40 phantoms when the networks had
    become surer: gaps that they hardly see are crossed, and what they hardly see is no end.

    Attributes:
        draw: True draws each artery as tubes around its course; False keeps the network's voxels.
        min_probability: blocks of 2 x 2 x 2 working voxels below this are no way for a course.
        floor: added to a probability before its inverse is the cost of a millimetre.
        unseen_below: a millimetre of the main course gains its probability less this.
        min_gain_mm: smallest sum of gains for which the main course is followed.
        branch_unseen_below: as `unseen_below`, for branches.
        min_branch_gain_mm: as `min_gain_mm`, for branches.
        max_branches: most branches of an artery.
        smooth_mm: standard deviation of the Gaussian along a course that takes away the zigzag of
            the blocks it was searched on, by which a line is up to a tenth too long; 0 for none.
        seen_from: probability from which a point of a course is seen; below, it is inferred.
        tube_mm: radius of the tube that is drawn around a course.
        keep_within_mm: voxels that the network marked stay as far from the course as this.
        min_course_mm: an artery of whose course less than this is seen counts as not found: nothing
            is said of its calcium but what was counted, and the scan gets no category. 0 asks for
            nothing.
    """

    draw: bool = True
    min_probability: float = 0.002
    floor: float = 0.05
    unseen_below: float = 0.3
    min_gain_mm: float = 3.0
    branch_unseen_below: float = 0.5
    min_branch_gain_mm: float = 5.0
    max_branches: int = 2
    smooth_mm: float = 2.0
    seen_from: float = 0.25
    tube_mm: float = 1.75
    keep_within_mm: float = 3.0
    min_course_mm: float = 10.0

    def __post_init__(self) -> None:
        require_range(
            "courses",
            self,
            positive=("floor", "min_gain_mm", "min_branch_gain_mm", "tube_mm"),
            not_negative=("max_branches", "smooth_mm", "keep_within_mm", "min_course_mm"),
            inside_0_1=("min_probability", "unseen_below", "branch_unseen_below", "seen_from"),
        )
