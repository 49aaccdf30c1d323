"""A drawing, voxel by voxel, and the decisions that it took to read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.classes import DrawnClass
from corcal.core.grid import Grid
from corcal.core.scan import Notice


@dataclass(frozen=True)
class Decision:
    """A choice that the drawing left open.

    Attributes:
        what: short, stable: "slices", "origin", "map".
        chosen: the choice.
        why: one sentence with the numbers it rests on, or who made it.
        evidence: those numbers by name.
    """

    what: str
    chosen: str
    why: str
    evidence: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawing on the voxels of its scan.

    Attributes:
        bits: uint8 (slice, row, column); `DrawnClass.bit` of every class that holds the voxel.
        grid: the scan's.
        kind: "con", "volume", "masks", "slicer-segmentation", "outlines", "dicom-seg" or
            "rtstruct".
        sha256: hash of the file, or of the hashes of several.
        declared: the classes that the file's own names or the user's map speak of, be they drawn
            or not; none where codes were taken for corcal's own.
        decisions: what had to be decided.
        notices: doubts.
    """

    bits: NDArray[np.uint8]
    grid: Grid
    kind: str
    sha256: str = ""
    declared: frozenset[DrawnClass] = frozenset()
    decisions: tuple[Decision, ...] = ()
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        bits = self.bits.view()
        bits.flags.writeable = False
        object.__setattr__(self, "bits", bits)

    def mask(self, drawn: DrawnClass) -> NDArray[np.bool_]:
        """Return the voxels of a class, bool (slice, row, column)."""
        return self.any_of((drawn,))

    def any_of(self, classes: Iterable[DrawnClass]) -> NDArray[np.bool_]:
        """Return the voxels of any of some classes, bool (slice, row, column)."""
        wanted = np.uint8(sum({c.bit for c in classes}))
        mask: NDArray[np.bool_] = (self.bits & wanted) > 0
        return mask
