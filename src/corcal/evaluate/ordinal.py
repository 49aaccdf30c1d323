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
from scipy.special import expit, log_expit

from corcal.evaluate.interval import IntervalRule

Array = NDArray[np.float64]

_STEPS = 100
_HALVINGS = 40
#: Newton's method stops when the log-likelihood can gain no more than this.
_GAIN = 1e-11
#: A slope, in logits for one standard deviation, that no finite maximum explains.
_ENDLESS = 200.0


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

    def scaled(self, factor: float) -> Coefficient:
        """Return the coefficient for a predictor in another unit."""
        a, b, c, d = (factor * x for x in (self.value, self.error, self.low, self.high))
        return Coefficient(a, b, c, d)


@dataclass(frozen=True)
class ChiSquare:
    """A likelihood-ratio test.

    Attributes:
        chi2: twice the difference of the log-likelihoods.
        df: degrees of freedom.
    """

    chi2: float
    df: int

    @property
    def p(self) -> float:
        """Return the p value."""
        return float(stats.chi2.sf(self.chi2, self.df))


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
            where the general model has no maximum.
    """

    thresholds: tuple[Coefficient, ...]
    slopes: tuple[Coefficient, ...]
    log_likelihood: float
    null_log_likelihood: float
    n: int
    parallel_lines: ChiSquare | None

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
    spread = x.std(axis=0)
    model = _Cumulative((x - x.mean(axis=0)) / spread, category)
    counts = np.bincount(category)
    null = float((counts * np.log(counts / counts.sum())).sum())
    parallel = model.equal_slopes()
    start = np.concatenate([model.null_thresholds(counts), np.zeros(x.shape[1])])
    found = _maximum(model, parallel, start)
    if found is None:
        return None
    at, likelihood = found
    information = parallel.T @ model.expected(parallel @ at) @ parallel
    covariance = np.linalg.inv(information).astype(np.float64)
    thresholds, slopes = _coefficients(at, covariance, x, rule)
    return OrdinalFit(
        thresholds, slopes, likelihood, null, len(x), _parallel_lines(model, at, likelihood)
    )


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
        Coefficient(float(v), float(e), float(v - rule.z * e), float(v + rule.z * e))
        for v, e in zip(values, errors, strict=True)
    )
    return lines[:k], lines[k:]


def _parallel_lines(model: _Cumulative, at: Array, likelihood: float) -> ChiSquare | None:
    """Compare with the model that has a slope for each threshold."""
    k, p = model.thresholds, model.predictors
    if k < 2:
        return None
    free = _maximum(model, np.eye(k * (p + 1)), model.equal_slopes() @ at)
    return None if free is None else ChiSquare(max(0.0, 2 * (free[1] - likelihood)), p * (k - 1))


class _Cumulative:
    """The likelihood of the general model: at each threshold an intercept and its slopes."""

    def __init__(self, x: Array, category: NDArray[np.intp]) -> None:
        self._category = category
        self._z = np.column_stack([np.ones(len(x)), -x])
        self.predictors = x.shape[1]
        self.thresholds = int(category.max())

    def equal_slopes(self) -> Array:
        """Return the matrix from (thresholds, common slopes) to the general parameters."""
        k, p = self.thresholds, self.predictors
        matrix = np.zeros((k, p + 1, k + p))
        matrix[np.arange(k), 0, np.arange(k)] = 1
        matrix[:, np.arange(1, p + 1), np.arange(k, k + p)] = 1
        return matrix.reshape(k * (p + 1), k + p)

    def null_thresholds(self, counts: NDArray[np.intp]) -> Array:
        below = np.cumsum(counts)[:-1] / counts.sum()
        thresholds: Array = np.log(below / (1 - below))
        return thresholds

    def bounds(self, parameters: Array) -> tuple[Array, Array]:
        """Return the logits above and below each case's category."""
        lines = self._z @ parameters.reshape(self.thresholds, -1).T
        ends = np.full((len(lines), 1), np.inf)
        lines = np.hstack([-ends, lines, ends])
        case = np.arange(len(lines))
        return lines[case, self._category + 1], lines[case, self._category]

    def value(self, parameters: Array) -> float:
        """Return the log-likelihood; minus infinity where two lines cross at a case."""
        above, below = self.bounds(parameters)
        if (above <= below).any():
            return -math.inf
        return float(
            (log_expit(above) + log_expit(-below) + np.log(-np.expm1(below - above))).sum()
        )

    def derivatives(self, parameters: Array) -> tuple[Array, Array]:
        """Return gradient and second derivatives."""
        above, below = self.bounds(parameters)
        gap = -np.expm1(below - above)
        # Densities at both ends over the probability between them, in a form that stays exact
        # far out in the tails.
        up = expit(-above) / (expit(-below) * gap)
        down = expit(below) / (expit(above) * gap)
        up_twice = up * (1 - 2 * expit(above)) - up**2
        down_twice = -down * (1 - 2 * expit(below)) - down**2
        k, width = self.thresholds, self.predictors + 1
        gradient = np.zeros((k, width))
        second = np.zeros((k, width, k, width))
        for t in range(k):
            over, under = self._category == t, self._category == t + 1
            gradient[t] = self._z[over].T @ up[over] - self._z[under].T @ down[under]
            second[t, :, t] = self._moment(over, up_twice) + self._moment(under, down_twice)
            if t + 1 < k:
                both = self._moment(under, up * down)
                second[t, :, t + 1], second[t + 1, :, t] = both, both.T
        return gradient.ravel(), second.reshape(k * width, k * width)

    def expected(self, parameters: Array) -> Array:
        """Return the expected information, from which PLUM takes its standard errors."""
        lines = self._z @ parameters.reshape(self.thresholds, -1).T
        ends = np.full((len(lines), 1), np.inf)
        edges = np.hstack([-ends, lines, ends])
        above, below = edges[:, 1:], edges[:, :-1]
        gap = -np.expm1(below - above)
        # The density at each threshold over the probability on either side of it.
        by_under = (expit(-above) / (expit(-below) * gap))[:, :-1]
        by_over = (expit(below) / (expit(above) * gap))[:, 1:]
        density = expit(lines) * expit(-lines)
        k, width = self.thresholds, self.predictors + 1
        information = np.zeros((k, width, k, width))
        everyone = np.ones(len(lines), dtype=np.bool_)
        for t in range(k):
            own = density[:, t] * (by_under[:, t] + by_over[:, t])
            information[t, :, t] = self._moment(everyone, own)
            if t + 1 < k:
                shared = self._moment(everyone, -density[:, t + 1] * by_over[:, t])
                information[t, :, t + 1], information[t + 1, :, t] = shared, shared.T
        return information.reshape(k * width, k * width)

    def _moment(self, cases: NDArray[np.bool_], weight: Array) -> Array:
        z = self._z[cases]
        moment: Array = (z * weight[cases, None]).T @ z
        return moment


def _maximum(model: _Cumulative, matrix: Array, start: Array) -> tuple[Array, float] | None:
    """Return (parameters, log-likelihood) at the maximum, or None without one.

    Newton's method with step halving on the parameters that `matrix` maps to the general ones.
    """
    at, value = start, model.value(matrix @ start)
    for _ in range(_STEPS):
        gradient, second = model.derivatives(matrix @ at)
        gradient, information = matrix.T @ gradient, -(matrix.T @ second @ matrix)
        try:
            covariance = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            return None
        step = covariance @ gradient
        if gradient @ step < _GAIN:
            good = (np.diag(covariance) > 0).all() and np.abs(at).max() < _ENDLESS
            return (at, value) if good else None
        for halving in range(_HALVINGS):
            tried = at + step / 2**halving
            reached = model.value(matrix @ tried)
            if reached > value:
                break
        else:
            return None
        at, value = tried, reached
    return None
