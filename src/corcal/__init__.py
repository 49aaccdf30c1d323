"""Coronary artery calcium on ordinary chest CT: found, measured and reported per artery.

What `__all__` lists is public; it keeps its meaning within a major version. Names are looked up
when first used, so that `import corcal` stays quick and loads neither a network engine nor numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

__version__ = "0.1.0"

DISCLAIMER = (
    "Research use only. Not a medical device; not CE/UKCA marked or FDA cleared. Not for "
    "diagnosis. Results must be reviewed by a qualified clinician."
)

if TYPE_CHECKING:
    from corcal.api import Reading, quantify_labels, score, score_scan
    from corcal.cohort import score_many
    from corcal.core.artery import Artery
    from corcal.core.errors import CorcalError, InputRefused
    from corcal.core.grid import Grid
    from corcal.core.labels import ArteryLabels
    from corcal.core.reading import Report
    from corcal.core.scan import Scan
    from corcal.core.score import ArteryScore, CalciumScore, Lesion
    from corcal.models import ModelChoice
    from corcal.quantify import Person
    from corcal.read import read_labels, read_scan
    from corcal.report import write_reports
    from corcal.settings import Settings

__all__ = [
    "DISCLAIMER",
    "Artery",
    "ArteryLabels",
    "ArteryScore",
    "CalciumScore",
    "CorcalError",
    "Grid",
    "InputRefused",
    "Lesion",
    "ModelChoice",
    "Person",
    "Reading",
    "Report",
    "Scan",
    "Settings",
    "__version__",
    "quantify_labels",
    "read_labels",
    "read_scan",
    "score",
    "score_many",
    "score_scan",
    "write_reports",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "api": ("Reading", "quantify_labels", "score", "score_scan"),
        "cohort": ("score_many",),
        "core.artery": ("Artery",),
        "core.errors": ("CorcalError", "InputRefused"),
        "core.grid": ("Grid",),
        "core.labels": ("ArteryLabels",),
        "core.reading": ("Report",),
        "core.scan": ("Scan",),
        "core.score": ("ArteryScore", "CalciumScore", "Lesion"),
        "models": ("ModelChoice",),
        "quantify": ("Person",),
        "read": ("read_labels", "read_scan"),
        "report": ("write_reports",),
        "settings": ("Settings",),
    },
)
