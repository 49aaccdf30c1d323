"""Numbers per artery: lesions, Agatston score, volumes, mass, categories."""

from corcal.quantify.cacdrs import make_cac_drs
from corcal.quantify.percentile import arterial_age_years, mesa_bracket
from corcal.quantify.score import quantify, score_voxels

__all__ = ["arterial_age_years", "make_cac_drs", "mesa_bracket", "quantify", "score_voxels"]
