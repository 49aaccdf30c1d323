"""The empirical ROC curve, and what it says at one specificity or one sensitivity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.estimate import Numbers


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The points of a ROC curve, from (0, 0) to (1, 1).

    Attributes:
        false_positive: 1 - specificity at each threshold.
        true_positive: sensitivity at each threshold.
        thresholds: the smallest score that counts as positive, endless at (0, 0).
    """

    false_positive: Numbers
    true_positive: Numbers
    thresholds: Numbers


def roc_curve(scores: Numbers, diseased: NDArray[np.bool_]) -> RocCurve:
    """Return the empirical ROC curve, a point for each distinct score.

    Args:
        scores: higher means more likely diseased; shape (patients,), no NaN.
        diseased: the reference.
    """
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(diseased[order])[last_of_ties]
    alarms = np.cumsum(~diseased[order])[last_of_ties]
    start = np.zeros(1)
    return RocCurve(
        np.concatenate([start, alarms / max(1, int((~diseased).sum()))]),
        np.concatenate([start, hits / max(1, int(diseased.sum()))]),
        np.concatenate([[np.inf], scores[order][last_of_ties]]),
    )


def rates_at(ill: Numbers, well: Numbers, specificities: Numbers) -> Numbers:
    """Return the sensitivity at each specificity, on straight lines between the curve's points.

    Where several sensitivities have one specificity, it is the highest. With the two classes
    exchanged, and the scores in the opposite order, it is the specificity at each sensitivity.

    Args:
        ill: diseased patients by score, the highest score first; (..., scores).
        well: the same of the others.
        specificities: any number; (rates,).

    Returns:
        (..., rates), NaN without a patient in either class.
    """
    start = np.zeros((*ill.shape[:-1], 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        hits, alarms = (
            np.concatenate([start, np.cumsum(x, axis=-1) / x.sum(axis=-1, keepdims=True)], axis=-1)
            for x in (ill, well)
        )
    rates = np.empty((*ill.shape[:-1], len(specificities)))
    for i, specificity in enumerate(specificities):
        rates[..., i] = _height(alarms, hits, 1 - specificity)
    rates[(ill.sum(axis=-1) == 0) | (well.sum(axis=-1) == 0)] = np.nan
    return rates


def _height(x: Numbers, y: Numbers, at: float) -> Numbers:
    """Return the height of curves above a place, the upper end where they are vertical.

    Args:
        x: ascending, from 0 to 1; (..., points).
        y: ascending, the same shape.
        at: between 0 and 1.
    """
    # A rate of 1 - .9 is .1 and a little; a share of 1 in 10 is .1.
    before = (x <= at + 1e-12).sum(axis=-1, keepdims=True) - 1
    after = np.minimum(before + 1, x.shape[-1] - 1)
    x0, x1, y0, y1 = (
        np.take_along_axis(values, i, axis=-1)[..., 0]
        for values, i in ((x, before), (x, after), (y, before), (y, after))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(x1 > x0, (at - x0) / (x1 - x0), 0.0)
    return np.asarray(y0 + np.clip(share, 0.0, 1.0) * (y1 - y0))
