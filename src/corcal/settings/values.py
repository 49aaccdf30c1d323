"""Settings of the values: what stored numbers must be to count as Hounsfield units."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Values:
    """Stored numbers as Hounsfield units: padding, overflow, and slices of two bodies.

    Attributes:
        padding_above_hu: a padding value above this becomes air: no tissue has it, 12 bits end
            there. Below it only what lies below air is padding.
        overflow_bright_hu: values that overflowed 12 bits are dark islands in matter this bright,
        overflow_dark_hu: and this dark themselves;
        overflow_reach_pixels: an island that reaches further is none.
        least_air_hu: a chest CT holds values below this, in the lungs if not around the body.
        stored_highest: where none does, values that begin within this of 0 and end between these
            are those of a CT as stored, 1024 above Hounsfield units.
        turns_stride_pixels: whether slices of two bodies take turns is looked at on every so
            many-th pixel,
        turns_window_hu: with values cut off outside this,
        turns_min_slices: in a scan of at least so many slices:
        turns_ratio: neighbouring slices then differ by more than so many times what every second
            one does,
        turns_slack_hu: and this.
    """

    padding_above_hu: float = 3071.0
    overflow_bright_hu: int = 600
    overflow_dark_hu: int = -900
    overflow_reach_pixels: int = 40
    least_air_hu: float = -200.0
    stored_highest: tuple[int, int] = (1500, 5200)
    turns_stride_pixels: int = 8
    turns_window_hu: tuple[int, int] = (-1000, 400)
    turns_min_slices: int = 8
    turns_ratio: float = 1.25
    turns_slack_hu: float = 1.0

    def __post_init__(self) -> None:
        require_range(
            "values",
            self,
            at_least_1=("overflow_reach_pixels", "turns_stride_pixels", "turns_ratio"),
            not_negative=("turns_slack_hu",),
        )
        low, high = self.turns_window_hu
        rules = (
            (low < high, "turns_window_hu must rise"),
            (self.stored_highest[0] < self.stored_highest[1], "stored_highest must rise"),
            (self.turns_min_slices >= 3, "turns_min_slices must be at least 3"),
            (
                self.overflow_dark_hu < self.overflow_bright_hu,
                "overflow_dark_hu must be below overflow_bright_hu",
            ),
        )
        for holds, message in rules:
            require("values", holds, message)
