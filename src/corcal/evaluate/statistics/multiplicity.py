"""P values adjusted for how many tests were made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return p values adjusted by Holm's method (Scand J Stat 1979, 6, 65); None stays None.

    The chance of any false finding among all of them is held, whatever their dependence.
    """
    known = [i for i, p in enumerate(p_values) if p is not None]
    order = sorted(known, key=lambda i: float(p_values[i] or 0.0))
    steps = [(len(order) - rank) * float(p_values[i] or 0.0) for rank, i in enumerate(order)]
    adjusted: list[float | None] = [None] * len(p_values)
    for i, p in zip(order, np.maximum.accumulate(steps), strict=True):
        adjusted[i] = min(1.0, float(p))
    return tuple(adjusted)
