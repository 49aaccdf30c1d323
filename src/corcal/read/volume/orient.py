"""Turn a stack of voxels to the nearest axial order, and back, without interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Index
from corcal.core.scan import Source

_T = TypeVar("_T", bound=np.generic)

#: LPS axis that each axis of a scan follows: slices to the head, rows to the back, columns left.
_TARGETS = (2, 1, 0)


@dataclass(frozen=True)
class Turn:
    """A turn of the axes of a file's array into those of a scan.

    Attributes:
        axes: for each axis of the file's array, the axis of the scan it becomes.
        flips: +1, or -1 where the axis runs the other way, for each axis of the file's array.
    """

    axes: tuple[int, int, int]
    flips: tuple[int, int, int]

    @classmethod
    def nearest_axial(cls, affine: NDArray[np.float64]) -> Turn:
        """Return the turn that brings the file's axes nearest to the scan's order.

        Args:
            affine: float64 (4, 4), index of the file's array to LPS mm.
        """
        unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)

        def agreement(axes: tuple[int, ...]) -> float:
            return float(sum(abs(unit[_TARGETS[axes[i]], i]) for i in range(3)))

        a, b, c = max(permutations(range(3)), key=agreement)
        flips = [1 if unit[_TARGETS[t], i] >= 0 else -1 for i, t in enumerate((a, b, c))]
        return cls((a, b, c), (flips[0], flips[1], flips[2]))

    @classmethod
    def of(cls, source: Source) -> Turn:
        """Return the turn that was applied when a scan was read."""
        return cls(source.stored_axes, source.stored_flips)

    def apply(self, stored: NDArray[_T]) -> NDArray[_T]:
        """Return the file's array in the scan's order, as a view."""
        flipped = stored[tuple(slice(None, None, f) for f in self.flips)]
        return flipped.transpose(np.argsort(self.axes))

    def undo(self, turned: NDArray[_T]) -> NDArray[_T]:
        """Return a scan's array in the file's order, as a view."""
        return turned.transpose(self.axes)[tuple(slice(None, None, f) for f in self.flips)]

    def affine(self, stored: NDArray[np.float64], shape: Index) -> NDArray[np.float64]:
        """Return the affine of the turned array.

        Args:
            stored: float64 (4, 4), index of the file's array to LPS mm.
            shape: shape of the file's array.
        """
        turned = np.eye(4)
        turned[:3, 3] = stored[:3, 3]
        for i, (target, flip) in enumerate(zip(self.axes, self.flips, strict=True)):
            turned[:3, target] = flip * stored[:3, i]
            if flip < 0:
                turned[:3, 3] += (shape[i] - 1) * stored[:3, i]
        return turned
