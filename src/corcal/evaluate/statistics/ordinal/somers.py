"""Somers' D: how well a measurement orders categories."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule


def somers_d(x: Numbers, category: NDArray[np.intp], rule: IntervalRule) -> Estimate:
    """Return Somers' D of a measurement, given the category.

    Somers, Am Sociol Rev 1962, 27, 799: of two cases of different categories, the share whom the
    measurement orders rightly less that whom it orders wrongly. With two categories it is
    2 AUC - 1. The error is that of a ratio of counts of pairs (Goodman and Kruskal, JASA 1972,
    67, 415), the interval on Fisher's z scale. Undefined with a single category.

    Args:
        x: a value for each case, no NaN.
        category: 0, 1, ... of each case.
        rule: level of the interval.
    """
    n = len(x)
    net, apart = np.zeros(n), np.zeros(n)
    groups = {int(c): np.sort(x[category == c]) for c in np.unique(category)}
    for own in groups:
        here = category == own
        for other, values in groups.items():
            if own == other:
                continue
            below = np.searchsorted(values, x[here], side="left")
            above = len(values) - np.searchsorted(values, x[here], side="right")
            net[here] += (below - above) * (1 if own > other else -1)
            apart[here] += len(values)
    pairs = float(apart.sum())
    if pairs == 0:
        return Estimate.without_value(n)
    value = float(net.sum()) / pairs
    error = 2 * math.sqrt(float(((net - value * apart) ** 2).sum())) / pairs
    if error < 1e-9 or abs(value) > 1 - 1e-12:
        return Estimate(value, None, None, n, no_interval=NO_ERROR)
    z, half = math.atanh(value), rule.z * error / (1 - value**2)
    return Estimate(value, math.tanh(z - half), math.tanh(z + half), n, "Goodman-Kruskal, z")
