"""Overlap of two label maps of the same scan: voxels, surfaces, lesions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.overlap.compare import (
        compare_files,
    )
    from corcal.evaluate.overlap.overlap_page import (
        CASES_FILE,
        publish_overlap,
    )
    from corcal.evaluate.overlap.voxels import (
        dice,
    )

__all__ = [
    "CASES_FILE",
    "compare_files",
    "dice",
    "publish_overlap",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "compare": ("compare_files",),
        "overlap_page": ("CASES_FILE", "publish_overlap"),
        "voxels": ("dice",),
    },
)
