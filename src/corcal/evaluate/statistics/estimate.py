"""A figure with its interval and the number of cases behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: One number a patient, NaN where it is not known: float64 (patient,).
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """One estimated figure.

    A figure that the data do not define (a sensitivity without a single diseased case) has the
    value None, never 0 and never NaN. A figure without an interval says why it has none.

    Attributes:
        value: the point estimate, or None where it is undefined.
        low: lower end of its interval, or None where there is none.
        high: upper end of its interval, or None where there is none.
        n: number of cases that the figure was computed from.
        method: of the interval, such as "Wilson"; "" without one.
        no_interval: the reason why a defined figure has no interval; "" where it has one.

    Raises:
        ValueError: a number that is NaN, or a negative n.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str = ""
    no_interval: str = ""

    def __post_init__(self) -> None:
        if self.n < 0 or any(x is not None and math.isnan(x) for x in self._numbers):
            raise ValueError(f"not an estimate: {self._numbers} of {self.n} cases")

    @property
    def _numbers(self) -> tuple[float | None, float | None, float | None]:
        return self.value, self.low, self.high

    @property
    def has_interval(self) -> bool:
        """Both ends of the interval are there."""
        return self.low is not None and self.high is not None

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Return everything by name, ready for JSON."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "method": self.method or None,
            "no_interval": self.no_interval or None,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Estimate:
        """Return the figure of which `as_dict` made a document."""
        numbers = (document[name] for name in ("value", "low", "high", "n"))
        words = (document.get(name) or "" for name in ("method", "no_interval"))
        return cls(*numbers, *words)

    def within(self, least: float, most: float) -> Estimate:
        """Return the same figure with its interval cut to what the figure can be."""
        if self.low is None or self.high is None:
            return self
        return replace(self, low=max(least, self.low), high=min(most, self.high))

    def through(self, function: Callable[[float], float], method: str = "") -> Estimate:
        """Return the figure and its interval through a rising function.

        Args:
            function: that rises everywhere.
            method: the interval's name now; the same where empty.
        """
        value, low, high = (None if x is None else float(function(x)) for x in self._numbers)
        return Estimate(value, low, high, self.n, method or self.method, self.no_interval)

    def bare(self, reason: str) -> Estimate:
        """Return the same figure without an interval, for a reason."""
        return replace(self, low=None, high=None, method="", no_interval=reason)

    @classmethod
    def without_value(cls, n: int) -> Estimate:
        """Return a figure that `n` cases do not define."""
        return cls(None, None, None, n)
