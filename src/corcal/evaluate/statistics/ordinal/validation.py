"""Cross-validation of the proportional-odds model: calibration, Brier scores, discrimination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.cumulative import Array
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_line
from corcal.evaluate.statistics.ordinal.somers import somers_d

#: Parts into which the cases are divided; each is predicted by a model of all others.
FOLDS = 10

#: Why calibration has no interval: the large-sample one held a true 1 in 86 of 100 with 20 cases
#: and in all of them with 100 (docs/evaluation.md, "Coverage").
SHARED = "the parts share nine tenths of their cases: no large-sample error describes them"


@dataclass(frozen=True)
class OrdinalValidation:
    """A model held against cases that it has not seen.

    Attributes:
        folds: parts of the cross-validation.
        slope: of the outcome on the prediction: 1 where it is right, below 1 where it claims too
            much.
        excess: at each category from the second on: observed less predicted share of cases in it
            or a higher one.
        brier: at each of these, the mean squared error of that probability.
        brier_of_shares: the same of the shares of the categories alone, without the measurement.
        somers_d: of the measurement, which a single slope cannot make better than it is.
    """

    folds: int
    slope: Estimate
    excess: tuple[Estimate, ...]
    brier: tuple[float, ...]
    brier_of_shares: tuple[float, ...]
    somers_d: Estimate

    @property
    def ranked_probability_score(self) -> float:
        """The mean of the Brier scores (Epstein, J Appl Meteorol 1969, 8, 985)."""
        return float(np.mean(self.brier))

    @property
    def skill(self) -> float:
        """The share by which that is smaller than of the shares alone; 0 or less: of no use."""
        return 1 - self.ranked_probability_score / float(np.mean(self.brier_of_shares))

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "folds": self.folds,
            "calibration_slope": self.slope.as_dict(),
            "observed_less_predicted": [e.as_dict() for e in self.excess],
            "brier": list(self.brier),
            "brier_of_shares": list(self.brier_of_shares),
            "ranked_probability_score": self.ranked_probability_score,
            "skill": self.skill,
            "somers_d": self.somers_d.as_dict(),
        }


def validate_ordinal(
    x: Array, category: NDArray[np.intp], rule: IntervalRule
) -> OrdinalValidation | None:
    """Return the cross-validation of the proportional-odds model with one predictor.

    Each part has its share of every category; which cases it has is drawn with the rule's seed.

    Args:
        x: the predictor, (cases,).
        category: 0, 1, ... of each case, none empty.
        rule: level of the intervals, and the seed.

    Returns:
        None where a category has a single case, or the model of some part has no maximum.
    """
    counts = np.bincount(category)
    if len(counts) < 2 or counts.min() < 2:
        return None
    whole = fit_line(x[:, None], category)
    if whole is None:
        return None
    part = _draw_parts(category, np.random.default_rng(rule.seed))
    line, predicted = np.empty(len(x)), np.empty((len(x), len(counts) - 1))
    shares = np.empty_like(predicted)
    for fold in range(FOLDS):
        out, rest = part == fold, part != fold
        if not out.any():
            continue
        fitted = fit_line(x[rest, None], category[rest], whole) if np.ptp(x[rest]) else None
        if fitted is None:
            return None
        thresholds, slopes = fitted
        line[out] = slopes[0] * x[out]
        predicted[out] = expit(line[out][:, None] - thresholds)
        known = np.bincount(category[rest], minlength=len(counts))
        shares[out] = 1 - np.cumsum(known)[:-1] / known.sum()
    reached = (category[:, None] > np.arange(len(counts) - 1)).astype(np.float64)
    return OrdinalValidation(
        FOLDS,
        _calibration_slope(line, category, whole[0]),
        tuple(_excess(column) for column in (reached - predicted).T),
        tuple(map(float, ((reached - predicted) ** 2).mean(axis=0))),
        tuple(map(float, ((reached - shares) ** 2).mean(axis=0))),
        somers_d(x, category, rule),
    )


def _draw_parts(category: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the part of each case, each category spread over all."""
    order = rng.permutation(len(category))
    order = order[np.argsort(category[order], kind="stable")]
    part = np.empty(len(category), dtype=np.intp)
    part[order] = np.arange(len(category)) % FOLDS
    return part


def _calibration_slope(line: Array, category: NDArray[np.intp], thresholds: Array) -> Estimate:
    n = len(line)
    start = thresholds, np.ones(1)
    fitted = fit_line(line[:, None], category, start) if np.ptp(line) else None
    if fitted is None:
        return Estimate.without_value(n)
    return Estimate(float(fitted[1][0]), None, None, n, no_interval=SHARED)


def _excess(off: Array) -> Estimate:
    return Estimate(float(off.mean()), None, None, len(off), no_interval=SHARED)
