"""Categories of calcium burden."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


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
