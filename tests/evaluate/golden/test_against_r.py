"""Figures are those of R: golden.json holds the data, R's figures and the packages' versions."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import logit

from corcal.evaluate.statistics.agreement.coefficients import icc, lin_concordance
from corcal.evaluate.statistics.agreement.kappa import kappa
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_ordinal
from corcal.evaluate.statistics.paired import mcnemar
from corcal.evaluate.statistics.ratios import ratio_figures
from corcal.evaluate.statistics.roc.area import auc, auc_difference
from corcal.evaluate.statistics.roc.curve import rates_at
from corcal.evaluate.statistics.roc.fixed_rates import fixed_rates
from corcal.evaluate.statistics.roc.thresholds import best_threshold, cut_at
from corcal.evaluate.statistics.two_by_two import TwoByTwo

HERE = Path(__file__).parent
R: dict[str, Any] = json.loads((HERE / "golden.json").read_text(encoding="utf-8"))
RULE = IntervalRule()


def numbers(e: Estimate) -> list[float]:
    assert e.value is not None
    assert e.low is not None
    assert e.high is not None
    return [e.value, e.low, e.high]


def test_areas_are_those_of_proc() -> None:
    g = R["auc"]
    ill = np.array(g["ill"]) == 1
    score, other = (np.array(g[name], dtype=np.float64) for name in ("score", "other"))
    value, low, high = numbers(auc(score, ill, RULE))
    assert value == pytest.approx(g["area"])
    error = (logit(high) - logit(low)) / (2 * RULE.z) * value * (1 - value)
    assert error**2 == pytest.approx(g["variance"])
    d = auc_difference(score, other, ill, RULE)
    assert (d.z, d.p) == pytest.approx((g["z"], g["p"]))


def test_resampled_rates_spread_as_those_of_proc() -> None:
    # pROC's ends are percentiles; corcal takes BCa ends of the same draws.
    g = R["auc"]
    distinct, at = np.unique(-np.array(g["score"], dtype=np.float64), return_inverse=True)
    kinds = np.bincount(2 * at + np.array(g["ill"]), minlength=2 * len(distinct))
    draws = np.random.default_rng(0).multinomial(kinds.sum(), kinds / kinds.sum(), 4000)
    rates = rates_at(
        draws[:, 1::2].astype(float), draws[:, ::2].astype(float), np.array(g["rates"])
    )
    low, high = np.quantile(rates, [0.025, 0.975], axis=0)
    assert low == pytest.approx(g["band_low"], abs=0.02)
    assert high == pytest.approx(g["band_high"], abs=0.02)


def test_fixed_rates_and_thresholds_are_those_of_proc() -> None:
    g = R["auc"]
    ill, score = np.array(g["ill"]) == 1, np.array(g["score"], dtype=np.float64)
    found = fixed_rates(score, ill, RULE, specificities=g["rates"], sensitivities=g["rates"])
    assert [e.value for e in found] == pytest.approx([*g["sensitivity"], *g["specificity"]])
    for i, at in enumerate(g["cuts"]):
        figures = cut_at(score, ill, at, RULE).figures
        for name in ("sensitivity", "specificity", "ppv", "npv"):
            assert figures[name].value == pytest.approx(g["at"][name][i])
        # pROC's index leaves out the - 1, and its thresholds lie between scores.
        assert figures["youden"].value == pytest.approx(g["at"]["youden"][i] - 1)
    best = best_threshold(score, ill)
    assert best is not None
    assert best - 0.1 < g["best"]["threshold"] < best
    j = cut_at(score, ill, best, RULE).figures["youden"].value
    assert j == pytest.approx(g["best"]["youden"] - 1)


@pytest.mark.parametrize(
    ("name", "weights"), [("plain", None), ("linear", "linear"), ("quadratic", "quadratic")]
)
def test_kappas_are_those_of_vcd(name: str, weights: str | None) -> None:
    k = kappa(np.array(R["kappa"]["counts"]), RULE, weights=weights)
    assert k.estimate.value == pytest.approx(R["kappa"][name])
    assert k.error == pytest.approx(R["kappa"][f"{name}_error"])


def test_icc_is_that_of_psych_and_lin_that_of_epir() -> None:
    g = R["agreement"]
    x, y = np.array(g["x"]), np.array(g["y"])
    absolute, consistent = icc(np.column_stack([x, y]), RULE)
    assert numbers(absolute) == pytest.approx(g["icc_a1"], rel=1e-6)
    assert numbers(consistent) == pytest.approx(g["icc_c1"], rel=1e-6)
    ours = numbers(lin_concordance(x, y, RULE))
    assert ours[0] == pytest.approx(g["lin"][0], rel=1e-6)
    # epiR's variance has a term in another form; the ends differ beyond the third decimal.
    assert ours[1:] == pytest.approx(g["lin"][1:], abs=2e-3)


@pytest.mark.parametrize("name", ["lr_positive", "lr_negative", "odds_ratio"])
def test_ratios_are_those_of_epir(name: str) -> None:
    e = ratio_figures(TwoByTwo(80, 12, 20, 88), RULE)[name]
    assert numbers(e) == pytest.approx(R["ratios"][name])


def test_mcnemar_is_that_of_r() -> None:
    first = np.repeat([1, 1, 0, 0], [40, 14, 5, 41]) == 1
    second = np.repeat([1, 0, 1, 0], [40, 14, 5, 41]) == 1
    assert mcnemar(first, second, RULE).chi2_p == pytest.approx(R["mcnemar"]["p"])


def test_the_ordinal_model_is_that_of_clm() -> None:
    g = R["ordinal"]
    fit = fit_ordinal(np.array(g["volume"])[:, None], np.array(g["grade"], dtype=np.intp), RULE)
    assert fit is not None
    assert fit.slopes[0].value == pytest.approx(g["slope"], rel=1e-5)
    assert [t.value for t in fit.thresholds] == pytest.approx(g["thresholds"], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(g["log_likelihood"])
    # clm takes the observed information, PLUM and corcal the expected one.
    assert fit.slopes[0].error == pytest.approx(g["observed_error"], rel=0.05)


@pytest.mark.slow
def test_r_makes_the_same_golden_file(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    new = tmp_path / "golden.json"
    subprocess.run(["Rscript", str(HERE / "evaluate.R"), str(new)], check=True, capture_output=True)
    made = json.loads(new.read_text(encoding="utf-8"))
    if made["made"] != R["made"]:
        pytest.skip("other versions of R or of its packages")
    assert made == R
