"""The likelihood of the general cumulative logit model, and its maximum."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

Array = NDArray[np.float64]

_STEPS = 100
_HALVINGS = 40
#: Newton's method stops when the log-likelihood can gain no more than this.
_GAIN = 1e-11
#: A slope, in logits for one standard deviation, that no finite maximum explains.
_ENDLESS = 200.0


class Cumulative:
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
        """Return the thresholds of the model without predictors, from cases by category."""
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

    def lines_cross(self, parameters: Array) -> bool:
        """Say whether a higher threshold's line lies below a lower one's at some case."""
        lines = self._z @ parameters.reshape(self.thresholds, -1).T
        return bool((np.diff(lines, axis=1) <= 0).any())

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
        up, down = _relative_densities(above, below)
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

    def expected_information(self, parameters: Array) -> Array:
        """Return the expected information, from which PLUM takes its standard errors."""
        lines = self._z @ parameters.reshape(self.thresholds, -1).T
        ends = np.full((len(lines), 1), np.inf)
        edges = np.hstack([-ends, lines, ends])
        up, down = _relative_densities(edges[:, 1:], edges[:, :-1])
        # The density at each threshold over the probability on either side of it.
        by_under, by_over = up[:, :-1], down[:, 1:]
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


def _relative_densities(above: Array, below: Array) -> tuple[Array, Array]:
    """Return the logistic densities at two logits over the probability between them.

    By way of logarithms, as far out in the tails density and probability are both 0.
    """
    gap = -np.expm1(below - above)
    up = np.exp(log_expit(-above) - log_expit(-below)) / gap
    down = np.exp(log_expit(below) - log_expit(above)) / gap
    return up, down


def maximum(
    model: Cumulative, matrix: Array, start: Array, gain: float = _GAIN
) -> tuple[Array, float] | None:
    """Return (parameters, log-likelihood) at the maximum, or None without one.

    Newton's method with step halving on the parameters that `matrix` maps to the general ones; it
    stops when the log-likelihood can gain no more than `gain`.
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
        if gradient @ step < gain:
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
