"""Step 6: six probabilities a voxel become labels on the scan as acquired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.label.labelling import (
        CandidateLabels,
        LabelledScan,
        label_candidates,
        label_scan,
    )
    from corcal.label.omitted import find_omitted
    from corcal.label.unseen import unseen_notices

__all__ = [
    "CandidateLabels",
    "LabelledScan",
    "find_omitted",
    "label_candidates",
    "label_scan",
    "unseen_notices",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "labelling": ("CandidateLabels", "LabelledScan", "label_candidates", "label_scan"),
        "omitted": ("find_omitted",),
        "unseen": ("unseen_notices",),
    },
)
