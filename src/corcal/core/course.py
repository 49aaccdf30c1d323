"""The course of an artery: where it runs, and which stretches of it are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery


@dataclass(frozen=True, eq=False)
class Branch:
    """One line of a course.

    Attributes:
        points_mm: float64 (n, 3), LPS, n >= 2, about 1.5 mm apart.
        seen: bool (n,), False where the line only joins what is seen on both sides.
    """

    points_mm: NDArray[np.float64]
    seen: NDArray[np.bool_]

    @property
    def length_mm(self) -> float:
        """Length along the line."""
        return float(self._steps_mm.sum())

    @property
    def seen_mm(self) -> float:
        """Length of the stretches between two points that are both seen."""
        return float(self._steps_mm[self.seen[1:] & self.seen[:-1]].sum())

    @property
    def _steps_mm(self) -> NDArray[np.float64]:
        steps: NDArray[np.float64] = np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1)
        return steps


@dataclass(frozen=True, eq=False)
class ArteryCourse:
    """An artery as one connected tree of lines.

    Attributes:
        artery: which.
        main: its longest line, from the upper end, where arteries leave the aorta, to the lower.
        branches: further lines; each begins on one before it.
    """

    artery: Artery
    main: Branch
    branches: tuple[Branch, ...] = ()

    @property
    def lines(self) -> tuple[Branch, ...]:
        """The main line and the branches."""
        return (self.main, *self.branches)

    @property
    def length_mm(self) -> float:
        """Length of all lines."""
        return sum(line.length_mm for line in self.lines)

    @property
    def seen_mm(self) -> float:
        """Length of all that is seen."""
        return sum(line.seen_mm for line in self.lines)
