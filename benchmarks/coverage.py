"""How often the intervals of `corcal evaluate` hold the truth.

python -m benchmarks.coverage --draws 1000

For each interval: the mean and the lowest coverage over true values p from .5 to .99, with 20, 50,
100 and 500 cases. Intervals that are not given are left out, as a reader does not see them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.coverage_studies import STUDIES
from corcal.evaluate.readers import free_marginal_kappa
from corcal.evaluate.statistics import (
    FEWEST_SKEWED,
    Estimate,
    IntervalRule,
    TwoByTwo,
    auc,
    bootstrap,
    clustered_proportion,
    fixed_rates,
    gwet,
    icc,
    kappa,
    lin_concordance,
    mcnemar,
    pabak,
    proportion,
    ratio_figures,
)

TRUTHS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SIZES = (20, 50, 100, 500)
RULE = IntervalRule(draws=500)

Draw = Callable[[float, int, np.random.Generator], tuple[Estimate, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1000)
    draws = parser.parse_args().draws
    print("| interval | " + " | ".join(f"n = {n}" for n in SIZES) + " |")
    print("|---|" + "---|" * len(SIZES))
    for method in ("wilson", "exact", "bootstrap"):
        cells = [_of_proportion(method, n) for n in SIZES]
        print(f"| proportion, {method} | {' | '.join(cells)} |", flush=True)
    for name, draw in (SIMULATED | STUDIES).items():
        cells = [_simulated(draw, n, draws) for n in SIZES]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _of_proportion(method: str, n: int) -> str:
    """Return the exact coverage: every number of hits with its probability."""
    rule = IntervalRule(method=method)
    ends = np.full((n + 1, 2), np.nan)
    for hits in range(n + 1):
        e = proportion(hits, n, rule)
        if method == "bootstrap":
            times = np.array([hits, n - hits])
            e = bootstrap(np.array([[1.0, 1], [0, 1]]), lambda s: s[..., 0] / s[..., 1], rule,
                          times=times)  # fmt: skip
        if e.low is not None and e.high is not None:
            ends[hits] = e.low, e.high
    covered = []
    for p in np.arange(0.5, 0.9901, 0.01):
        weights = stats.binom.pmf(np.arange(n + 1), n, p)
        given = np.isfinite(ends[:, 0])
        inside = given & (ends[:, 0] <= p) & (p <= ends[:, 1])
        covered.append(weights[inside].sum() / weights[given].sum())
    return f"{np.mean(covered):.3f} ({min(covered):.2f})"


def _simulated(draw: Draw, n: int, draws: int) -> str:
    rng = np.random.default_rng(n)
    covered = []
    for p in TRUTHS:
        made = [draw(p, n, rng) for _ in range(draws)]
        inside = [e.low <= t <= e.high for e, t in made if e.low is not None and e.high is not None]
        if len(inside) >= draws / 20:
            covered.append(float(np.mean(inside)))
    return f"{np.mean(covered):.3f} ({min(covered):.2f})" if covered else "none given"


def _cohen(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return kappa(_two_raters(p, n, rng), RULE).estimate, p


def _two_raters(k: float, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the table of two raters who call 40 % present and agree with this kappa."""
    both = 0.16 + k * 0.24
    return rng.multinomial(n, [1 - 0.8 + both, 0.4 - both, 0.4 - both, both]).reshape(2, 2)


def _ac1(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    table = _two_raters(p, n, rng)
    counts = np.repeat([[2, 0], [1, 1], [0, 2]], [table[0, 0], n - np.trace(table), table[1, 1]], 0)
    agreed, chance = 0.52 + 0.48 * p, 2 * 0.4 * 0.6
    return gwet(counts.astype(np.int64), RULE), (agreed - chance) / (1 - chance)


def _pabak(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return pabak(int(rng.binomial(n, p)), n, 2, RULE), 2 * p - 1


def _free_marginal(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    same = rng.random(n) < p
    counts = np.where(same[:, None], [2, 0, 0], [1, 1, 0])
    return free_marginal_kappa(counts), (p - 1 / 3) / (2 / 3)


def _area(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    ill = np.arange(n) < n // 2
    return auc(rng.normal(size=n) + np.sqrt(2) * stats.norm.ppf(p) * ill, ill, RULE), p


def _fixed_rate(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    ill = np.arange(n) < n // 2
    apart = stats.norm.ppf(p) - stats.norm.ppf(0.1)
    return fixed_rates(rng.normal(size=n) + apart * ill, ill, RULE, specificities=(0.9,))[0], p


def _paired(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    first, second = rng.random(n) < p, rng.random(n) < 0.9 * p
    return mcnemar(first, second, RULE).difference, 0.1 * p


def _likelihood_ratio(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    tp, fp = int(rng.binomial(n // 2, p)), int(rng.binomial(n // 2, 0.3))
    table = TwoByTwo(tp, fp, n // 2 - tp, n // 2 - fp)
    return ratio_figures(table, RULE)["lr_positive"], p / 0.3


def _icc(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    return icc(_measurements(p, n, rng), RULE)[0], p


def _lin(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    first, second = _measurements(p, n, rng).T
    return lin_concordance(first, second, RULE), p


def _measurements(p: float, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    two: NDArray[np.float64] = np.sqrt(p) * rng.normal(size=(n, 1)) + np.sqrt(1 - p) * rng.normal(
        size=(n, 2)
    )
    return two


def _mean_dice(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    dice = rng.beta(15 * p, 15 * (1 - p), (n, 1))
    return bootstrap(dice, lambda s: s[..., 0] / n, RULE, fewest=FEWEST_SKEWED), p


def _clustered(p: float, n: int, rng: np.random.Generator) -> tuple[Estimate, float]:
    own = rng.beta(2 * p, 2 * (1 - p), n)
    hits = rng.binomial(3, own).astype(np.float64)
    return clustered_proportion(hits, np.full(n, 3.0), RULE), p


SIMULATED: dict[str, Draw] = {
    "Cohen's kappa": _cohen,
    "Gwet's AC1": _ac1,
    "PABAK": _pabak,
    "free-marginal kappa": _free_marginal,
    "AUC, DeLong on the logit scale": _area,
    "sensitivity at 90 % specificity, bootstrap (BCa)": _fixed_rate,
    "paired difference, Newcombe": _paired,
    "LR+": _likelihood_ratio,
    "ICC(A,1)": _icc,
    "Lin's concordance": _lin,
    "mean Dice, bootstrap (BCa)": _mean_dice,
    "three arteries a patient, clustered": _clustered,
}


if __name__ == "__main__":
    main()
