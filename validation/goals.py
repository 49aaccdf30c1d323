"""Goals of the figures, and whether they are met."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.evaluate.statistics import Estimate


@dataclass(frozen=True)
class Goal:
    """A figure beside what is asked of it.

    Attributes:
        table: a, b, c, d or e.
        figure: what was measured.
        found: the figure.
        least: it should not be below this; None for no such bound.
        most: nor above this.
        percent: True if the figure reads as a percentage.
    """

    table: str
    figure: str
    found: Estimate
    least: float | None = None
    most: float | None = None
    percent: bool = True

    @property
    def met(self) -> bool | None:
        """True if the figure itself, not its interval, is where it should be; None if unknown."""
        value = self.found.value
        if value is None:
            return None
        low = self.least is None or value >= self.least
        return low and (self.most is None or value <= self.most)

    @property
    def sure(self) -> bool | None:
        """True if the whole interval is where the figure should be; None without an interval."""
        low, high = self.found.low, self.found.high
        if low is None or high is None:
            return None
        above = self.least is None or low >= self.least
        return above and (self.most is None or high <= self.most)

    def asked(self) -> str:
        """Return the bounds as text."""
        low, high = (None if b is None else self._number(b) for b in (self.least, self.most))
        if low is not None and high is not None:
            return f"{low} to {high}"
        return f"at least {low}" if low is not None else f"at most {high}"

    def verdict(self) -> str:
        """Return "met", "missed" or that it is not known, and whether the interval agrees."""
        if self.met is None:
            return "not measured"
        if not self.met:
            return "**missed**"
        return {
            True: "met",
            False: "met, but not by all of its interval",
            None: "met, no interval",
        }[self.sure]

    def shown(self) -> str:
        """Return the figure with its interval as text."""
        return text(self.found, percent=self.percent)

    def _number(self, value: float) -> str:
        return f"{100 * value:.0f} %" if self.percent else f"{value:.2f}"


def text(found: Estimate, *, percent: bool = True, digits: int | None = None) -> str:
    """Return a figure with its interval, such as "91.2 % (85.0 to 96.1)"; "–" where undefined."""
    if found.value is None:
        return "–"
    places = digits if digits is not None else (1 if percent else 2)
    factor = 100.0 if percent else 1.0
    value = f"{factor * found.value:.{places}f}" + (" %" if percent else "")
    if found.low is None or found.high is None:
        return value
    return f"{value} ({factor * found.low:.{places}f} to {factor * found.high:.{places}f})"
