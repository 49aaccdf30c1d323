"""Coronary artery calcium on ordinary chest CT: found, measured and reported per artery.

What `__all__` lists is public; it keeps its meaning within a major version. Names are looked up
when first used, so that `import corcal` stays quick and loads neither a network engine nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

DISCLAIMER = (
    "Research use only. Not a medical device; not CE/UKCA marked or FDA cleared. Not for "
    "diagnosis. Results must be reviewed by a qualified clinician."
)

if TYPE_CHECKING:
    from corcal.core.artery import Artery
    from corcal.core.errors import CorcalError, InputRefused
    from corcal.core.grid import Grid
    from corcal.core.labels import ArteryLabels
    from corcal.core.reading import Reading, Report
    from corcal.core.scan import Scan
    from corcal.core.score import ArteryScore, CalciumScore, Lesion
    from corcal.pipeline import Person, quantify_labels, score_scan
    from corcal.read import read_scan
    from corcal.read.volume.labels import read_labels
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
    "Person",
    "Reading",
    "Report",
    "Scan",
    "Settings",
    "__version__",
    "quantify_labels",
    "read_labels",
    "read_scan",
    "score_scan",
    "write_reports",
]

_HOMES = {
    "Artery": "corcal.core.artery",
    "ArteryLabels": "corcal.core.labels",
    "ArteryScore": "corcal.core.score",
    "CalciumScore": "corcal.core.score",
    "CorcalError": "corcal.core.errors",
    "Grid": "corcal.core.grid",
    "InputRefused": "corcal.core.errors",
    "Lesion": "corcal.core.score",
    "Person": "corcal.pipeline",
    "Reading": "corcal.core.reading",
    "Report": "corcal.core.reading",
    "Scan": "corcal.core.scan",
    "Settings": "corcal.settings",
    "quantify_labels": "corcal.pipeline",
    "read_labels": "corcal.read.volume.labels",
    "read_scan": "corcal.read",
    "score_scan": "corcal.pipeline",
    "write_reports": "corcal.report",
}


def __getattr__(name: str) -> object:
    """Return a public name from the module it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'corcal' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
