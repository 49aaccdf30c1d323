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
    n = int(counts.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(figure(counts @ rows)) if n else float("nan")
        if not np.isfinite(value):
            return Estimate.without_value(n)
        plain = Estimate(value, None, None, n)
        if n < fewest:
            return plain.bare(FEW)
        draws = _draw(rows, counts, figure, rule)
        left_out = figure(counts @ rows - rows)
    known = np.isfinite(left_out)
    ends = bca_ends(value, draws, left_out[known], counts[known], rule)
    if ends is None:
        return plain.bare(ALIKE)
    return Estimate(value, *ends, n, "bootstrap, BCa")


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


def _draw(rows: Numbers, counts: NDArray[np.int64], figure: Figure, rule: IntervalRule) -> Numbers:
    """Return the figure of every sample, (draws,)."""
    rng = np.random.default_rng(rule.seed)
    n = int(counts.sum())
    step = max(1, _MOST_NUMBERS // max(1, len(rows)))
    parts = []
    for start in range(0, rule.draws, step):
        size = min(step, rule.draws - start)
        drawn = rng.multinomial(n, counts / n, size=size).astype(np.float64)
        parts.append(figure(drawn @ rows))
    return np.concatenate(parts)
