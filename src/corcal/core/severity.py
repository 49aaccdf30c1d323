"""Categories of calcium burden, and a model that grades an artery by its calcium volume."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from corcal.core.artery import Artery


class Severity(IntEnum):
    """The paper's grades, ordered: none < mild < moderate < severe."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3

    @property
    def word(self) -> str:
        """The grade in lower case, for reports."""
        return self.name.lower()


@dataclass(frozen=True)
class CacDrs:
    """A CAC-DRS category (Hecht et al., JCCT 2018, 12, 185).

    Attributes:
        scale: "A" for ECG-gated scans (Agatston), "V" for non-gated ones.
        category: 0 to 3.
        vessels: arteries with calcium, 0 to 3; the left main is counted with the LAD, so
            the standard's count of four cannot be reached.

    Raises:
        ValueError: another scale, category or number of vessels.
    """

    scale: str
    category: int
    vessels: int

    def __post_init__(self) -> None:
        if (
            self.scale not in ("A", "V")
            or not 0 <= self.category <= 3
            or not 0 <= self.vessels <= 3
        ):
            raise ValueError(
                f"no such CAC-DRS category: {self.scale}{self.category}/N{self.vessels}"
            )

    @property
    def severity(self) -> Severity:
        """The category in words: 0 none, 1 mild, 2 moderate, 3 severe."""
        return Severity(self.category)

    def __str__(self) -> str:
        return f"{self.scale}{self.category}/N{self.vessels}"


@dataclass(frozen=True)
class ArteryGrading:
    """An ordinal logit model of one artery: logit P(grade <= j) = threshold_j - slope x volume.

    Attributes:
        slope_per_ml: B for a volume in mL.
        grades: those the model tells apart, ascending, at least two.
        thresholds: one below each grade but the first, ascending.

    Raises:
        ValueError: grades and thresholds that do not fit together, or a number that is not
            finite.
    """

    slope_per_ml: float
    grades: tuple[Severity, ...]
    thresholds: tuple[float, ...]

    def __post_init__(self) -> None:
        numbers = (self.slope_per_ml, *self.thresholds)
        if (
            len(self.grades) < 2
            or len(self.thresholds) != len(self.grades) - 1
            or sorted(set(self.grades)) != list(self.grades)
            or sorted(set(self.thresholds)) != list(self.thresholds)
            or not all(math.isfinite(x) for x in numbers)
        ):
            raise ValueError(f"not a grading model: {self}")

    def probabilities(self, volume_ml: float) -> dict[Severity, float]:
        """Return the probability of each grade for a volume in mL; they add up to 1."""
        line = self.slope_per_ml * volume_ml
        below = [0.0, *(_logistic(t - line) for t in self.thresholds), 1.0]
        return {g: below[i + 1] - below[i] for i, g in enumerate(self.grades)}

    def grade(self, volume_ml: float) -> Severity:
        """Return the likeliest grade for a volume in mL; the lower of two that are equally so."""
        chances = self.probabilities(volume_ml)
        return max(self.grades, key=lambda g: (chances[g], -g))


def _logistic(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


@dataclass(frozen=True)
class ArteryGrade:
    """The grade of one artery, with how likely each grade is.

    Attributes:
        artery: which.
        grade: the likeliest.
        probabilities: of each grade that the model tells apart.
    """

    artery: Artery
    grade: Severity
    probabilities: dict[Severity, float]

    @property
    def probability(self) -> float:
        """Return how likely the grade is."""
        return self.probabilities[self.grade]
