"""Area under the ROC curve after DeLong, of one system or the difference of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.two_by_two import TwoByTwo

#: Why an area has no interval where a class has one patient.
LONE = "one patient alone with, or without, calcium: its variance is not known"


def auc(scores: Numbers, diseased: NDArray[np.bool_], rule: IntervalRule) -> Estimate:
    """Return the area under the empirical ROC curve, its interval from DeLong's variance.

    The interval is taken on the logit scale (Pepe, The Statistical Evaluation of Medical Tests,
    2003, section 5.2.4), the variance is that of DeLong, DeLong and Clarke-Pearson,
    Biometrics 1988, 44, 837, in the O(n log n) form of Sun and Xu, IEEE Signal Process Lett 2014,
    21, 1389. Undefined where one class is absent.

    No interval where a class has a single patient, or the area is 0 or 1.

    Args:
        scores: higher means more likely diseased; shape (patients,), no NaN.
        diseased: the reference.
        rule: level of the interval.
    """
    if diseased.all() or not diseased.any():
        return Estimate.without_value(len(scores))
    areas, covariance = _delong(scores[None], diseased)
    area, n = float(areas[0]), len(scores)
    if _lone(diseased):
        return Estimate(area, None, None, n, no_interval=LONE)
    error = math.sqrt(max(0.0, covariance[0, 0]))
    if error < 1e-9 or not 0 < area < 1:
        return rule.around(area, 0.0, n)
    # On the logit scale: near 1 the plain interval holds the truth in 80 to 90 of 100 (docs).
    middle, half = math.log(area / (1 - area)), rule.z * error / (area * (1 - area))
    low, high = (float(stats.logistic.cdf(middle + d)) for d in (-half, half))
    return Estimate(area, low, high, n, "DeLong, logit")


def binary_auc(table: TwoByTwo, rule: IntervalRule) -> Estimate:
    """Return the area under the ROC curve of a yes-or-no test, (sensitivity + specificity) / 2.

    This is the paper's AUC. The interval is DeLong's.
    """
    counts = np.array([table.tp, table.fn, table.fp, table.tn])
    scores = np.repeat([1.0, 0.0, 1.0, 0.0], counts)
    diseased = np.repeat([True, True, False, False], counts)
    return auc(scores, diseased, rule)


@dataclass(frozen=True)
class AucDifference:
    """The area of the first system minus that of the second.

    Attributes:
        estimate: the difference with its interval.
        z: difference over its standard error, None where that is 0.
        p: two-sided p value.
    """

    estimate: Estimate
    z: float | None
    p: float | None


def auc_difference(
    first: Numbers, second: Numbers, diseased: NDArray[np.bool_], rule: IntervalRule
) -> AucDifference:
    """Return DeLong's paired difference of two areas, first - second, on the same patients."""
    n = len(first)
    if diseased.all() or not diseased.any():
        return AucDifference(Estimate.without_value(n), None, None)
    areas, covariance = _delong(np.stack([first, second]), diseased)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = float(areas[0] - areas[1])
    if _lone(diseased):
        return AucDifference(Estimate(difference, None, None, n, no_interval=LONE), None, None)
    # What is left of equal terms after subtraction is no variance.
    error = math.sqrt(variance) if variance > 1e-15 else 0.0
    if error == 0:
        return AucDifference(rule.around(difference, 0.0, n), None, None)
    z = difference / error
    estimate = rule.around(difference, error, n, method="DeLong").within(-1.0, 1.0)
    return AucDifference(estimate, z, 2 * float(stats.norm.sf(abs(z))))


def _lone(diseased: NDArray[np.bool_]) -> bool:
    """Say whether one class has a single patient, whose variance nobody knows."""
    ill = int(diseased.sum())
    return min(ill, len(diseased) - ill) < 2


def _delong(scores: Numbers, diseased: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return the areas, shape (systems,), and their covariance, shape (systems, systems)."""
    ill, well = scores[:, diseased], scores[:, ~diseased]
    m, n = ill.shape[1], well.shape[1]
    together = stats.rankdata(np.concatenate([ill, well], axis=1), axis=1)
    of_ill = (together[:, :m] - stats.rankdata(ill, axis=1)) / n
    of_well = 1 - (together[:, m:] - stats.rankdata(well, axis=1)) / m
    # A single patient has no variance; numpy would warn and give NaN. Callers give no interval.
    covariance = np.zeros((len(scores), len(scores)))
    if m > 1:
        covariance = covariance + np.cov(of_ill).reshape(covariance.shape) / m
    if n > 1:
        covariance = covariance + np.cov(of_well).reshape(covariance.shape) / n
    return of_ill.mean(axis=1), covariance
