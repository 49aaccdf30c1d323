"""LEARN 1: a radiologist's drawing in, six classes on the scan's voxels out.

`read_drawing` reads every kind of drawing, by `formats`; `checks.contour_placement` finds how
contours that count pixels lie on the scan; `six_classes` gives each piece of calcium to its
artery; `checks.plausibility` asks whether the result can belong to the scan. `drawn_calcium` is
for those who count what was drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.annotate.annotation import (
        read_drawing,
    )
    from corcal.annotate.batch import (
        DrawnScan,
        Outcome,
        annotate_all,
        annotate_scan,
        read_entries,
    )
    from corcal.annotate.calcium import (
        DrawnCalcium,
        calcium_classes,
        calcium_inside,
        drawn_calcium,
    )
    from corcal.annotate.checks.plausibility import (
        require_plausible,
    )
    from corcal.annotate.classes import (
        parse_map,
    )
    from corcal.annotate.formats.label_names import (
        read_label_names,
    )
    from corcal.annotate.options import (
        AnnotateOptions,
    )
    from corcal.annotate.public_set import (
        OutlinedScan,
        ReferenceRow,
        find_outlined,
        reference_csv,
        reference_of_outlines,
        reference_of_sheet,
    )

__all__ = [
    "AnnotateOptions",
    "DrawnCalcium",
    "DrawnScan",
    "Outcome",
    "OutlinedScan",
    "ReferenceRow",
    "annotate_all",
    "annotate_scan",
    "calcium_classes",
    "calcium_inside",
    "drawn_calcium",
    "find_outlined",
    "parse_map",
    "read_drawing",
    "read_entries",
    "read_label_names",
    "reference_csv",
    "reference_of_outlines",
    "reference_of_sheet",
    "require_plausible",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "annotation": ("read_drawing",),
        "batch": ("DrawnScan", "Outcome", "annotate_all", "annotate_scan", "read_entries"),
        "checks.plausibility": ("require_plausible",),
        "classes": ("parse_map",),
        "calcium": (
            "DrawnCalcium",
            "calcium_classes",
            "calcium_inside",
            "drawn_calcium",
        ),
        "formats.label_names": ("read_label_names",),
        "public_set": (
            "OutlinedScan",
            "ReferenceRow",
            "find_outlined",
            "reference_csv",
            "reference_of_outlines",
            "reference_of_sheet",
        ),
        "options": ("AnnotateOptions",),
    },
)
