"""Figures of a 2x2 table beyond the shares: likelihood and odds ratios, F1, predictive values."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.two_by_two import TwoByTwo

#: Why a ratio over an empty cell has no figure or interval.
EMPTY_CELL = "a cell of the table is empty: a ratio needs all four"

#: The figures that `ratio_figures` returns, in order.
RATIOS = ("prevalence", "lr_positive", "lr_negative", "odds_ratio", "f1")


def ratio_figures(c: TwoByTwo, rule: IntervalRule) -> dict[str, Estimate]:
    """Return an estimate for each of `RATIOS`.

    No half is added to empty cells: a ratio over one is undefined, or has no interval.

    Args:
        c: the 2x2 table.
        rule: how intervals are taken.
    """
    return {
        "prevalence": proportion(c.diseased, c.n, rule),
        "lr_positive": _likelihood_ratio(c.tp, c.diseased, c.fp, c.healthy, rule),
        "lr_negative": _likelihood_ratio(c.fn, c.diseased, c.tn, c.healthy, rule),
        "odds_ratio": _odds_ratio(c, rule),
        "f1": _f1(c, rule),
    }


def _likelihood_ratio(a: int, diseased: int, b: int, healthy: int, rule: IntervalRule) -> Estimate:
    """Return (a / diseased) / (b / healthy) with its interval on the log scale.

    Simel, Samsa and Matchar, J Clin Epidemiol 1991, 44, 763.
    """
    n = diseased + healthy
    if not diseased or not healthy or not b:
        return Estimate.without_value(n)
    value = (a / diseased) / (b / healthy)
    if not a:
        return Estimate(value, None, None, n, no_interval=EMPTY_CELL)
    return _on_log_scale(value, 1 / a - 1 / diseased + 1 / b - 1 / healthy, n, rule, "Simel, log")


def _odds_ratio(c: TwoByTwo, rule: IntervalRule) -> Estimate:
    """Return the diagnostic odds ratio (Glas et al., J Clin Epidemiol 2003, 56, 1129)."""
    if not c.fp * c.fn:
        return Estimate.without_value(c.n)
    value = c.tp * c.tn / (c.fp * c.fn)
    if not c.tp * c.tn:
        return Estimate(value, None, None, c.n, no_interval=EMPTY_CELL)
    variance = 1 / c.tp + 1 / c.fp + 1 / c.fn + 1 / c.tn
    return _on_log_scale(value, variance, c.n, rule, "Woolf, log")


def _f1(c: TwoByTwo, rule: IntervalRule) -> Estimate:
    """Return the harmonic mean of sensitivity and PPV, as F = 2 J / (1 + J) of a proportion.

    J = tp / (tp + fp + fn) is a proportion of those whom either side calls present, and F1 rises
    with it, so that Wilson's interval of J becomes one of F1.
    """
    marked = c.tp + c.fp + c.fn
    j = proportion(c.tp, marked, rule)
    return replace(j.through(lambda x: 2 * x / (1 + x), f"{j.method} of the Jaccard index"), n=c.n)


def _on_log_scale(
    value: float, variance: float, n: int, rule: IntervalRule, method: str
) -> Estimate:
    if variance <= 0:
        return Estimate(value, None, None, n, no_interval=EMPTY_CELL)
    half = rule.z * math.sqrt(variance)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), n, method)


def predictive_values(
    c: TwoByTwo, prevalence: float, rule: IntervalRule
) -> tuple[Estimate, Estimate]:
    """Return PPV and NPV at a stated prevalence, with intervals on the logit scale.

    Mercaldo, Lau and Zhou, Stat Med 2007, 26, 2170, standard logit interval: sensitivity and
    specificity come from the table, the prevalence does not.

    Args:
        c: the 2x2 table; its own prevalence is not used.
        prevalence: above 0 and below 1.
        rule: level of the intervals.
    """
    if not c.diseased or not c.healthy:
        return Estimate.without_value(c.n), Estimate.without_value(c.n)
    se, sp = c.tp / c.diseased, c.tn / c.healthy
    ill, well = prevalence, 1 - prevalence
    return (
        _logit_value(se * ill, (1 - sp) * well, (se, c.diseased), (1 - sp, c.healthy), rule),
        _logit_value(sp * well, (1 - se) * ill, (sp, c.healthy), (1 - se, c.diseased), rule),
    )


def _logit_value(
    right: float,
    wrong: float,
    of_right: tuple[float, int],
    of_wrong: tuple[float, int],
    rule: IntervalRule,
) -> Estimate:
    """Return right / (right + wrong); the two shares and their numbers give the variance."""
    n = of_right[1] + of_wrong[1]
    if right + wrong == 0:
        return Estimate.without_value(n)
    value = right / (right + wrong)
    if not of_right[0] > 0 or not of_wrong[0] > 0 or not 0 < value < 1:
        return Estimate(value, None, None, n, no_interval=EMPTY_CELL)
    variance = sum((1 - share) / (share * m) for share, m in (of_right, of_wrong))
    if variance <= 0:
        return Estimate(value, None, None, n, no_interval=EMPTY_CELL)
    middle, half = math.log(right / wrong), float(rule.z * math.sqrt(variance))
    low, high = (float(stats.logistic.cdf(middle + d)) for d in (-half, half))
    return Estimate(value, low, high, n, "Mercaldo, logit")
