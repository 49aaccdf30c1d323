"""A box of voxels, half-open, in (slice, row, column) order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, int, int]


def index3(values: Iterable[int]) -> Index:
    """Return three whole numbers, numpy's among them, as an index.

    Raises:
        ValueError: there are not three.
    """
    slice_, row, column = (int(v) for v in values)
    return (slice_, row, column)


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
    def of(cls, start: Iterable[int], stop: Iterable[int]) -> Box:
        """Return the box between any three and three whole numbers, numpy's among them.

        Raises:
            ValueError: not three and three, or a side is empty.
        """
        return cls(index3(start), index3(stop))

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
        return cls.of(*zip(*spans, strict=True))

    @property
    def shape(self) -> Index:
        """Voxels along (slice, row, column)."""
        return index3(b - a for a, b in zip(self.start, self.stop, strict=True))

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Index that cuts this box out of an array that holds it whole."""
        if min(self.start) < 0:
            raise ValueError(f"box {self.start} to {self.stop} begins outside the array")
        a, b = self.start, self.stop
        return (slice(a[0], b[0]), slice(a[1], b[1]), slice(a[2], b[2]))

    def pad(self, margin: Index) -> Box:
        """Return the box grown by this many voxels on both ends of each axis."""
        return Box.of(
            (a - m for a, m in zip(self.start, margin, strict=True)),
            (b + m for b, m in zip(self.stop, margin, strict=True)),
        )

    def meets(self, other: Box) -> bool:
        """Tell whether any voxel lies in both boxes."""
        return all(a < b for a, b in zip(*self._common(other), strict=True))

    def _common(self, other: Box) -> tuple[Index, Index]:
        """Return where both boxes begin and end together; empty or reversed if they are apart."""
        return (
            index3(max(p, q) for p, q in zip(self.start, other.start, strict=True)),
            index3(min(p, q) for p, q in zip(self.stop, other.stop, strict=True)),
        )

    def intersect(self, other: Box) -> Box:
        """Return the voxels in both boxes.

        Raises:
            ValueError: the boxes do not meet.
        """
        return Box.of(*self._common(other))

    def shift(self, by: Index) -> Box:
        """Return the box moved by this many voxels."""
        return Box.of(
            (a + m for a, m in zip(self.start, by, strict=True)),
            (b + m for b, m in zip(self.stop, by, strict=True)),
        )
