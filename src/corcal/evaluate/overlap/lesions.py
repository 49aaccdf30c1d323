"""Lesions found, missed and falsely predicted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.space import components


@dataclass(frozen=True)
class Candidate:
    """A predicted lesion.

    Attributes:
        volume_mm3: of its label.
        hits: the numbers, from 0, of the reference lesions it shares a voxel with.
    """

    volume_mm3: float
    hits: frozenset[int]


@dataclass(frozen=True)
class LesionMatch:
    """The lesions of one scan.

    A lesion is a connected component of a label. A reference lesion is found if any predicted
    lesion shares a voxel with it; a predicted lesion is right if it shares a voxel with any
    reference lesion.

    Attributes:
        reference: number of reference lesions.
        candidates: the predicted lesions.
    """

    reference: int
    candidates: tuple[Candidate, ...]

    @property
    def found(self) -> int:
        """Number of reference lesions that were found."""
        return len(frozenset[int]().union(*(c.hits for c in self.candidates)))

    @property
    def right(self) -> int:
        """Number of predicted lesions that are right."""
        return sum(bool(c.hits) for c in self.candidates)


@dataclass(frozen=True)
class LesionCounts:
    """Lesions summed over scans.

    Attributes:
        reference: reference lesions.
        found: how many of them were found.
        predicted: predicted lesions.
        right: how many of them are right.
    """

    reference: int
    found: int
    predicted: int
    right: int

    @property
    def sensitivity(self) -> float | None:
        """Share of reference lesions found; None without any."""
        return self.found / self.reference if self.reference else None

    @property
    def precision(self) -> float | None:
        """Share of predicted lesions that are right; None without any."""
        return self.right / self.predicted if self.predicted else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None without any lesion on either side.

        0 where there are lesions on one side only.
        """
        a, b = self.sensitivity, self.precision
        if a is None and b is None:
            return None
        return 2 * a * b / (a + b) if a and b else 0.0


def match_lesions(
    predicted: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    grid: Grid,
    *,
    connectivity: int,
) -> LesionMatch:
    """Return which lesions of two masks on one grid meet.

    Args:
        predicted: bool (slice, row, column).
        reference: bool (slice, row, column).
        grid: where the voxels lie.
        connectivity: 26, 18 or 6.
    """
    p_index, r_index = np.argwhere(predicted), np.argwhere(reference)
    p_lesion, r_lesion = (components(i, connectivity) for i in (p_index, r_index))
    p_key, r_key = (np.ravel_multi_index(tuple(i.T), predicted.shape) for i in (p_index, r_index))
    _, p_at, r_at = np.intersect1d(p_key, r_key, assume_unique=True, return_indices=True)
    pairs = {(int(p), int(r)) for p, r in zip(p_lesion[p_at], r_lesion[r_at], strict=True)}
    sizes = np.bincount(p_lesion) * grid.voxel_mm3
    return LesionMatch(
        int(r_lesion.max(initial=-1)) + 1,
        tuple(
            Candidate(float(size), frozenset(r for p, r in pairs if p == number))
            for number, size in enumerate(sizes)
        ),
    )


def sum_lesions(matches: Iterable[LesionMatch]) -> LesionCounts:
    """Return the lesions of many scans."""
    every: Sequence[LesionMatch] = tuple(matches)
    return LesionCounts(
        sum(m.reference for m in every),
        sum(m.found for m in every),
        sum(len(m.candidates) for m in every),
        sum(m.right for m in every),
    )
