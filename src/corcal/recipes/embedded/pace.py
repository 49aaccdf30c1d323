"""The pace of a training run: so many steps, or so much time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Pace(Protocol):
    """Says how much of a run is over."""

    def share(self, step: int) -> float:
        """Return the share of the run that is over before a step; 1 at its end."""


@dataclass(frozen=True)
class Steps:
    """A run of so many steps."""

    count: int

    def share(self, step: int) -> float:
        """Return the share of the steps that is over."""
        return min(1.0, step / self.count)


@dataclass(frozen=True)
class Span:
    """A run that ends at a time, whatever it has seen until then.

    Attributes:
        end_seconds: of `time.monotonic`.
        begin_seconds: of its beginning, in the same way.
        first: share of the run that was over at the beginning: a run that was stopped goes on.
    """

    begin_seconds: float
    end_seconds: float
    first: float = 0.0

    def share(self, step: int) -> float:
        """Return the share of the time that is over."""
        del step
        whole = max(self.end_seconds - self.begin_seconds, 1e-9)
        part = min(max((time.monotonic() - self.begin_seconds) / whole, 0.0), 1.0)
        return self.first + (1.0 - self.first) * part
