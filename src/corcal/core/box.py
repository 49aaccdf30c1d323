"""A box of voxels, half-open, in (slice, row, column) order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A half-open box of voxels.

    Attributes:
        start: first voxel inside, (slice, row, column). May be negative: a box
            may reach beyond the array it is meant for.
        stop: first voxel outside, (slice, row, column).

    Raises:
        ValueError: a side is empty.
    """

    start: Index
    stop: Index

    def __post_init__(self) -> None:
        if any(b <= a for a, b in zip(self.start, self.stop, strict=True)):
            raise ValueError(f"box {self.start} to {self.stop} has an empty side")

    @classmethod
    def whole(cls, shape: Index) -> Box:
        """Return the box that holds every voxel of an array of this shape."""
        return cls((0, 0, 0), shape)

    @classmethod
    def around(cls, mask: NDArray[np.bool_]) -> Box:
        """Return the smallest box that holds every true voxel.

        Args:
            mask: bool (slice, row, column).

        Raises:
            ValueError: the mask is empty.
        """
        spans: list[tuple[int, int]] = []
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            hit = np.flatnonzero(mask.any(axis=others))
            if hit.size == 0:
                raise ValueError("an empty mask has no box around it")
            spans.append((int(hit[0]), int(hit[-1]) + 1))
        return cls((spans[0][0], spans[1][0], spans[2][0]), (spans[0][1], spans[1][1], spans[2][1]))

    @property
    def shape(self) -> Index:
        """Voxels along (slice, row, column)."""
        a, b = self.start, self.stop
        return (b[0] - a[0], b[1] - a[1], b[2] - a[2])

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Index that cuts this box out of an array that holds it whole."""
        if min(self.start) < 0:
            raise ValueError(f"box {self.start} to {self.stop} begins outside the array")
        a, b = self.start, self.stop
        return (slice(a[0], b[0]), slice(a[1], b[1]), slice(a[2], b[2]))

    def padded(self, margin: Index) -> Box:
        """Return the box grown by this many voxels on both ends of each axis."""
        a, b, m = self.start, self.stop, margin
        return Box((a[0] - m[0], a[1] - m[1], a[2] - m[2]), (b[0] + m[0], b[1] + m[1], b[2] + m[2]))

    def intersect(self, other: Box) -> Box:
        """Return the voxels in both boxes.

        Raises:
            ValueError: the boxes do not meet.
        """
        lo = tuple(max(p, q) for p, q in zip(self.start, other.start, strict=True))
        hi = tuple(min(p, q) for p, q in zip(self.stop, other.stop, strict=True))
        return Box((lo[0], lo[1], lo[2]), (hi[0], hi[1], hi[2]))

    def shifted(self, by: Index) -> Box:
        """Return the box moved by this many voxels."""
        a, b = self.start, self.stop
        return Box(
            (a[0] + by[0], a[1] + by[1], a[2] + by[2]), (b[0] + by[0], b[1] + by[1], b[2] + by[2])
        )
