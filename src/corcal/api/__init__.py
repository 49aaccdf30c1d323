"""corcal from Python: whatever holds a scan in; tables, masks, images and pictures out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.api.reading import Reading
    from corcal.api.scoring import quantify_labels, score, score_scan

__all__ = ["Reading", "quantify_labels", "score", "score_scan"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "reading": ("Reading",),
        "scoring": ("quantify_labels", "score", "score_scan"),
    },
)
