"""Settings of admission: the scans that are accepted, and the doubts that are noted."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.ranges import require, require_range


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
        saturated_below_hu: values may have been cut off at the top where the highest is below
            this; bone, metal or noise reach further in a scan as acquired.
        saturated_voxels: and at least so many voxels hold exactly the highest value,
        saturated_ratio: and so many times the mean number that hold a value just below it,
        saturated_window_hu: within this of it (as many steps, where values come in steps).
        saturated_tail_hu: but no more voxels than would lie this far above it, had they gone on
            as below; a block painted in one value is no cut.
        saturated_refused_below_hu: cut off below this the scan is refused, because Agatston's
            highest weight cannot occur; at or above it that is noted.
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
    saturated_below_hu: int = 1500
    saturated_voxels: int = 100
    saturated_ratio: float = 5.0
    saturated_window_hu: int = 20
    saturated_tail_hu: float = 2000.0
    saturated_refused_below_hu: int = 400
    gating: str = "header"
    min_heart_ml: float = 150.0
    max_heart_ml: float = 2500.0
    max_cut_face: float = 0.30
    blood_depth_mm: float = 10.0
    blood_step_mm: float = 3.0
    metal_reach_mm: float = 20.0
    min_metal_mm3: float = 1.0

    def __post_init__(self) -> None:
        require_range(
            "admission",
            self,
            at_least_1=("min_slices", "saturated_voxels", "saturated_window_hu"),
            positive=(
                "thick_slices_mm",
                "blood_step_mm",
                "body_step_mm",
                "reference_kv",
                "saturated_ratio",
                "saturated_tail_hu",
            ),
            not_negative=(
                "min_coverage_mm",
                "thickness_tolerance",
                "reference_kv_tolerance",
                "small_field_mm",
                "table_mm",
                "min_heart_ml",
                "blood_depth_mm",
                "metal_reach_mm",
                "min_metal_mm3",
            ),
            share=("max_cut_face", "least_lung_share", "whole_body_share", "cut_lung_share"),
        )
        known = self.gating in ("header", "yes", "no")
        require("admission", known, f'gating is "header", "yes" or "no", not {self.gating!r}')
        for name in ("body_width_mm", "impossible_width_mm", "lung_height_mm", "lung_hu"):
            low, high = getattr(self, name)
            require("admission", low < high, f"{name} must rise")
        larger = self.max_heart_ml > self.min_heart_ml
        require("admission", larger, "max_heart_ml must be more than min_heart_ml")
