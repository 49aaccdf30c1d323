"""Step 3: the heart, by the embedded model or TotalSegmentator, and the checks it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.locate.axes import check_axes
    from corcal.locate.check import check_heart
    from corcal.locate.embedded import SPACING_MM, EmbeddedLocator
    from corcal.locate.heart import heart_box, locate_heart
    from corcal.locate.totalsegmentator import (
        TotalSegmentatorLocator,
        download,
        find_weights,
        weights_folder,
    )
    from corcal.locate.weights import Weights

__all__ = [
    "SPACING_MM",
    "EmbeddedLocator",
    "TotalSegmentatorLocator",
    "Weights",
    "check_axes",
    "check_heart",
    "download",
    "find_weights",
    "heart_box",
    "locate_heart",
    "weights_folder",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "axes": ("check_axes",),
        "check": ("check_heart",),
        "embedded": ("SPACING_MM", "EmbeddedLocator"),
        "heart": ("heart_box", "locate_heart"),
        "totalsegmentator": (
            "TotalSegmentatorLocator",
            "download",
            "find_weights",
            "weights_folder",
        ),
        "weights": ("Weights",),
    },
)
