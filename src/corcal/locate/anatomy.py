"""Anatomy around a heart: by it, what a file says of left, front and head can be checked.

In a person the spine lies behind the heart; the heart left of the spine, the descending aorta on
its left, the liver under the heart's right; below the heart is the diaphragm, above it lung.
All lengths are voxels of 4 mm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.settings import Axes


@dataclass(frozen=True)
class Evidence:
    """Evidence for (1) or against (-1) the axes of a scan; 0 where there is none.

    Attributes:
        spine_behind: bone behind the heart against bone before it.
        base_below: soft tissue at the heart's lower end against its upper end.
        heart_left: how far the heart's centre lies left of the spine.
        aorta_left: soft tissue on the left of the spine against its right.
        liver_right: dense tissue below the heart's right against its left.
    """

    spine_behind: float = 0.0
    base_below: float = 0.0
    heart_left: float = 0.0
    aorta_left: float = 0.0
    liver_right: float = 0.0

    @property
    def left(self) -> float:
        """Mean of what speaks for left being left."""
        return (self.heart_left + self.aorta_left + self.liver_right) / 3


@dataclass(frozen=True)
class _Spine:
    """The spine: its row and column, its side of the heart (1 behind), the share of bone there."""

    row: int
    column: int
    side: int
    behind: float


def evidence_of(
    chest: NDArray[np.float32], heart: NDArray[np.bool_], settings: Axes, *, foot_first: bool
) -> Evidence:
    """Return what the surroundings of a heart say of the axes.

    Args:
        chest: float32 HU (slice, row, column) in voxels of 4 mm.
        heart: bool, the same shape, not empty.
        settings: HU that are bone, tissue and liver, and differences that speak fully.
        foot_first: True if the chest's foot, whatever the axes say, is at slice 0.
    """
    box = Box.around(heart)
    outside = ~ndimage.binary_dilation(heart, iterations=settings.outline_voxels)
    base = _base_below(chest, box, settings)
    centre = np.argwhere(heart).mean(0)
    spine = _spine((chest >= settings.bone_hu) & outside, box, centre, settings)
    if spine is None:
        return Evidence(base_below=base)
    offset_mm = 4.0 * (float(centre[2]) - spine.column)
    slices = slice(box.start[0], box.stop[0])
    below, overlap = settings.liver_below_voxels, settings.liver_overlap_voxels
    low = slice(max(0, slices.start - below), slices.start + overlap)
    if not foot_first:
        low = slice(max(0, slices.stop - overlap), slices.stop + below)
    return Evidence(
        spine.behind,
        base,
        float(np.clip(offset_mm / settings.heart_offset_mm, -1, 1)),
        _aorta_left(chest[slices], spine, settings),
        _liver_right(chest[low], outside[low], spine, settings),
    )


def _base_below(chest: NDArray[np.float32], box: Box, settings: Axes) -> float:
    """Return by how much more soft tissue lies at the lower end of the heart's box."""
    (start, *_), (stop, *_) = box.start, box.stop
    column = chest[:, box.slices[1], box.slices[2]] > settings.least_soft_hu
    outline = settings.outline_voxels
    low = column[max(0, start - outline) : start + outline - 1]
    high = column[max(0, stop - outline + 1) : stop + outline]
    return _part(float(low.mean() - high.mean()), settings)


def _spine(
    bone: NDArray[np.bool_], box: Box, centre: NDArray[np.float64], settings: Axes
) -> _Spine | None:
    """Return the spine: the more massive of the bones before and behind the heart."""
    reach, width = settings.spine_reach_voxels, settings.spine_voxels
    first = max(0, int(centre[2]) - reach)
    band = bone[box.slices[0], :, first : int(centre[2]) + reach + 1]
    rows = band.sum((0, 2))
    at = np.arange(len(rows))
    before, behind = int(rows[at < centre[1]].sum()), int(rows[at > centre[1]].sum())
    side = 1 if behind > before else -1
    half = band[:, (at - centre[1]) * side > 0]
    columns = ndimage.gaussian_filter1d(half.sum((0, 1)).astype(float), 2.5, mode="constant")
    if columns.max(initial=0.0) < settings.least_bone_voxels:
        return None
    column = int(columns.argmax())
    within = half[:, :, max(0, column - width) : column + width + 1].sum((0, 2))
    row = int(ndimage.gaussian_filter1d(within.astype(float), 2.5).argmax())
    row = int(at[(at - centre[1]) * side > 0][row])
    return _Spine(
        row, first + column, side, (behind - before) / (behind + before + settings.few_voxels)
    )


def _aorta_left(chest: NDArray[np.float32], spine: _Spine, settings: Axes) -> float:
    """Return by how much more soft tissue lies beside the spine on its left."""
    ends = sorted((spine.row, spine.row - spine.side * settings.aorta_before_voxels))
    tissue = chest[:, max(0, ends[0]) : ends[1] + 1] > settings.least_tissue_hu
    near, far = settings.aorta_beside_voxels
    left = tissue[:, :, spine.column + near : spine.column + far].sum()
    right = tissue[:, :, max(0, spine.column + 1 - far) : max(0, spine.column + 1 - near)].sum()
    return _part(
        float((int(left) - int(right)) / (int(left) + int(right) + settings.few_voxels)), settings
    )


def _liver_right(
    chest: NDArray[np.float32], outside: NDArray[np.bool_], spine: _Spine, settings: Axes
) -> float:
    """Return by how much more dense tissue lies below the heart on the right of the spine."""
    smooth = ndimage.uniform_filter(chest, 3)
    dense = (smooth > settings.least_liver_hu) & (smooth < settings.most_liver_hu) & outside
    gap, wide = settings.liver_before_voxels, settings.liver_reach_voxels
    before = slice(None, max(0, spine.row - gap))
    if spine.side < 0:
        before = slice(spine.row + gap + 1, None)
    left = dense[:, before, spine.column + 1 : spine.column + wide].sum()
    right = dense[:, before, max(0, spine.column + 1 - wide) : spine.column].sum()
    return _part(
        float((int(right) - int(left)) / (int(right) + int(left) + settings.few_liver_voxels)),
        settings,
    )


def _part(difference: float, settings: Axes) -> float:
    """Return a difference as a part of one that speaks fully, between -1 and 1."""
    if not np.isfinite(difference):
        return 0.0
    return float(np.clip(difference / settings.full_difference, -1, 1))
