"""Sensitivity at fixed specificity, and the reverse, with bootstrap intervals over patients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.resampling import bootstrap_all
from corcal.evaluate.statistics.roc.curve import rates_at

#: Patients of the rarer class for an interval: with fewer, intervals held the truth too rarely
#: (docs/evaluation.md, "Coverage").
FEWEST_OF_A_CLASS = 50
FEW_OF_A_CLASS = f"fewer than {FEWEST_OF_A_CLASS} patients with, or without, calcium"

#: A rate as near to 0 or 1 has no interval.
_EDGE = 1e-9
AT_AN_END = "a rate of 0 or 1, around which resampling shows no spread"

#: Of more distinct scores, neighbours are drawn together: a figure is then that of all scores,
#: and its interval that of a curve with so many points.
MOST_SCORES = 1000


def fixed_rates(
    scores: Numbers,
    diseased: NDArray[np.bool_],
    rule: IntervalRule,
    *,
    specificities: Sequence[float] = (),
    sensitivities: Sequence[float] = (),
) -> tuple[Estimate, ...]:
    """Return the sensitivity at each specificity, then the specificity at each sensitivity.

    Each is read off the empirical curve, on straight lines between its points, the best where
    several have the fixed rate. Patients are drawn whole, both classes as they come.

    Args:
        scores: higher means more likely diseased; shape (patients,), no NaN.
        diseased: the reference.
        rule: level, draws and seed.
        specificities: fixed rates, each between 0 and 1.
        sensitivities: the same.
    """
    many = (np.array(specificities), np.array(sensitivities))
    count, n = sum(map(len, many)), len(scores)
    ill = int(diseased.sum())
    if not 0 < ill < n:
        return (Estimate.without_value(n),) * count
    values = _rates(*_by_score(scores, diseased), *many)
    if min(ill, n - ill) < FEWEST_OF_A_CLASS:
        return tuple(Estimate(float(v), None, None, n, no_interval=FEW_OF_A_CLASS) for v in values)
    by_class = np.stack(_by_score(_merge(scores), diseased))
    times = by_class.ravel()
    kinds = np.flatnonzero(times)

    def figure(sums: Numbers) -> Numbers:
        whole = np.zeros((*sums.shape[:-1], times.size))
        whole[..., kinds] = sums
        half = times.size // 2
        return _rates(whole[..., :half], whole[..., half:], *many)

    estimates = bootstrap_all(None, figure, rule, times=times[kinds].astype(np.int64))
    return tuple(_estimate(float(v), e, n) for v, e in zip(values, estimates, strict=True))


def _estimate(value: float, drawn: Estimate, n: int) -> Estimate:
    """Return the figure of all scores with the interval of the drawn ones."""
    plain = Estimate(value, None, None, n)
    if value < _EDGE or value > 1 - _EDGE:
        return plain.bare(AT_AN_END)
    if drawn.low is None or drawn.high is None:
        return plain.bare(drawn.no_interval)
    return Estimate(value, min(drawn.low, value), max(drawn.high, value), n, drawn.method)


def _rates(ill: Numbers, well: Numbers, specificities: Numbers, sensitivities: Numbers) -> Numbers:
    return np.concatenate(
        [
            rates_at(ill, well, specificities),
            rates_at(well[..., ::-1], ill[..., ::-1], sensitivities),
        ],
        axis=-1,
    )


def _by_score(scores: Numbers, diseased: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return the diseased and the other patients at each distinct score, the highest first."""
    distinct, at = np.unique(-scores, return_inverse=True)
    ill = np.bincount(at[diseased], minlength=len(distinct))
    well = np.bincount(at[~diseased], minlength=len(distinct))
    return ill.astype(np.float64), well.astype(np.float64)


def _merge(scores: Numbers) -> Numbers:
    """Return the rank of each score among at most `MOST_SCORES`, ties staying together."""
    distinct, at, times = np.unique(scores, return_inverse=True, return_counts=True)
    if len(distinct) <= MOST_SCORES:
        return scores
    middle = np.cumsum(times) - times / 2
    return np.floor(middle / len(scores) * MOST_SCORES)[at]
