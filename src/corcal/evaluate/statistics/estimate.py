"""A figure with its interval and the number of cases behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: One number a patient, NaN where it is not known: float64 (patient,).
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """One estimated figure.

    A figure that the data do not define (a sensitivity without a single diseased case) has the
    value None, never 0 and never NaN.

    Attributes:
        value: the point estimate, or None where it is undefined.
        low: lower end of its interval, or None where there is none.
        high: upper end of its interval, or None where there is none.
        n: number of cases that the figure was computed from.

    Raises:
        ValueError: a number that is NaN, or a negative n.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int

    def __post_init__(self) -> None:
        if self.n < 0 or any(x is not None and math.isnan(x) for x in self._numbers):
            raise ValueError(f"not an estimate: {self._numbers} of {self.n} cases")

    @property
    def _numbers(self) -> tuple[float | None, float | None, float | None]:
        return self.value, self.low, self.high

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the four numbers by name, ready for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Estimate:
        """Return the figure of which `as_dict` made a document."""
        return cls(document["value"], document["low"], document["high"], document["n"])

    def within(self, least: float, most: float) -> Estimate:
        """Return the same figure with its interval cut to what the figure can be."""
        if self.low is None or self.high is None:
            return self
        return Estimate(self.value, max(least, self.low), min(most, self.high), self.n)

    @classmethod
    def undefined(cls, n: int) -> Estimate:
        """Return a figure that `n` cases do not define."""
        return cls(None, None, None, n)
