"""Contours become voxels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.classes import DrawnClass
from corcal.annotate.formats.contour_fill import Points, fill_contours
from corcal.core.scan import Notice

#: Contours of one class in one slice of the scan.
Groups = dict[tuple[int, DrawnClass], list[Points]]


@dataclass
class _PaintingDoubts:
    """Doubts met while painting, by class and slice."""

    repeated: int = 0
    tiny: int = 0
    crossing: list[str] = field(default_factory=list)


def paint(bits: NDArray[np.uint8], groups: Groups, *, union: bool) -> tuple[Notice, ...]:
    """Set the bits of all classes where their contours lie; return what was doubtful.

    Args:
        bits: uint8 (slice, row, column), changed in place.
        groups: contours by slice and class.
        union: see `fill_contours`.
    """
    met = _PaintingDoubts()
    for (number, drawn), contours in sorted(groups.items(), key=lambda g: (g[0][0], g[0][1].bit)):
        inside = fill_contours(contours, bits.shape[1:], union=union)
        bits[number][inside.at][inside.mask] |= drawn.bit
        met.repeated += inside.repeated
        met.tiny += inside.tiny
        if inside.crossing:
            met.crossing.append(f"{drawn.value} on slice {number + 1}")
    return _painting_notices(met, union)


def _painting_notices(met: _PaintingDoubts, union: bool) -> tuple[Notice, ...]:
    found = []
    if met.repeated:
        text = f"Contours drawn twice: {met.repeated}; each counts once."
        found.append(Notice("contours-repeated", text))
    if met.tiny:
        text = (
            f"Contours too small to enclose a pixel's centre: {met.tiny}; the pixel at the "
            "middle of each was kept."
        )
        found.append(Notice("contours-tiny", text))
    if met.crossing:
        rule = "joined" if union else "taken as outside, for one contour within another is a hole"
        advice = "" if union else "; --union (union=True from Python) joins them"
        text = (
            f"Contours of one class overlap in part ({_some(met.crossing)}): where they do, they "
            f"are {rule}{advice}."
        )
        found.append(Notice("contours-overlap", text))
    return tuple(found)


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
