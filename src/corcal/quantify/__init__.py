"""Step 7: lesions, Agatston score, volumes, mass, CAC-DRS, and the place among people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.quantify.cacdrs import make_cac_drs
    from corcal.quantify.grade import SeverityModel, read_severity_model, with_grades
    from corcal.quantify.lesions import counted_voxels, pixel_mm2
    from corcal.quantify.measurement import Measurement, measure
    from corcal.quantify.percentile import Person, arterial_age_years, mesa_bracket
    from corcal.quantify.score import quantify, score_voxels
    from corcal.quantify.total import TotalCalcium, quantify_total

__all__ = [
    "Measurement",
    "Person",
    "SeverityModel",
    "TotalCalcium",
    "arterial_age_years",
    "counted_voxels",
    "make_cac_drs",
    "measure",
    "mesa_bracket",
    "pixel_mm2",
    "quantify",
    "quantify_total",
    "read_severity_model",
    "score_voxels",
    "with_grades",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "cacdrs": ("make_cac_drs",),
        "grade": ("SeverityModel", "read_severity_model", "with_grades"),
        "lesions": ("counted_voxels", "pixel_mm2"),
        "measurement": ("Measurement", "measure"),
        "percentile": ("Person", "arterial_age_years", "mesa_bracket"),
        "score": ("quantify", "score_voxels"),
        "total": ("TotalCalcium", "quantify_total"),
    },
)
