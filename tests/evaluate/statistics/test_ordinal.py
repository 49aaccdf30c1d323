from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import statsmodels.miscmodels
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import expit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import (
    Coefficient,
    OrdinalFit,
    fit_ordinal,
)

RULE = IntervalRule()


def fitted(x: NDArray[np.float64], category: NDArray[np.intp]) -> OrdinalFit:
    fit = fit_ordinal(x, category, RULE)
    assert fit is not None
    return fit


def printed(c: Coefficient) -> tuple[str, ...]:
    """A coefficient as SPSS prints it: estimate, error, Wald, significance, interval."""
    return tuple(f"{v:.3f}" for v in (c.value, c.error, c.wald, c.p, c.low, c.high))


def applications() -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """UCLA's 400 students: will they apply to a graduate school? statsmodels ships the data."""
    folder = Path(statsmodels.miscmodels.__file__).parent / "tests" / "results"
    path = folder / "ologit_ucla.csv"
    if not path.exists():
        pytest.skip("this statsmodels comes without the data of its tests")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    order = {"unlikely": 0, "somewhat likely": 1, "very likely": 2}
    x = np.array([[float(r[c]) for c in ("pared", "public", "gpa")] for r in rows])
    return x, np.array([order[r["apply"]] for r in rows])


def test_every_digit_that_spss_plum_prints() -> None:
    # The published output of PLUM for UCLA's data: with pared and public as covariates the
    # thresholds are 2.203 and 4.299.
    fit = fitted(*applications())
    assert printed(fit.thresholds[0])[:3] == ("2.203", "0.784", "7.890")
    assert printed(fit.thresholds[1])[:3] == ("4.299", "0.809", "28.224")
    assert [printed(s) for s in fit.slopes] == [
        ("1.048", "0.268", "15.231", "0.000", "0.522", "1.574"),
        ("-0.059", "0.289", "0.041", "0.839", "-0.624", "0.507"),
        ("0.616", "0.263", "5.499", "0.019", "0.101", "1.130"),
    ]
    assert f"{fit.model.chi2:.3f}" == "24.180"
    assert fit.model.df == 3
    assert fit.parallel_lines is not None
    assert fit.parallel_lines.df == 3
    assert f"{fit.parallel_lines.p:.2f}" == "0.26"


def test_the_miners_of_mccullagh_and_nelder() -> None:
    # Generalized Linear Models, 1989, section 5.6: pneumoconiosis by log years of exposure;
    # slope 2.597 (error 0.381), thresholds 9.676 and 10.582 (VGAM: errors 1.3241 and 1.3454).
    years = np.log([5.8, 15, 21.5, 27.5, 33.5, 39.5, 46, 51.5])
    counts = [
        [98, 51, 34, 35, 32, 23, 12, 4],
        [0, 2, 6, 5, 10, 7, 6, 2],
        [0, 1, 3, 8, 9, 8, 10, 5],
    ]
    x = np.concatenate([np.repeat(years, c) for c in counts])
    fit = fitted(x[:, None], np.repeat([0, 1, 2], [sum(c) for c in counts]))
    values = [(c.value, c.error) for c in (*fit.thresholds, *fit.slopes)]
    assert values == pytest.approx(
        np.array([(9.67609, 1.3241), (10.58173, 1.3454), (2.59681, 0.3811)]), abs=5e-5
    )


def test_the_mental_impairment_of_agresti() -> None:
    # Categorical Data Analysis, section 7.2: 40 people, life events and economic status;
    # -.282, 1.213, 2.209; .319 (error .119) and -1.111 (.614).
    status = "1111010111001010110110110100100" + "111000100"
    events = "1943201337125631825593310439643" + "827544889"
    x = np.array([[float(e), float(s)] for e, s in zip(events, status, strict=True)])
    fit = fitted(x, np.repeat([0, 1, 2, 3], [12, 12, 7, 9]))
    assert [round(c.value, 3) for c in fit.thresholds] == [-0.282, 1.213, 2.209]
    assert [(round(c.value, 3), round(c.error, 3)) for c in fit.slopes] == [
        (0.319, 0.119),
        (-1.111, 0.614),
    ]


def skewed(seed: int, n: int = 300) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Volumes in mL, many of them 0, and grades that follow them."""
    rng = np.random.default_rng(seed)
    volume = np.where(rng.random(n) < 0.4, 0.0, rng.gamma(0.7, 0.12, n))
    grade = np.digitize(28 * volume + rng.logistic(size=n), [0.5, 3.0, 6.0])
    return volume[:, None], grade


@pytest.mark.parametrize("seed", range(3))
def test_the_maximum_is_that_of_statsmodels(seed: int) -> None:
    x, y = skewed(seed)
    fit = fitted(x, y)
    model = OrderedModel(y, x, distr="logit")
    theirs = model.fit(method="bfgs", disp=False, gtol=1e-8, maxiter=500)
    assert fit.log_likelihood == pytest.approx(float(theirs.llf), abs=1e-6)
    assert fit.slopes[0].value == pytest.approx(float(theirs.params[0]), rel=1e-4)
    cuts = model.transform_threshold_params(np.asarray(theirs.params))[1:-1]
    assert [t.value for t in fit.thresholds] == pytest.approx(list(cuts), abs=1e-3)
    # Theirs is the observed information, ours the expected one: alike, not equal.
    assert fit.slopes[0].error == pytest.approx(float(theirs.bse[0]), rel=0.05)
    assert fit.null_log_likelihood == pytest.approx(float(theirs.llnull), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_general_model_is_at_its_maximum(seed: int) -> None:
    x, y = skewed(seed)

    def loss(p: NDArray[np.float64]) -> float:
        below = expit(p[:3] - np.outer(x[:, 0], p[3:]))
        edges = np.column_stack([np.zeros(len(y)), below, np.ones(len(y))])
        chance = edges[np.arange(len(y)), y + 1] - edges[np.arange(len(y)), y]
        return np.inf if (chance <= 0).any() else -float(np.log(chance).sum())

    fit = fitted(x, y)
    start = np.array([*(t.value for t in fit.thresholds), *[fit.slopes[0].value] * 3])
    best = optimize.minimize(
        loss, start, method="Nelder-Mead",
        options={"maxiter": 20000, "maxfev": 20000, "xatol": 1e-6, "fatol": 1e-9},
    )  # fmt: skip
    if fit.parallel_lines is None:
        # The lines of the general model cross among the cases: no model to compare with.
        lines = best.x[:3] - np.outer(x[:, 0], best.x[3:])
        assert fit.lines_cross
        assert (np.diff(lines, axis=1) <= 0).any()
        return
    assert fit.parallel_lines.chi2 == pytest.approx(2 * (-best.fun - fit.log_likelihood), abs=1e-4)


def test_pseudo_r2_from_the_two_likelihoods() -> None:
    fit = fitted(*skewed(0))
    full, null, n = fit.log_likelihood, fit.null_log_likelihood, fit.n
    assert fit.mcfadden == pytest.approx(1 - full / null)
    assert fit.cox_snell == pytest.approx(1 - (np.exp(null) / np.exp(full)) ** (2 / n))
    assert fit.nagelkerke == pytest.approx(fit.cox_snell / (1 - np.exp(null) ** (2 / n)))


def test_another_unit_scales_the_slope_and_nothing_else() -> None:
    x, y = skewed(1)
    ml, mm3 = fitted(x, y), fitted(1000 * x, y)
    assert mm3.slopes[0].value == pytest.approx(ml.slopes[0].value / 1000)
    assert mm3.slopes[0].wald == pytest.approx(ml.slopes[0].wald)
    assert [t.value for t in mm3.thresholds] == pytest.approx([t.value for t in ml.thresholds])
    assert mm3.log_likelihood == pytest.approx(ml.log_likelihood)


def test_two_categories_are_logistic_regression_without_parallel_lines() -> None:
    x, y = skewed(2)
    fit = fitted(x, (y > 0).astype(np.intp))
    assert fit.parallel_lines is None
    assert len(fit.thresholds) == 1


def test_a_volume_far_beyond_the_last_threshold_is_no_overflow() -> None:
    x, y = skewed(3)
    far = np.vstack([x, [[60.0]]])
    fit = fitted(far, np.append(y, 3))
    # Its grade is certain, so that it says nothing of the slope.
    assert fit.slopes[0].value == pytest.approx(fitted(x, y).slopes[0].value, rel=1e-6)
    assert fit.slopes[0].error == pytest.approx(fitted(x, y).slopes[0].error, rel=1e-6)
