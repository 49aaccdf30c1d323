"""P values adjusted for how many tests were made."""

from __future__ import annotations

from collections.abc import Sequence

from statsmodels.stats.multitest import multipletests


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return p values adjusted by Holm's method (Scand J Stat 1979, 6, 65); None stays None.

    The chance of any false finding among all of them is held, whatever their dependence.
    """
    known = [p for p in p_values if p is not None]
    adjusted = iter(multipletests(known, method="holm")[1]) if known else iter(())
    return tuple(None if p is None else float(next(adjusted)) for p in p_values)
