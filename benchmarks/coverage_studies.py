"""Draws of studies for `benchmarks.coverage`: lines, reclassification, readers, ordinal models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics import (
    SCOPES,
    Coefficient,
    Estimate,
    IntervalRule,
    Numbers,
    deming,
    fit_ordinal,
    fleiss,
    kappa,
    multireader,
    net_reclassification,
    passing_bablok,
    reader_areas,
    somers_d,
)

RULE = IntervalRule(draws=500)

Draw = Callable[[float, int, np.random.Generator], tuple[Estimate, float]]

#: Variances of readers, and of readers with a system (Roe and Metz, Acad Radiol 1997, 4, 298).
_READER, _READER_SYSTEM = 0.011, 0.011
_READERS = 5

#: Slope of the ordinal model, in logits for 1 mL, is this times p.
_SLOPE = 40.0


def _methods(
    p: float, n: int, rng: np.random.Generator, *, shares: bool
) -> tuple[Numbers, Numbers]:
    """Return two methods of one measurement, skewed as calcium is, of reliability (1 + p) / 2.

    Their errors are of one size, or shares of the measurement; then their logarithms are returned.
    """
    logs = rng.normal(4, 1.2, n)
    lost = (1 - p) / (1 + p)
    if shares:
        off = rng.normal(0, 1.2 * np.sqrt(lost), (2, n))
        first, second = logs + off
        return first, second
    truth = np.exp(logs)
    first, second = truth + rng.normal(0, truth.std() * np.sqrt(lost), (2, n))
    return first, second


def _deming(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return deming(*_methods(p, n, rng, shares=False), RULE).slope, 1.0


def _passing_bablok(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return passing_bablok(*_methods(p, n, rng, shares=False), RULE).line.slope, 1.0


def _intercept(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return passing_bablok(*_methods(p, n, rng, shares=False), RULE).line.intercept, 0.0


def _exponent(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return passing_bablok(*_methods(p, n, rng, shares=True), RULE).line.slope, 1.0


def _factor(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return deming(*_methods(p, n, rng, shares=True), RULE).intercept, 0.0


def _nri(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    event = np.arange(n) < n // 2
    up, drawn = np.where(event, p / 2, 0.1), rng.random(n)
    moves = np.where(drawn < up, 1.0, np.where(drawn < up + 0.1, -1.0, 0.0))
    return net_reclassification(moves, np.zeros(n), event, RULE).total, p / 2 - 0.1


def _copies(p: float, n: int, readers: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return categories, (cases, readers): each sees the true one with probability sqrt(p)."""
    shares = [0.4, 0.3, 0.2, 0.1]
    truth = rng.choice(4, (n, 1), p=shares)
    own = rng.choice(4, (n, readers), p=shares)
    return np.where(rng.random((n, readers)) < np.sqrt(p), truth, own)


def _fleiss(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    seen = _copies(p, n, 3, rng)
    return fleiss((seen[:, :, None] == np.arange(4)).sum(axis=1), RULE), p


def _weighted(weights: str) -> Draw:
    def draw(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
        counts = np.zeros((4, 4), dtype=np.int64)
        np.add.at(counts, tuple(_copies(p, n, 2, rng).T), 1)
        return kappa(counts, RULE, weights=weights).estimate, p

    return draw


def _areas(p: float, n: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return areas of two systems and five readers, and without each case, by Roe and Metz."""
    ill = np.arange(n) < n // 2
    spread = 2 + 2 * (_READER + _READER_SYSTEM)
    shift = stats.norm.ppf(p) * np.sqrt(spread)
    # Readers differ in how they see the diseased and the others; cases, in four ways.
    reader = rng.normal(0, np.sqrt(_READER), (1, _READERS, 2))
    both = reader + rng.normal(0, np.sqrt(_READER_SYSTEM), (2, _READERS, 2))
    scores = both[..., ill.astype(np.intp)] + shift * ill
    for variance, shape in ((0.3, (1, 1, n)), (0.3, (2, 1, n)), (0.2, (1, _READERS, n)),
                            (0.2, (2, _READERS, n))):  # fmt: skip
        scores = scores + rng.normal(0, np.sqrt(variance), shape)
    return reader_areas(scores, ill)


def _mean_area(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return multireader(*_areas(p, n, rng), RULE).means[0][SCOPES[0]].estimate, p


def _area_difference(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return multireader(*_areas(p, n, rng), RULE).differences[0, 1][SCOPES[0]].estimate, 0.0


def _somers(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    category = np.arange(n) % 3
    step = np.sqrt(2) * stats.norm.ppf(p)
    m = np.bincount(category, minlength=3)
    weights = np.array([m[0] * m[1], m[1] * m[2], m[0] * m[2]])
    each = 2 * stats.norm.cdf(np.array([1, 1, 2]) * step / np.sqrt(2)) - 1
    truth = float((weights * each).sum() / weights.sum())
    return somers_d(rng.normal(size=n) + step * category, category, RULE), truth


def _grades(
    p: float, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return volumes in mL, and grades without a gap."""
    x = rng.gamma(0.8, 0.12, n)
    grades = np.digitize(_SLOPE * p * x + rng.logistic(size=n), [0.5, 3])
    return x, np.searchsorted(np.unique(grades), grades)


def _wald(kind: str) -> Draw:
    """Return draws of the slope; at a threshold without an interval below 100 arteries."""
    fewest = 100 if kind == "free_slopes" else 0

    def draw(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
        x, category = _grades(p, n, rng)
        fit = fit_ordinal(x[:, None], category, RULE) if category.max() == 2 else None
        lines: tuple[Coefficient, ...] = getattr(fit, kind) if fit else ()
        if not lines or n < fewest:
            return Estimate.without_value(n), 0.0
        return Estimate(lines[0].value, lines[0].low, lines[0].high, n), _SLOPE * p

    return draw


STUDIES: dict[str, Draw] = {
    "Deming slope": _deming,
    "Passing–Bablok slope": _passing_bablok,
    "Passing–Bablok intercept": _intercept,
    "exponent (Passing–Bablok of logarithms)": _exponent,
    "factor (Deming of logarithms)": _factor,
    "NRI": _nri,
    "Fleiss' kappa, three readers": _fleiss,
    "kappa with linear weights, four categories": _weighted("linear"),
    "kappa with quadratic weights, four categories": _weighted("quadratic"),
    "mean AUC of five readers, random readers and cases": _mean_area,
    "difference of two systems, random readers and cases": _area_difference,
    "Somers' D, three grades": _somers,
    "ordinal B, expected information": _wald("slopes"),
    "ordinal B, observed information": _wald("observed_slopes"),
    "slope at the first threshold": _wald("free_slopes"),
}
