"""Decisions left to a user where a drawing leaves them open."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.annotate.classes import ClassMap


@dataclass(frozen=True)
class AnnotateOptions:
    """Decisions of a user; the defaults leave them to the evidence.

    Attributes:
        classes: the drawing's codes or names, and what they mean; None for what the drawing
            itself says.
        names: of a label map's codes, from a file beside it; None without.
        slices: direction in which a contour file counts slices: "up" (to the head), "down",
            or "auto".
        origin: where a contour file's coordinates begin: "corner" or "centre" of the first
            pixel, or "auto".
        offset: slices to add to a contour file's slice numbers; None for what the scan's values
            clearly say, -1, 0 or 1.
        union: contours of one class in one slice add up. Otherwise one inside another is a hole.
        phase: the phase to take from a contour file that holds several.
        orphans: calcium that touches no artery is left out and listed ("list"), given to the
            nearest artery within `reach_mm` ("nearest"), or an error ("refuse").
        reach_mm: for "nearest".
        checked: refuse a drawing that the scan's values or anatomy speak against. Otherwise
            that is only noted.
        threshold_hu: from where a voxel can be calcium.
    """

    classes: ClassMap | None = None
    names: dict[int, str] | None = None
    slices: str = "auto"
    origin: str = "auto"
    offset: int | None = None
    union: bool = False
    phase: int | None = None
    orphans: str = "list"
    reach_mm: float = 3.0
    checked: bool = True
    threshold_hu: float = 130.0
