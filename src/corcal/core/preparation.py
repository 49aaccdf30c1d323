"""The preparation of a heart crop: a setting, and what a segmenter may insist on."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require_range


@dataclass(frozen=True)
class Preparation:
    """The one path by which every scan reaches a network, in training and in scoring.

    Attributes:
        spacing_mm: (slice, row, column), paper section 2.4.1.
        padding_voxels: added around the heart on each side, (slice, row, column), at
            `spacing_mm`. The paper's (10, 10, 0) is read as in-plane only. The default also
            pads along slices, so that an ostium at the top of the heart is not cut off.
        crop_to_heart: False keeps the whole scan, as the paper's ablation does.
    """

    spacing_mm: tuple[float, float, float] = (0.8, 0.73, 0.73)
    padding_voxels: tuple[int, int, int] = (10, 10, 10)
    crop_to_heart: bool = True

    def __post_init__(self) -> None:
        require_range(
            "preparation", self, positive=("spacing_mm",), not_negative=("padding_voxels",)
        )
