"""Settings of the geometry: the slices of a series as one stack."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Geometry:
    """The slices of a DICOM series as one stack; see `corcal.read.dicom.geometry`.

    Attributes:
        same_position_mm: slices nearer than this lie at the same position.
        crowded_share: and so do slices nearer than this share of the mean distance.
        same_direction: direction cosines of slices of one plane differ by less than this.
        same_spacing: and their pixel spacings by less than this share.
        square: rows and columns are unit vectors at right angles to within this; headers round
            by less.
        least_axial: cosine of the steepest angle between the slices' normal and the body's axis.
        even_mm: distances are even where they differ by no more than this from the step,
        even_share: or by no more than this share of it.
        wander_mm: and where no slice lies further than this from its place in even steps,
        wander_share: or than this share of the step.
        many_gaps: slices are missing where no more than this share of the distances are multiples
            of the step; with more, distances vary.
        most_missing: a series that lacks a larger share of its slices is refused.
        on_place: a slice nearer to a place of the full stack than this share of the step is used
            as it is.
        fine_percentile: where distances vary, this percentile of them becomes the step.
        finest_step_mm: a finer step is refused.
        long_hole_mm: where distances vary, a longer one is still missing anatomy,
        long_hole_steps: if it is so many times the median distance, too.
        steepest_tilt: tangent of the steepest tilt of a gantry (they reach 30 degrees),
        careless_mm: and what careless positions add to it.
        stated_tilt_degrees: a tilt that a header names and its positions do not show is noted
            from here.
        least_repeated: of repeated acquisitions the one that is read covers at least this share
            of the positions.
        few_acquisitions: acquisitions are counted as such where their number is no more than this
            share of the number of slices; two of those that take turns are refused.
    """

    same_position_mm: float = 0.01
    crowded_share: float = 0.2
    same_direction: float = 0.01
    same_spacing: float = 1e-3
    square: float = 0.01
    least_axial: float = 0.9
    even_mm: float = 0.05
    even_share: float = 0.02
    wander_mm: float = 0.1
    wander_share: float = 0.1
    many_gaps: float = 0.1
    most_missing: float = 0.25
    on_place: float = 0.25
    fine_percentile: float = 10.0
    finest_step_mm: float = 0.2
    long_hole_mm: float = 10.0
    long_hole_steps: float = 2.2
    steepest_tilt: float = 1.0
    careless_mm: float = 2.0
    stated_tilt_degrees: float = 1.0
    least_repeated: float = 1 / 3
    few_acquisitions: float = 1 / 3

    def __post_init__(self) -> None:
        require_range(
            "geometry",
            self,
            positive=("same_position_mm", "same_direction", "same_spacing", "finest_step_mm"),
            not_negative=(
                "even_mm",
                "wander_mm",
                "long_hole_mm",
                "steepest_tilt",
                "careless_mm",
                "stated_tilt_degrees",
            ),
            share=(
                "even_share",
                "wander_share",
                "many_gaps",
                "least_repeated",
                "few_acquisitions",
            ),
            share_below_1=("crowded_share", "most_missing"),
            inside_0_1=("square", "least_axial"),
            percentile=("fine_percentile",),
        )
        require("geometry", self.even_share < 0.5, "even_share must be below 0.5")
        require("geometry", 0 < self.on_place <= 0.5, "on_place must lie above 0 and up to 0.5")
        require("geometry", self.long_hole_steps >= 1, "long_hole_steps must not be below 1")
