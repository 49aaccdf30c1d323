"""Agreement corrected for chance in other ways than Cohen's: PABAK, AC1, AC2, Fleiss."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, proportion

Counts = NDArray[np.int64]


def pabak(agreed: int, n: int, categories: int, rule: IntervalRule) -> Estimate:
    """Return the prevalence- and bias-adjusted kappa of two raters.

    Byrt, Bishop and Carlin, J Clin Epidemiol 1993, 46, 423: (k p - 1) / (k - 1), which is linear
    in the share p of agreement, so that the interval of p becomes its own.

    Args:
        agreed: cases on which both agree.
        n: cases.
        categories: k.
        rule: how the interval of p is taken.
    """
    p = proportion(agreed, n, rule)
    if categories < 2:
        return Estimate.without_value(n)
    return p.through(lambda x: (categories * x - 1) / (categories - 1))


def gwet(counts: Counts, rule: IntervalRule, *, weights: str | None = None) -> Estimate:
    """Return Gwet's AC1, or AC2 with weights, of two or more raters.

    Gwet, Br J Math Stat Psychol 2008, 61, 29, and Handbook of Inter-Rater Reliability, 4th ed.,
    2014, chapters 4 and 5: t interval from the variance of the cases' contributions. A case
    with one rating says nothing of agreement, yet counts in the shares of the categories.

    Args:
        counts: number of raters that put a case into a category, (cases, categories).
        rule: level of the interval.
        weights: None, "linear" or "quadratic", for categories in order.
    """
    rated = counts[counts.sum(axis=1) > 0].astype(np.float64)
    n, q = rated.shape
    raters = rated.sum(axis=1)
    several = raters >= 2
    n_several = int(several.sum())
    if n_several == 0 or q < 2:
        return Estimate.without_value(n_several)
    w = agreement_weights(q, weights)
    agreed = np.zeros(n)
    m = raters[several]
    agreed[several] = (rated * (rated @ w - 1))[several].sum(axis=1) / (m * (m - 1))
    shares = rated / raters[:, None]
    pi = shares.mean(axis=0)
    spread = w.sum() / (q * (q - 1))
    chance = float(spread * (pi * (1 - pi)).sum())
    value = (float(agreed[several].mean()) - chance) / (1 - chance)
    own = np.where(several, n / n_several * (agreed - chance) / (1 - chance), 0.0)
    own_chance = spread * (shares * (1 - pi)).sum(axis=1)
    own -= 2 * (1 - value) * (own_chance - chance) / (1 - chance)
    return _t_interval(value, own, n_several, rule)


def _t_interval(value: float, own: NDArray[np.float64], n: int, rule: IntervalRule) -> Estimate:
    cases = len(own)
    if cases < 2 or value > 1 - 1e-12:
        return rule.around(value, 0.0, n)
    error = math.sqrt(float(((own - value) ** 2).sum()) / (cases - 1) / cases)
    if error < 1e-9:
        return rule.around(value, 0.0, n)
    half = float(stats.t.ppf(0.5 + rule.confidence / 2, cases - 1)) * error
    return Estimate(value, value - half, value + half, n, "Gwet, t").within(-1.0, 1.0)


def fleiss(counts: Counts, rule: IntervalRule) -> Estimate:
    """Return Fleiss' kappa of as many raters for every case, with its large-sample interval.

    Fleiss, Psychol Bull 1971, 76, 378; the error away from no agreement is Gwet's (2014, chapter
    5). Cases that not all raters rated are left out; undefined where one category has all ratings.

    Args:
        counts: number of raters that put a case into a category, (cases, categories).
        rule: level of the interval.
    """
    m = int(counts.sum(axis=1).max(initial=0))
    full = counts[counts.sum(axis=1) == m].astype(np.float64)
    n = len(full)
    if m < 2 or n == 0 or (full.sum(axis=0) > 0).sum() < 2:
        return Estimate.without_value(n)
    agreed = (full * (full - 1)).sum(axis=1) / (m * (m - 1))
    pi = full.sum(axis=0) / full.sum()
    chance = float((pi**2).sum())
    value = (float(agreed.mean()) - chance) / (1 - chance)
    own = (agreed - chance) / (1 - chance)
    own -= 2 * (1 - value) * (full / m @ pi - chance) / (1 - chance)
    return _t_interval(value, own, n, rule)


def agreement_weights(categories: int, kind: str | None) -> NDArray[np.float64]:
    """Return the weight of each pair of categories, 1 on the diagonal; (categories, categories)."""
    if kind is None:
        return np.eye(categories)
    steps = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories)))
    power = 1 if kind == "linear" else 2
    weights: NDArray[np.float64] = 1 - (steps / (categories - 1)) ** power
    return weights
