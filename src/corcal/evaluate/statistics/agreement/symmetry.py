"""Tests of two raters who put the same cases into categories: do they differ in a pattern."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corcal.evaluate.statistics.ordinal.proportional_odds import ChiSquare

Counts = NDArray[np.int64]


def bowker(counts: Counts) -> ChiSquare | None:
    """Return Bowker's test of symmetry: each confusion is as frequent as its opposite.

    Bowker, JASA 1948, 43, 572; with two categories it is McNemar's test. Pairs of categories that
    are never confused say nothing and take no degree of freedom. None without a confusion.

    Args:
        counts: square, (first rater, second rater).
    """
    upper = np.triu_indices(len(counts), k=1)
    there, back = counts[upper].astype(np.float64), counts.T[upper].astype(np.float64)
    met = there + back > 0
    if not met.any():
        return None
    chi2 = float(((there - back)[met] ** 2 / (there + back)[met]).sum())
    return ChiSquare(chi2, int(met.sum()))


def stuart_maxwell(counts: Counts) -> ChiSquare | None:
    """Return the test of marginal homogeneity: both raters use each category as often.

    Stuart, Biometrika 1955, 42, 412; Maxwell, Br J Psychiatry 1970, 116, 651. The degrees of
    freedom are the rank of the covariance: fewer than categories less one where some are never
    confused with the others. None without a confusion.

    Args:
        counts: square, (first rater, second rater).
    """
    n = counts.astype(np.float64)
    excess = n.sum(axis=1) - n.sum(axis=0)
    both = n + n.T
    np.fill_diagonal(both, 0.0)
    covariance = np.diag(both.sum(axis=1)) - both
    rank = int(np.linalg.matrix_rank(covariance))
    if rank == 0:
        return None
    return ChiSquare(float(excess @ np.linalg.pinv(covariance) @ excess), rank)
