"""Resample to another spacing, cut out and put back, connected components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.space.connectivity import components, true_voxels
    from corcal.space.crop import touched_box, uncrop
    from corcal.space.resampling import block_mean, nearest, resample

__all__ = [
    "block_mean",
    "components",
    "nearest",
    "resample",
    "touched_box",
    "true_voxels",
    "uncrop",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "connectivity": ("components", "true_voxels"),
        "crop": ("touched_box", "uncrop"),
        "resampling": ("block_mean", "nearest", "resample"),
    },
)
