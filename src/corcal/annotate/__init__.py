"""LEARN 1: a radiologist's drawing in, six classes on the scan's voxels out.

`formats` reads a drawing; `checks.contour_placement` finds how contours that count pixels lie on
the scan; `six_classes` gives each piece of calcium to its artery; `checks.plausibility` asks
whether the result can belong to the scan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.annotate.batch import (
        DrawnScan,
        Outcome,
        annotate_all,
        annotate_scan,
        read_entries,
    )
    from corcal.annotate.checks.plausibility import (
        require_plausible,
    )
    from corcal.annotate.classes import (
        parse_map,
    )
    from corcal.annotate.options import (
        AnnotateOptions,
    )

__all__ = [
    "AnnotateOptions",
    "DrawnScan",
    "Outcome",
    "annotate_all",
    "annotate_scan",
    "parse_map",
    "read_entries",
    "require_plausible",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "batch": ("DrawnScan", "Outcome", "annotate_all", "annotate_scan", "read_entries"),
        "checks.plausibility": ("require_plausible",),
        "classes": ("parse_map",),
        "options": ("AnnotateOptions",),
    },
)
