"""Ordinal regression with a logit link, and its test of parallel lines, as SPSS PLUM has them.

McCullagh, J R Stat Soc B 1980, 42, 109: logit P(Y <= j) = threshold_j - B x. Libraries fit this
model, but not the general one with a slope for each threshold, which the test of parallel lines
compares it with. As the first is the second with equal slopes, one likelihood serves both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.cumulative import Array, Cumulative, maximum

#: For predictions, a log-likelihood that can gain no more than this is as good as the highest.
_ROUGH = 1e-6


@dataclass(frozen=True)
class Coefficient:
    """One line of the table of parameters.

    Attributes:
        value: the estimate.
        error: its standard error.
        low: lower end of its Wald interval.
        high: upper end.
    """

    value: float
    error: float
    low: float
    high: float

    @property
    def wald(self) -> float:
        """Return Wald's chi-square, with one degree of freedom."""
        return (self.value / self.error) ** 2

    @property
    def p(self) -> float:
        """Return the p value of Wald's chi-square."""
        return float(stats.chi2.sf(self.wald, 1))

    def rescale(self, factor: float) -> Coefficient:
        """Return the coefficient for a predictor in another unit."""
        a, b, c, d = (factor * x for x in (self.value, self.error, self.low, self.high))
        return Coefficient(a, b, c, d)


@dataclass(frozen=True)
class ChiSquare:
    """A test by the chi-square distribution.

    Attributes:
        chi2: the statistic; of a likelihood ratio, twice the difference of the log-likelihoods.
        df: degrees of freedom.
    """

    chi2: float
    df: int

    @property
    def p(self) -> float:
        """Return the p value."""
        return float(stats.chi2.sf(self.chi2, self.df))

    def as_dict(self) -> dict[str, float | int]:
        """Return everything by name, ready for JSON."""
        return {"chi2": self.chi2, "df": self.df, "p": self.p}


@dataclass(frozen=True)
class OrdinalFit:
    """A fitted model.

    Attributes:
        thresholds: one below each category but the first, ascending.
        slopes: B, one for each predictor; positive where it goes with higher categories.
        log_likelihood: at the maximum.
        null_log_likelihood: of the model with thresholds alone.
        n: cases.
        parallel_lines: test of equal slopes at all thresholds; None with two categories, or
            where the general model has no maximum, or is none.
        parallel_score: score test of the same, which needs no general model (Peterson and
            Harrell, Appl Stat 1990, 39, 205); None with two categories.
        observed_thresholds: the thresholds with errors from the observed information, as R and SAS
            print them; `thresholds` have them from the expected one, as SPSS does.
        observed_slopes: the slopes with those.
        free_slopes: the slope of the first predictor at each threshold in the general model, with
            errors from the observed information; empty where that has no maximum, or is none.
        lines_cross: with a slope for each threshold the lines cross among the cases, so that the
            general model would give negative probabilities: no model to test against.
    """

    thresholds: tuple[Coefficient, ...]
    slopes: tuple[Coefficient, ...]
    log_likelihood: float
    null_log_likelihood: float
    n: int
    parallel_lines: ChiSquare | None
    parallel_score: ChiSquare | None
    observed_thresholds: tuple[Coefficient, ...]
    observed_slopes: tuple[Coefficient, ...]
    free_slopes: tuple[Coefficient, ...]
    lines_cross: bool

    @property
    def model(self) -> ChiSquare:
        """Return the test of all slopes against none."""
        gain = 2 * (self.log_likelihood - self.null_log_likelihood)
        return ChiSquare(max(0.0, gain), len(self.slopes))

    @property
    def cox_snell(self) -> float:
        """Return Cox and Snell's pseudo R2."""
        return 1 - math.exp(2 * (self.null_log_likelihood - self.log_likelihood) / self.n)

    @property
    def nagelkerke(self) -> float:
        """Return Nagelkerke's pseudo R2 (Biometrika 1991, 78, 691)."""
        return self.cox_snell / (1 - math.exp(2 * self.null_log_likelihood / self.n))

    @property
    def mcfadden(self) -> float:
        """Return McFadden's pseudo R2."""
        return 1 - self.log_likelihood / self.null_log_likelihood


def fit_ordinal(x: Array, category: NDArray[np.intp], rule: IntervalRule) -> OrdinalFit | None:
    """Fit the proportional-odds model by maximum likelihood.

    Args:
        x: predictors, shape (cases, predictors), none of them constant.
        category: 0, 1, ... of each case; every category up to the highest has a case, and there
            are at least two.
        rule: level of the Wald intervals.

    Returns:
        None where the likelihood has no maximum: the predictors separate the categories.
    """
    model = _standard_model(x, category)
    counts = np.bincount(category)
    null = float((counts * np.log(counts / counts.sum())).sum())
    common = model.equal_slopes()
    fitted = _equal_maximum(model, counts)
    if fitted is None:
        return None
    at, likelihood = fitted
    expected = common.T @ model.expected_information(common @ at) @ common
    observed = -(common.T @ model.derivatives(common @ at)[1] @ common)
    thresholds, slopes = _coefficients(at, _inverse(expected), x, rule)
    observed_thresholds, observed_slopes = _coefficients(at, _inverse(observed), x, rule)
    free, cross = _general(model, common @ at)
    parallel = None
    if free is not None:
        df = model.predictors * (model.thresholds - 1)
        parallel = ChiSquare(max(0.0, 2 * (free[1] - likelihood)), df)
    return OrdinalFit(
        thresholds,
        slopes,
        likelihood,
        null,
        len(x),
        parallel,
        _score_test(model, common @ at),
        observed_thresholds,
        observed_slopes,
        () if free is None else _free_slopes(model, free[0], float(x[:, 0].std()), rule),
        cross,
    )


def fit_line(
    x: Array, category: NDArray[np.intp], start: tuple[Array, Array] | None = None
) -> tuple[Array, Array] | None:
    """Return thresholds and slopes of the proportional-odds model, without errors and tests.

    Arguments and None as of `fit_ordinal`.

    Args:
        x: predictors, shape (cases, predictors).
        category: of each case.
        start: thresholds and slopes near the maximum, which is then found sooner.
    """
    model, p = _standard_model(x, category), x.shape[1]
    fitted = _equal_maximum(model, np.bincount(category), _standard_start(start, x))
    if fitted is None:
        return None
    at = fitted[0]
    slopes = at[-p:] / x.std(axis=0)
    return at[:-p] + float(slopes @ x.mean(axis=0)), slopes


def _standard_start(start: tuple[Array, Array] | None, x: Array) -> Array | None:
    """Return thresholds and slopes in units of the predictors' standard deviations."""
    if start is None:
        return None
    thresholds, slopes = start
    return np.concatenate([thresholds - float(slopes @ x.mean(axis=0)), slopes * x.std(axis=0)])


def _standard_model(x: Array, category: NDArray[np.intp]) -> Cumulative:
    return Cumulative((x - x.mean(axis=0)) / x.std(axis=0), category)


def _equal_maximum(
    model: Cumulative, counts: NDArray[np.intp], start: Array | None = None
) -> tuple[Array, float] | None:
    if start is not None:
        return maximum(model, model.equal_slopes(), start, _ROUGH)
    start = np.concatenate([model.null_thresholds(counts), np.zeros(model.predictors)])
    return maximum(model, model.equal_slopes(), start)


def _inverse(information: Array) -> Array:
    return np.linalg.inv(information).astype(np.float64)


def _coefficients(
    at: Array, covariance: Array, x: Array, rule: IntervalRule
) -> tuple[tuple[Coefficient, ...], tuple[Coefficient, ...]]:
    """Return thresholds and slopes in the units of the predictors."""
    p, spread = x.shape[1], x.std(axis=0)
    k = len(at) - p
    # threshold_j - b (x - mean) / spread = (threshold_j + b mean / spread) - (b / spread) x
    back = np.eye(len(at))
    back[:k, k:] = x.mean(axis=0) / spread
    back[k:, k:] = np.diag(1 / spread)
    values, errors = back @ at, np.sqrt(np.diag(back @ covariance @ back.T))
    lines = tuple(
        _coefficient(float(v), float(e), rule) for v, e in zip(values, errors, strict=True)
    )
    return lines[:k], lines[k:]


def _general(model: Cumulative, start: Array) -> tuple[tuple[Array, float] | None, bool]:
    """Return the maximum with a slope for each threshold, and whether its lines cross."""
    if model.thresholds < 2:
        return None, False
    free = maximum(model, np.eye(len(start)), start)
    if free is None:
        return None, False
    return (None, True) if model.lines_cross(free[0]) else (free, False)


def _free_slopes(
    model: Cumulative, general: Array, spread: float, rule: IntervalRule
) -> tuple[Coefficient, ...]:
    """Return the slope of the first predictor at each threshold of the general model."""
    covariance = _inverse(-model.derivatives(general)[1])
    places = [t * (model.predictors + 1) + 1 for t in range(model.thresholds)]
    return tuple(
        _coefficient(float(general[i]) / spread, math.sqrt(covariance[i, i]) / spread, rule)
        for i in places
    )


def _coefficient(value: float, error: float, rule: IntervalRule) -> Coefficient:
    return Coefficient(value, error, value - rule.z * error, value + rule.z * error)


def _score_test(model: Cumulative, general: Array) -> ChiSquare | None:
    """Test equal slopes by the gradient of the general model where they are equal."""
    k, p = model.thresholds, model.predictors
    if k < 2:
        return None
    gradient, _ = model.derivatives(general)
    chi2 = float(gradient @ np.linalg.solve(model.expected_information(general), gradient))
    return ChiSquare(max(0.0, chi2), p * (k - 1))
