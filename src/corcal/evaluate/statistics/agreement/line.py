"""A straight line between two measurements of the same patients, both of them with error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corcal.evaluate.statistics.estimate import Estimate

#: Why a line has no interval.
FEW_PAIRS = "too few patients for the interval of a line"


@dataclass(frozen=True)
class Line:
    """The line second = intercept + slope x first.

    Attributes:
        slope: 1 where both measurements grow alike.
        intercept: 0 where they agree at 0, in the unit of the second.
    """

    slope: Estimate
    intercept: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {"slope": self.slope.as_dict(), "intercept": self.intercept.as_dict()}

    @classmethod
    def without_value(cls, n: int) -> Line:
        """Return the line that `n` patients do not define."""
        return cls(Estimate.without_value(n), Estimate.without_value(n))
