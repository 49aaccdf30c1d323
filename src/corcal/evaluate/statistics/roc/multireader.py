"""Several readers with several systems on the same cases: Obuchowski and Rockette's analysis.

Obuchowski and Rockette, Commun Stat Simul Comput 1995, 24, 285, with Hillis' degrees of freedom
(Stat Med 2007, 26, 596) and covariances by the jackknife over cases. A figure of each system and
reader is an observation of a two-way layout whose errors hang together by the cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import ChiSquare

#: What a result speaks of: other readers and cases, other cases, or other readers.
SCOPES = ("random readers, random cases", "fixed readers, random cases",
          "random readers, fixed cases")  # fmt: skip

_ONE_READER = "one reader alone: readers have no spread"


@dataclass(frozen=True)
class Contrast:
    """A figure averaged over readers, or a difference of two, in one scope.

    Attributes:
        estimate: with its interval; n is the number of cases. A difference has the plain interval,
            a figure that of its logit: near 1 the plain one holds the truth in 89 to 93 of 100.
        error: the standard error; None where there is none.
        df: degrees of freedom of its t; None for the normal distribution, or without an error.
        p: two-sided p value of no difference; None without an error, and for a figure itself.
    """

    estimate: Estimate
    error: float | None
    df: float | None
    p: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return self.estimate.as_dict() | {"error": self.error, "df": self.df, "p": self.p}


@dataclass(frozen=True)
class Components:
    """Components of variance, by which a study can be planned.

    Attributes:
        reader: of readers.
        system_by_reader: of what is left between systems and readers.
        error: of a figure by its cases.
        cov1: between systems of one reader.
        cov2: between readers of one system.
        cov3: between other readers of other systems.
    """

    reader: float
    system_by_reader: float
    error: float
    cov1: float
    cov2: float
    cov3: float

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class MultiReader:
    """The analysis of one figure.

    Attributes:
        values: of each system and reader, (systems, readers).
        n: cases behind the figure.
        means: of each system, by scope.
        differences: of each two systems, first - second, by scope, for every pair (i, k), i < k.
        of_readers: of each pair of systems: the difference of each reader, over cases.
        overall: p value of no difference between all systems, by scope.
        components: of variance; None with one system or one reader.
    """

    values: Numbers
    n: int
    means: tuple[Mapping[str, Contrast], ...]
    differences: Mapping[tuple[int, int], Mapping[str, Contrast]]
    of_readers: Mapping[tuple[int, int], tuple[Contrast, ...]]
    overall: Mapping[str, float | None]
    components: Components | None


def reader_areas(scores: Numbers, diseased: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return the area under each reader's ROC curve with each system, and without each case.

    Args:
        scores: (systems, readers, cases), no NaN; higher means more likely diseased.
        diseased: (cases,); at least two cases with and two without.

    Returns:
        (systems, readers) and (cases, systems, readers).
    """
    ill, well = scores[..., diseased], scores[..., ~diseased]
    m, n = ill.shape[-1], well.shape[-1]
    together = stats.rankdata(np.concatenate([ill, well], axis=-1), axis=-1)
    of_ill = (together[..., :m] - stats.rankdata(ill, axis=-1)) / n
    of_well = 1 - (together[..., m:] - stats.rankdata(well, axis=-1)) / m
    whole = of_ill.mean(axis=-1)
    left_out = np.empty((len(diseased), *whole.shape))
    left_out[diseased] = np.moveaxis((m * whole[..., None] - of_ill) / (m - 1), -1, 0)
    left_out[~diseased] = np.moveaxis((n * whole[..., None] - of_well) / (n - 1), -1, 0)
    return whole, left_out


def reader_shares(right: Numbers) -> tuple[Numbers, Numbers]:
    """Return the share of cases that each reader calls rightly, and without each case.

    Args:
        right: 1 or 0, (systems, readers, cases); of the diseased cases for a sensitivity, of the
            others for a specificity; at least two.

    Returns:
        (systems, readers) and (cases, systems, readers).
    """
    n = right.shape[-1]
    whole = right.mean(axis=-1)
    return whole, np.moveaxis((n * whole[..., None] - right) / (n - 1), -1, 0)


def multireader(values: Numbers, left_out: Numbers, rule: IntervalRule) -> MultiReader:
    """Return Obuchowski and Rockette's analysis of a figure.

    Args:
        values: of each system and reader, (systems, readers).
        left_out: the same without each case, (cases, systems, readers).
        rule: level of the intervals.
    """
    layout = _Layout(values, left_out, rule)
    systems = len(values)
    pairs = [(i, k) for i in range(systems) for k in range(i + 1, systems)]
    return MultiReader(
        values,
        len(left_out),
        tuple(layout.mean(i) for i in range(systems)),
        {pair: layout.difference(*pair) for pair in pairs},
        {pair: layout.of_readers(*pair) for pair in pairs},
        layout.overall(),
        layout.components(),
    )


class _Layout:
    """Mean squares and covariances of systems by readers."""

    def __init__(self, values: Numbers, left_out: Numbers, rule: IntervalRule) -> None:
        self.values, self.rule = values, rule
        self.t, self.r = values.shape
        self.n = len(left_out)
        off = (left_out - left_out.mean(axis=0)).reshape(self.n, -1)
        factor = (self.n - 1) / self.n
        #: Covariances of the figures, (systems, readers, systems, readers).
        self.cov = (factor * off.T @ off).reshape(self.t, self.r, self.t, self.r)
        system, reader = np.indices((self.t, self.r))
        same_system = system[..., None, None] == system
        same_reader = reader[..., None, None] == reader
        self.error = self._mean(same_system & same_reader)
        self.cov1 = self._mean(~same_system & same_reader)
        self.cov2 = self._mean(same_system & ~same_reader)
        self.cov3 = self._mean(~same_system & ~same_reader)
        by_system, by_reader = values.mean(axis=1), values.mean(axis=0)
        rest = values - by_system[:, None] - by_reader + values.mean()
        self.ms_system = self.r * float(np.var(by_system, ddof=1)) if self.t > 1 else 0.0
        self.ms_reader = self.t * float(np.var(by_reader, ddof=1)) if self.r > 1 else 0.0
        self.df_rest = (self.t - 1) * (self.r - 1)
        self.ms_rest = float((rest**2).sum()) / self.df_rest if self.df_rest else 0.0

    def _mean(self, where: NDArray[np.bool_]) -> float:
        return float(self.cov[where].mean()) if where.any() else 0.0

    def _denominators(self) -> tuple[float, float, float]:
        """Return what the mean square of systems is held against, by scope."""
        shared = max(self.cov2 - self.cov3, 0.0)
        fixed = self.error - self.cov1 + (self.r - 1) * shared
        return self.ms_rest + self.r * shared, fixed, self.ms_rest

    def difference(self, i: int, k: int) -> dict[str, Contrast]:
        """Return the difference of two systems by scope, its error from all systems."""
        value = float(self.values[i].mean() - self.values[k].mean())
        both, fixed, readers = self._denominators()
        df = both**2 / (self.ms_rest**2 / self.df_rest) if self.ms_rest > 0 else None
        by_reader = self.r > 1
        return {
            SCOPES[0]: self._contrast(value, 2 / self.r * both, df, by_reader),
            SCOPES[1]: self._contrast(value, 2 / self.r * fixed, math.inf, True),
            SCOPES[2]: self._contrast(value, 2 / self.r * readers, self.df_rest, by_reader),
        }

    def mean(self, i: int) -> dict[str, Contrast]:
        """Return the figure of a system over readers by scope, from its own readers alone."""
        own = self.values[i]
        value, by_reader = float(own.mean()), self.r > 1
        ms = float(np.var(own, ddof=1)) if by_reader else 0.0
        among = self.cov[i, :, i, :]
        error = float(np.diag(among).mean())
        shared = float(among[~np.eye(self.r, dtype=np.bool_)].mean()) if by_reader else 0.0
        both = ms + max(self.r * shared, 0.0)
        df = both**2 / (ms**2 / (self.r - 1)) if ms > 0 else None
        variances = both / self.r, (error + (self.r - 1) * shared) / self.r, ms / self.r
        found = (
            self._contrast(value, variances[0], df, by_reader),
            self._contrast(value, variances[1], math.inf, True),
            self._contrast(value, variances[2], self.r - 1, by_reader),
        )
        return {
            scope: Contrast(self._on_logit_scale(c), c.error, c.df)
            for scope, c in zip(SCOPES, found, strict=True)
        }

    def _on_logit_scale(self, c: Contrast) -> Estimate:
        """Return a figure with the interval of its logit; none where it is 0 or 1."""
        value = float(c.estimate.value or 0.0)
        if c.error is None:
            return c.estimate
        if not 0 < value < 1:
            return c.estimate.bare(NO_ERROR)
        t = float(stats.t.ppf(0.5 + self.rule.confidence / 2, math.inf if c.df is None else c.df))
        middle, half = math.log(value / (1 - value)), t * c.error / (value * (1 - value))
        low, high = (float(stats.logistic.cdf(middle + d)) for d in (-half, half))
        return Estimate(value, low, high, self.n, "Obuchowski and Rockette, logit")

    def of_readers(self, i: int, k: int) -> tuple[Contrast, ...]:
        """Return the difference of two systems for each reader, over cases."""
        found = []
        for j in range(self.r):
            variance = self.cov[i, j, i, j] + self.cov[k, j, k, j] - 2 * self.cov[i, j, k, j]
            value = float(self.values[i, j] - self.values[k, j])
            found.append(self._contrast(value, float(variance), math.inf, True))
        return tuple(found)

    def overall(self) -> dict[str, float | None]:
        """Return p values of no difference between all systems, by scope."""
        both, fixed, readers = self._denominators()
        df = self.t - 1
        p: dict[str, float | None] = dict.fromkeys(SCOPES)
        if df and fixed > 0:
            p[SCOPES[1]] = ChiSquare(df * self.ms_system / fixed, df).p
        if df and self.ms_rest > 0:
            inner = both**2 / (self.ms_rest**2 / self.df_rest)
            p[SCOPES[0]] = float(stats.f.sf(self.ms_system / both, df, inner))
            p[SCOPES[2]] = float(stats.f.sf(self.ms_system / readers, df, self.df_rest))
        return p

    def components(self) -> Components | None:
        """Return the components of variance; None without two systems and two readers."""
        if not self.df_rest:
            return None
        reader = (self.ms_reader - self.ms_rest) / self.t - self.cov1 + self.cov3
        shared = max(self.cov2 - self.cov3, 0.0)
        rest = self.ms_rest - self.error + self.cov1 + shared
        return Components(reader, rest, self.error, self.cov1, self.cov2, self.cov3)

    def _contrast(self, value: float, variance: float, df: float | None, defined: bool) -> Contrast:
        plain = Estimate(value, None, None, self.n)
        if not defined:
            return Contrast(plain.bare(_ONE_READER), None, None)
        # What is left of equal terms after subtraction is no variance.
        if df is None or not variance > 1e-15:
            return Contrast(plain.bare(NO_ERROR), None, None)
        error = math.sqrt(variance)
        half = float(stats.t.ppf(0.5 + self.rule.confidence / 2, df)) * error
        p = 2 * float(stats.t.sf(abs(value) / error, df))
        estimate = Estimate(value, value - half, value + half, self.n, "Obuchowski and Rockette")
        return Contrast(estimate, error, None if math.isinf(df) else float(df), p)
