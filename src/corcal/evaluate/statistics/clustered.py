"""Proportions of arteries, of which a patient has several: patients are the clusters."""

from __future__ import annotations

import math

import numpy as np

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule, wilson_share


def clustered_proportion(hits: Numbers, sizes: Numbers, rule: IntervalRule) -> Estimate:
    """Return a pooled proportion with an interval that knows which cases are of one patient.

    The variance is that of a ratio of patients' sums (Rao and Scott, Biometrics 1992, 48, 577;
    Obuchowski, Biometrics 1998, 54, 1178 states it for several units a patient). Cases are then
    counted as so many independent ones as have that variance, and the interval is Wilson's of
    that number, never more than there are.

    Args:
        hits: hits of each patient, (patients,).
        sizes: cases of each patient, 0 or more.
        rule: level of the interval.

    Returns:
        n is the number of cases; undefined without any. No interval with fewer than two patients.
    """
    known = sizes > 0
    hits, sizes = hits[known], sizes[known]
    patients, n = len(sizes), int(sizes.sum())
    if n == 0:
        return Estimate.without_value(0)
    share = float(hits.sum() / n)
    if patients < 2:
        return Estimate(share, None, None, n, no_interval="one patient alone")
    effective = float(n)
    if 0 < share < 1:
        rest = float(((hits - share * sizes) ** 2).sum())
        variance = patients / (patients - 1) * rest / n**2
        if variance <= 0:
            return Estimate(share, None, None, n, no_interval=NO_ERROR)
        effective = min(float(n), share * (1 - share) / variance)
    else:
        # Nobody differs: the patients, not their arteries, are what is known to be independent.
        effective = float(patients)
    return Estimate(share, *wilson_share(share, effective, rule), n, "Wilson, clustered by patient")


def design_effect(hits: Numbers, sizes: Numbers) -> float | None:
    """Return by how much clustering widens the variance of a proportion; None where undefined."""
    patients, n = int((sizes > 0).sum()), float(sizes.sum())
    share = float(hits.sum()) / n if n else 0.0
    if patients < 2 or not 0 < share < 1:
        return None
    variance = patients / (patients - 1) * float(((hits - share * sizes) ** 2).sum()) / n**2
    return variance / (share * (1 - share) / n) if math.isfinite(variance) else None


def patient_sums(values: Numbers, known: Numbers) -> tuple[Numbers, Numbers]:
    """Return hits and cases of each patient from what is known of each artery.

    Args:
        values: 1 or 0, (patients, arteries).
        known: whether the cell counts, of the same shape.
    """
    return np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64)
