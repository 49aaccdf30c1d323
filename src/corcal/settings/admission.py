"""Settings of admission: the scans that are accepted, and the doubts that are noted."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range

#: The settings of each range that `require_range` knows.
_RANGES = {
    "at_least_1": (
        "min_slices",
        "saturated_voxels",
        "saturated_window_hu",
        "saturated_pile_voxels",
        "saturated_pile_width_hu",
        "saturated_pile_close_hu",
        "shifted_stride_pixels",
        "joined_beside",
        "left_out_parts",
    ),
    "positive": (
        "thick_slices_mm",
        "blood_step_mm",
        "body_step_mm",
        "reference_kv",
        "saturated_ratio",
        "saturated_tail_hu",
        "saturated_pile_ratio",
        "joined_doubted_ratio",
        "joined_refused_mm",
        "left_out_ratio",
        "joined_step_mm",
        "joined_pixel_mm",
        "joined_stride_mm",
        "disordered_ratio",
        "disordered_far_mm",
        "saturated_pile_smooth_hu",
    ),
    "not_negative": (
        "min_coverage_mm",
        "thickness_tolerance",
        "reference_kv_tolerance",
        "small_field_mm",
        "least_field_mm",
        "table_mm",
        "min_heart_ml",
        "blood_depth_mm",
        "metal_reach_mm",
        "min_metal_mm3",
        "saturated_pile_below_hu",
        "saturated_pile_from_hu",
        "joined_least_hu",
        "disordered_least_hu",
    ),
    "share": (
        "max_cut_face",
        "shifted_up_share",
        "shifted_down_share",
        "saturated_pile_tail",
        "least_lung_share",
        "whole_body_share",
        "cut_lung_share",
        "joined_least_body_share",
        "repeated_share",
        "joined_beside_quantile",
        "left_out_quantile",
        "left_out_least_share",
    ),
}

#: Two numbers each, of which the second is the larger.
_RISING = (
    "body_width_mm",
    "impossible_width_mm",
    "lung_height_mm",
    "lung_hu",
    "joined_window_hu",
)


@dataclass(frozen=True)
class Admission:
    """The scans that are accepted, and the doubts that are noted.

    Attributes:
        min_slices: fewest slices; the paper asks for 100.
        min_coverage_mm: shortest extent along the slices.
        thick_slices_mm: slices thicker than this are read, with a notice.
        thickness_tolerance: share by which they may be thicker without one.
        reference_kv: tube voltage for which the scoring threshold holds; another is noted.
        reference_kv_tolerance: and how far from it none is noted.
        contrast_blood_hu: median HU inside the heart above which contrast is suspected
            (unenhanced blood is 30 to 60).
        metal_hu: voxels this bright near the heart are noted as metal.
        small_field_mm: an in-plane field of view below this is noted as zoomed.
        least_field_mm: and one below this as one in which no heart fits.
        body_width_mm: a chest is not narrower nor wider; what is, is noted,
        impossible_width_mm: or, outside this, refused: the voxel size is wrong.
        lung_height_mm: lungs are not lower nor higher; what is, is noted. Where voxels are those
            of an array without geometry (1 x 1 x 1 mm, origin 0), either is refused.
        body_step_mm: the body is measured on voxels about this far apart, along slices, rows and
            columns.
        body_hu: it is denser than this; lung and clothes are not.
        table_mm: matter in front of and behind one another is a body, not a table, if it is
            thicker than this.
        lung_hu: lung lies between these.
        least_lung_share: a slice belongs to the lungs from this share of their largest area.
        whole_body_share: a body that fills more of the field's width is cut by it,
        cut_lung_share: and so is one that has so much lung beside it.
        shifted_up_hu: values are no Hounsfield units, but lie above them, where they reach this
        shifted_up_share: in a larger share of the voxels,
        shifted_down_share: and below them where fewer than this are denser than lung;
        shifted_stride_pixels: of every so many-th row and column.
        saturated_below_hu: values may have been cut off at the top where the highest is below
            this; bone, metal or noise reach further in a scan as acquired.
        saturated_voxels: and at least so many voxels hold exactly the highest value,
        saturated_ratio: and so many times the mean number that hold a value just below it,
        saturated_window_hu: within this of it (as many steps, where values come in steps).
        saturated_tail_hu: but no more voxels than would lie this far above it, had they gone on
            as below; a block painted in one value is no cut.
        saturated_pile_below_hu: values were cut off and then resampled where the number of voxels,
            which falls with density, rises once more below this to
        saturated_pile_ratio: so many times the least before it, in a pile of at least
        saturated_pile_voxels: so many voxels
        saturated_pile_width_hu: within this to both sides, and ends: beyond it lie no more than
        saturated_pile_tail: this part of the pile.
        saturated_pile_from_hu: that number is looked at from here on,
        saturated_pile_smooth_hu: smoothed over this (standard deviation of a Gaussian),
        saturated_pile_close_hu: and its least is looked for no nearer to a pile than this
        saturated_pile_far_hu: and no further below it.
        saturated_refused_below_hu: cut off below this the scan is refused, because Agatston's
            highest weight cannot occur; at or above it that is noted.
        joined_doubted_ratio: neighbouring slices do not change by so many times as much as those
            beside them; where they do, slices may be missing, and
        joined_refused_ratio: from here they are of two people or scans, or out of order,
        joined_refused_mm: if they are as unlike as slices so far apart.
        joined_step_mm: slices about this far apart are compared as well, where they lie closer.
        left_out_ratio: nor, in most parts of the body, by more than any change beside it and so
            many times as much as their median; where they do, a slice may be missing.
        left_out_parts: parts of the body's box, so many along rows and along columns,
        left_out_quantile: of whose ratios (0 where the change is not the largest) this quantile
            counts,
        left_out_least_share: in parts that hold at least this share of the fullest part's body.
        joined_least_hu: and none are where these usually differ by less, as a test object does.
        joined_pixel_mm: slices are compared in pixels of about this size,
        joined_stride_mm: each the mean of values no further apart than this,
        joined_window_hu: cut off outside this, so that metal and air beside the body weigh little.
        joined_least_body_share: a slice with less than this part of the usual body is empty.
        joined_beside: a change is compared with so many beside it, on each side,
        joined_beside_quantile: of which this quantile counts: of several places near each other
            each is seen.
        repeated_share: where a larger share of the slices holds the image of the one before, evenly
            spread, the grid is finer than the image; where fewer do, they are noted.
        disordered_ratio: slices are in no order where neighbours differ by this part of what
        disordered_far_mm: slices so far apart differ,
        disordered_least_hu: if that is no less than this.
        gating: "header" for what the scan's header says of ECG gating; "yes" or "no" where the user
            knows.
        min_heart_ml: a heart with its sac is not smaller; what is, is no heart.
        max_heart_ml: and not larger.
        max_cut_face: the heart is cut off where the scan ends in more than this share of its
            largest cross-section.
        blood_depth_mm: contrast is looked for this far inside the heart's outline, away from
            fat and lung.
        blood_step_mm: and on voxels about this far apart.
        metal_reach_mm: metal is looked for this far around the heart's box.
        min_metal_mm3: less of it is not noted.
    """

    min_slices: int = 12
    min_coverage_mm: float = 80.0
    thick_slices_mm: float = 3.0
    thickness_tolerance: float = 0.02
    reference_kv: float = 120.0
    reference_kv_tolerance: float = 0.5
    contrast_blood_hu: float = 90.0
    metal_hu: int = 2500
    small_field_mm: float = 260.0
    least_field_mm: float = 80.0
    body_width_mm: tuple[float, float] = (250.0, 600.0)
    impossible_width_mm: tuple[float, float] = (150.0, 800.0)
    lung_height_mm: tuple[float, float] = (100.0, 450.0)
    body_step_mm: tuple[float, float, float] = (3.0, 4.0, 4.0)
    body_hu: int = -300
    table_mm: float = 60.0
    lung_hu: tuple[int, int] = (-960, -500)
    least_lung_share: float = 0.15
    whole_body_share: float = 0.88
    cut_lung_share: float = 0.1
    shifted_up_hu: int = 700
    shifted_up_share: float = 0.06
    shifted_down_share: float = 0.02
    shifted_stride_pixels: int = 4
    saturated_below_hu: int = 1500
    saturated_voxels: int = 100
    saturated_ratio: float = 5.0
    saturated_window_hu: int = 20
    saturated_tail_hu: float = 2000.0
    saturated_pile_below_hu: int = 430
    saturated_pile_ratio: float = 2.2
    saturated_pile_voxels: int = 1000
    saturated_pile_width_hu: int = 60
    saturated_pile_tail: float = 0.01
    saturated_pile_from_hu: int = 130
    saturated_pile_smooth_hu: float = 6.0
    saturated_pile_close_hu: int = 25
    saturated_pile_far_hu: int = 150
    saturated_refused_below_hu: int = 400
    joined_doubted_ratio: float = 1.8
    joined_refused_ratio: float = 2.3
    joined_refused_mm: float = 5.0
    joined_step_mm: float = 3.0
    left_out_ratio: float = 1.4
    left_out_parts: int = 4
    left_out_quantile: float = 0.5
    left_out_least_share: float = 0.2
    joined_least_hu: float = 25.0
    joined_pixel_mm: float = 4.0
    joined_stride_mm: float = 2.0
    joined_window_hu: tuple[float, float] = (-1000.0, 300.0)
    joined_least_body_share: float = 0.02
    joined_beside: int = 4
    joined_beside_quantile: float = 0.75
    repeated_share: float = 0.1
    disordered_ratio: float = 0.8
    disordered_far_mm: float = 30.0
    disordered_least_hu: float = 150.0
    gating: str = "header"
    min_heart_ml: float = 150.0
    max_heart_ml: float = 2500.0
    max_cut_face: float = 0.30
    blood_depth_mm: float = 10.0
    blood_step_mm: float = 3.0
    metal_reach_mm: float = 20.0
    min_metal_mm3: float = 1.0

    def __post_init__(self) -> None:
        require_range("admission", self, **_RANGES)
        known = self.gating in ("header", "yes", "no")
        require("admission", known, f'gating is "header", "yes" or "no", not {self.gating!r}')
        for name in _RISING:
            low, high = getattr(self, name)
            require("admission", low < high, f"{name} must rise")
        rises = self.joined_refused_ratio >= self.joined_doubted_ratio
        require("admission", rises, "joined_refused_ratio must not be below joined_doubted_ratio")
        farther = self.saturated_pile_far_hu > self.saturated_pile_close_hu
        text = "saturated_pile_far_hu must be more than saturated_pile_close_hu"
        require("admission", farther, text)
        larger = self.max_heart_ml > self.min_heart_ml
        require("admission", larger, "max_heart_ml must be more than min_heart_ml")
