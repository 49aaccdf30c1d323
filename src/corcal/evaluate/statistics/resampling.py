"""The one bootstrap: bias-corrected and accelerated intervals of figures that are made of sums.

Efron, JASA 1987, 82, 171 (BCa; Efron and Tibshirani 1993, chapter 14). Patients, or scans, are
drawn whole. A figure that is a function of sums over patients needs no loop: to draw n patients
with replacement is to draw from a multinomial how often each kind of patient is there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule

#: From sums, shape (..., numbers), to the figure, shape (...); NaN where it is undefined.
Figure = Callable[[Numbers], Numbers]

#: With fewer patients, intervals hold the truth less often than they say (docs/evaluation.md,
#: "Coverage").
FEWEST = 20

#: Numbers held at a time: (draws, kinds).
_MOST_NUMBERS = 20_000_000

#: The same for means of skewed measures, such as Dice.
FEWEST_SKEWED = 100

FEW = "too few cases for a bootstrap interval"
ALIKE = "every case says the same, so that resampling shows no spread"


def bootstrap(
    rows: Numbers,
    figure: Figure,
    rule: IntervalRule,
    *,
    times: NDArray[np.int64] | None = None,
    fewest: int = FEWEST,
) -> Estimate:
    """Return a figure with its BCa interval over patients.

    No interval is given with fewer than `fewest` patients, or where the draws do not differ.

    Args:
        rows: numbers of each patient, or of each kind of patient, (rows, numbers).
        figure: from their sums to the figure.
        rule: level, draws and seed.
        times: number of patients of each kind; one each where None.
        fewest: patients for an interval; more for figures that are skewed.
    """
    counts = np.ones(len(rows), dtype=np.int64) if times is None else times
    [estimate] = bootstrap_all(
        rows, lambda sums: figure(sums)[..., None], rule, times=counts, fewest=fewest
    )
    return estimate


def bootstrap_all(
    rows: Numbers | None,
    figures: Figure,
    rule: IntervalRule,
    *,
    times: NDArray[np.int64],
    fewest: int = FEWEST,
) -> tuple[Estimate, ...]:
    """Return several figures of the same patients with their BCa intervals, from the same draws.

    Args:
        rows: numbers of each kind of patient, (kinds, numbers); None where the figures are made
            of the number of patients of each kind itself.
        figures: from the sums, shape (..., numbers), to the figures, shape (..., figures).
        rule: level, draws and seed.
        times: number of patients of each kind.
        fewest: patients for an interval.
    """
    n = int(times.sum())
    of_each = np.eye(len(times)) if rows is None else rows
    whole = times.astype(np.float64) if rows is None else times @ rows
    with np.errstate(invalid="ignore", divide="ignore"):
        values = figures(whole)
        enough = n >= max(1, fewest)
        draws = _draw(rows, times, figures, rule) if enough else np.empty((0, len(values)))
        left_out = figures(whole - of_each) if enough else np.empty((0, len(values)))
    return tuple(
        _estimate(float(v), draws[:, i], left_out[:, i], times, rule) for i, v in enumerate(values)
    )


def _estimate(
    value: float,
    draws: Numbers,
    left_out: Numbers,
    times: NDArray[np.int64],
    rule: IntervalRule,
) -> Estimate:
    n = int(times.sum())
    if not n or not np.isfinite(value):
        return Estimate.without_value(n)
    plain = Estimate(value, None, None, n)
    if not draws.size:
        return plain.bare(FEW)
    known = np.isfinite(left_out)
    ends = bca_ends(value, draws, left_out[known], times[known], rule)
    return plain.bare(ALIKE) if ends is None else Estimate(value, *ends, n, "bootstrap, BCa")


def bca_ends(
    value: float,
    draws: Numbers,
    left_out: Numbers,
    times: NDArray[np.int64],
    rule: IntervalRule,
) -> tuple[float, float] | None:
    """Return both ends of the BCa interval, or None where the draws do not differ.

    Args:
        value: the figure of all patients.
        draws: the figure of each sample; NaN (undefined) is left out.
        left_out: the figure without one patient of each kind.
        times: patients of each of these kinds.
        rule: level of the interval.
    """
    known = draws[np.isfinite(draws)]
    if known.size == 0 or np.ptp(known) < 1e-12:
        return None
    # Half of the draws that equal the figure count as below it: figures of counts have ties.
    ties = np.abs(known - value) < 1e-12
    below = float(((known < value) & ~ties).mean() + ties.mean() / 2)
    edge = 0.5 / known.size
    shift = float(stats.norm.ppf(min(max(below, edge), 1 - edge)))
    off = np.average(left_out, weights=times) - left_out
    squares = float((times * off**2).sum())
    bend = float((times * off**3).sum()) / (6 * squares**1.5) if squares > 0 else 0.0
    z = shift + stats.norm.ppf([0.5 - rule.confidence / 2, 0.5 + rule.confidence / 2])
    shares = stats.norm.cdf(shift + z / (1 - bend * z))
    ends = np.asarray(np.quantile(known, shares))
    return float(ends[0]), float(ends[1])


def _draw(
    rows: Numbers | None, counts: NDArray[np.int64], figures: Figure, rule: IntervalRule
) -> Numbers:
    """Return the figures of every sample, (draws, figures)."""
    rng = np.random.default_rng(rule.seed)
    n = int(counts.sum())
    step = max(1, _MOST_NUMBERS // max(1, len(counts)))
    parts = []
    for start in range(0, rule.draws, step):
        size = min(step, rule.draws - start)
        drawn = rng.multinomial(n, counts / n, size=size).astype(np.float64)
        parts.append(figures(drawn if rows is None else drawn @ rows))
    return np.concatenate(parts)
