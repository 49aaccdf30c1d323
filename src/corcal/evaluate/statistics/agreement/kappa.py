"""Cohen's kappa, plain and weighted, with its large-sample errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.agreement.chance_corrected import agreement_weights
from corcal.evaluate.statistics.agreement.kappa_words import mchugh_words
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule

#: Of a cell of a 2x2 table, from where large-sample p values hold (Cochran, Biometrics 1954, 10,
#: 417).
_FEWEST_EXPECTED = 5

#: Cases from which on a weighted kappa has an interval: with fewer it holds the truth in 86 to 92
#: of 100 (docs/evaluation.md, "Coverage"), as rare confusions over many steps decide it.
FEWEST_WEIGHTED = {"linear": 50, "quadratic": 1000}
_FEW_WEIGHTED = "too few cases for the interval of a weighted kappa"


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance.

    Attributes:
        estimate: kappa with its interval.
        error: its asymptotic standard error, as SPSS prints it; None where undefined or 0.
        z: kappa over its error under the hypothesis of no agreement ("approximate T" in SPSS);
            None for a sparse table.
        p: two-sided p value of z; of a sparse 2x2 table, Fisher's exact one.
    """

    estimate: Estimate
    error: float | None = None
    z: float | None = None
    p: float | None = None

    @property
    def words(self) -> str:
        """The strength of the agreement in McHugh's words, or "undefined"."""
        return "undefined" if self.estimate.value is None else mchugh_words(self.estimate.value)

    def as_dict(self) -> dict[str, Any]:
        """Error, test and words, ready for JSON; the estimate stands beside them."""
        return {"ase": self.error, "z": self.z, "p": self.p, "mchugh": self.words}


def kappa(counts: NDArray[np.int64], rule: IntervalRule, *, weights: str | None = None) -> Kappa:
    """Return Cohen's kappa of a table of two raters.

    Cohen, Educ Psychol Meas 1960, 20, 37, and Psychol Bull 1968, 70, 213; errors after Fleiss,
    Cohen and Everitt, Psychol Bull 1969, 72, 323. Undefined where chance alone agrees always,
    that is where both raters give everybody the same one category. Weighted kappas have their
    interval on Fisher's z scale, from `FEWEST_WEIGHTED` cases on.

    Args:
        counts: square, (first rater, second rater), categories in order.
        rule: level of the interval.
        weights: None, "linear" or "quadratic".
    """
    n = int(counts.sum())
    used = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    if n == 0 or used.sum() < 2:
        return Kappa(Estimate.without_value(n))
    value, error, null = _kappa_and_errors(counts / n, n, agreement_weights(len(counts), weights))
    if error < 1e-9:
        # Perfect agreement: an error of 0 would claim that nothing is left to doubt.
        error = 0.0
    z = value / null if null > 1e-12 else None
    p = None if z is None else 2 * float(stats.norm.sf(abs(z)))
    if counts.shape == (2, 2) and stats.contingency.expected_freq(counts).min() < _FEWEST_EXPECTED:
        # The normal distribution is no guide here.
        z, p = None, float(stats.fisher_exact(counts).pvalue)
    estimate = rule.around(value, error, n, method="large sample").within(-1.0, 1.0)
    if weights is not None and estimate.has_interval and abs(value) < 1 - 1e-12:
        estimate = _weighted_interval(estimate, error, rule, weights)
    return Kappa(estimate, error or None, z, p)


def _weighted_interval(plain: Estimate, error: float, rule: IntervalRule, weights: str) -> Estimate:
    """Return a weighted kappa with its interval on Fisher's z scale, where that can be defended."""
    value, n = float(plain.value or 0.0), plain.n
    if n < FEWEST_WEIGHTED[weights]:
        return plain.bare(_FEW_WEIGHTED)
    middle, half = math.atanh(value), rule.z * error / (1 - value**2)
    ends = math.tanh(middle - half), math.tanh(middle + half)
    return Estimate(value, *ends, n, "large sample, z")


def _kappa_and_errors(
    shares: NDArray[np.float64], n: int, weights: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return kappa, its error, and its error without agreement beyond chance.

    Fleiss, Cohen and Everitt, Psychol Bull 1969, 72, 323, equations 8 and 9.
    """
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = np.outer(rows, columns)
    agreed, chance = float((weights * shares).sum()), float((weights * expected).sum())
    value = (agreed - chance) / (1 - chance)
    mean = (weights @ columns)[:, None] + rows @ weights
    own = (shares * (weights - (1 - value) * mean) ** 2).sum() - (value - chance * (1 - value)) ** 2
    null = (expected * (weights - mean) ** 2).sum() - chance**2
    scale = (1 - chance) * math.sqrt(n)
    return value, math.sqrt(max(0.0, float(own))) / scale, math.sqrt(max(0.0, float(null))) / scale
