"""Values between the knots of an even lattice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from corcal.phantom.body.shapes import Field, Floats


@dataclass(frozen=True, eq=False)
class Taps:
    """Catmull-Rom interpolation from even knots: four weights a place.

    Attributes:
        first: (n,), first of the four knots of every place.
        weights: float32 (n, 4).
    """

    first: NDArray[np.intp]
    weights: Field

    def cut(self, where: slice) -> Taps:
        """Return the interpolation to some of the places."""
        return Taps(self.first[where], self.weights[where])

    @property
    def used(self) -> slice:
        """The knots that any place needs."""
        return slice(int(self.first[0]), int(self.first[-1]) + 4)

    @property
    def matrix(self) -> csr_array:
        """The matrix (places, knots used). Sparse: dense ones set every core spinning."""
        columns = (self.first - self.first[0])[:, None] + np.arange(4)
        ends = np.arange(0, 4 * len(self.first) + 1, 4)
        shape = (len(self.first), int(columns[-1, -1]) + 1)
        return csr_array((self.weights.ravel(), columns.ravel(), ends), shape=shape)


def cubic(knots: Floats, at: Floats) -> Taps:
    """Return the interpolation from even knots to places in ascending order."""
    position = (at - knots[0]) / (knots[1] - knots[0])
    first = np.clip(np.floor(position).astype(int), 1, len(knots) - 3)
    t = position - first
    weights = np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ],
        axis=1,
    )
    return Taps(first - 1, weights.astype(np.float32))
