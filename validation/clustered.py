"""Figures of things that are nested in scans, with intervals over the scans.

Lesions of one scan are alike; taken for independent they would make an interval too narrow. So
whole scans are drawn, with replacement, and all that is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics import Estimate, IntervalRule, TwoByTwo, percentiles, wilson_ends

#: A cluster's name, and what stands above and below the line of a ratio.
Part = tuple[str, float, float]
RULE = IntervalRule()


def ratio(parts: Iterable[Part]) -> Estimate:
    """Return the sum above over the sum below; undefined where nothing stands below."""
    above, below, n = _summed(list(parts))
    if below.sum() == 0:
        return Estimate.without_value(n)
    weights = _drawn(len(below))
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (weights @ above) / (weights @ below)
    return _with_interval(float(above.sum() / below.sum()), draws, n)


def share(items: Iterable[tuple[str, bool]]) -> Estimate:
    """Return the share of items that are true.

    Where all of them are, or none, drawing scans again teaches nothing: then the interval is
    Wilson's for as many items as there are scans.
    """
    parts = [(cluster, float(true), 1.0) for cluster, true in items]
    found = ratio(parts)
    if found.value in (0.0, 1.0):
        clusters = len({cluster for cluster, _, _ in parts})
        ends = wilson_ends(clusters * int(found.value), clusters, RULE)
        return Estimate(found.value, *ends, found.n)
    return found


def median(items: Sequence[tuple[str, float]]) -> Estimate:
    """Return the median of the items."""
    if not items:
        return Estimate.without_value(0)
    names = sorted({cluster for cluster, _ in items})
    groups = [np.array([v for c, v in items if c == name]) for name in names]
    counts = _drawn(len(groups)).astype(int)
    draws = [
        np.median(np.concatenate([np.repeat(g, k) for g, k in zip(groups, row, strict=True)]))
        for row in counts
    ]
    value = float(np.median(np.concatenate(groups)))
    return _with_interval(value, np.array(draws), len(items))


def kappa_of(items: Iterable[tuple[str, bool, bool]]) -> tuple[Estimate, TwoByTwo]:
    """Return Cohen's kappa of (cluster, reported, true), and the table it is from."""
    names: dict[str, int] = {}
    cells: list[NDArray[np.float64]] = []
    for cluster, reported, true in items:
        row = names.setdefault(cluster, len(cells))
        if row == len(cells):
            cells.append(np.zeros(4))
        cells[row][(1 - reported) * 2 + (1 - true)] += 1
    table = np.array(cells).reshape(-1, 4)
    total = table.sum(0)
    counts = TwoByTwo(*(int(c) for c in total))
    value = float(_kappa(total[None])[0])
    if not np.isfinite(value):
        return Estimate.without_value(counts.n), counts
    return _with_interval(value, _kappa(_drawn(len(table)) @ table), counts.n), counts


def _with_interval(value: float, draws: NDArray[np.float64], n: int) -> Estimate:
    """Return a figure with its percentile interval, none where every draw gives the same."""
    known = draws[np.isfinite(draws)]
    if not known.size or np.ptp(known) < 1e-12:
        return Estimate(value, None, None, n)
    return percentiles(value, known, n, RULE)


def _kappa(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kappa for rows of true positives, false positives, false negatives, true negatives."""
    tp, fp, fn, tn = cells.T
    n = cells.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n**2
        return np.asarray(((tp + tn) / n - chance) / (1 - chance))


def _summed(parts: list[Part]) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    names = sorted({cluster for cluster, _, _ in parts})
    place = {name: i for i, name in enumerate(names)}
    above, below = np.zeros(len(names)), np.zeros(len(names))
    for cluster, a, b in parts:
        above[place[cluster]] += a
        below[place[cluster]] += b
    return above, below, len(parts)


def _drawn(clusters: int) -> NDArray[np.float64]:
    """Return how often each cluster is in each draw, (draws, clusters)."""
    if clusters == 0:
        return np.zeros((RULE.draws, 0))
    rng = np.random.default_rng(RULE.seed)
    even = np.full(clusters, 1 / clusters)
    return rng.multinomial(clusters, even, size=RULE.draws).astype(np.float64)
