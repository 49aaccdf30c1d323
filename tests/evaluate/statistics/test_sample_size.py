"""Sample sizes: worked by hand, and by the width or the power that they are for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from corcal.cli import main as cli
from corcal.evaluate.statistics.agreement.kappa import kappa
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.paired import mcnemar, paired_difference
from corcal.evaluate.statistics.sample_size import (
    cases_for_equivalence,
    cases_for_kappa,
    cases_for_margin,
    cases_for_paired,
    cases_for_proportion,
    patients_for_area,
    patients_for_cases,
)
from corcal.evaluate.statistics.study_size import PairedPlan, size_for_power, size_for_width

RULE = IntervalRule()


def test_so_many_cases_give_the_width() -> None:
    n = cases_for_proportion(0.9, 0.05, RULE)
    e = proportion(round(0.9 * n), n, RULE)
    assert e.low is not None
    assert e.high is not None
    assert (e.high - e.low) / 2 == pytest.approx(0.05, abs=1e-3)
    assert patients_for_cases(n, 0.25) == 4 * n


def test_connors_formula_has_the_power_it_says() -> None:
    n = cases_for_paired(0.1, 0.2, 0.8, RULE)
    rng = np.random.default_rng(2)
    cells = rng.multinomial(n, [0.15, 0.05, 0.8], size=2000)
    z2 = (cells[:, 0] - cells[:, 1]) ** 2 / (cells[:, 0] + cells[:, 1])
    assert (z2 > RULE.z**2).mean() == pytest.approx(0.8, abs=0.03)


def test_non_inferiority_has_the_power_it_says() -> None:
    n = cases_for_margin(0.05, 0.1, 0.8, RULE)
    assert n == 314  # 0.1 x ((1.96 + 0.8416) / 0.05)^2 = 313.96
    rng = np.random.default_rng(3)
    shown = []
    for _ in range(400):
        first, second, _ = rng.multinomial(n, [0.05, 0.05, 0.9])
        a = np.repeat([True, False, True], [first, second, n - first - second])
        b = np.repeat([False, True, True], [first, second, n - first - second])
        low = mcnemar(a, b, RULE).difference.low
        shown.append(low is not None and low > -0.05)
    assert np.mean(shown) == pytest.approx(0.8, abs=0.07)


def test_kappa_has_the_width_it_says() -> None:
    n = cases_for_kappa(0.7, 0.1, 0.4, RULE)
    both, apart = 0.16 + 0.7 * 0.24, 0.24 * 0.3
    cells = n * np.array([[0.36 + 0.7 * 0.24, apart], [apart, both]])
    e = kappa(cells.round().astype(np.int64), RULE).estimate
    assert e.low is not None
    assert e.high is not None
    assert (e.high - e.low) / 2 == pytest.approx(0.1, abs=3e-3)


def test_areas_need_more_patients_where_one_class_is_rare() -> None:
    even = patients_for_area(0.85, 0.05, 0.5, RULE)
    assert even < patients_for_area(0.85, 0.05, 0.1, RULE)
    assert even == pytest.approx(233, abs=5)


def test_equivalence_has_the_power_it_says() -> None:
    n = cases_for_equivalence(0.04, 0.1, 0.8, RULE)
    assert n == 657  # 0.1 x ((1.96 + 1.2816) / 0.04)^2 = 656.7
    rng = np.random.default_rng(4)
    shown = []
    for _ in range(400):
        first, second, _ = rng.multinomial(n, [0.05, 0.05, 0.9])
        e = paired_difference(n - first - second, first, second, 0, RULE)
        assert e.low is not None
        assert e.high is not None
        shown.append(e.low > -0.04 and e.high < 0.04)
    assert np.mean(shown) == pytest.approx(0.8, abs=0.07)


@pytest.mark.parametrize("figure", ["paired", "non-inferiority", "equivalence"])
def test_power_and_cases_are_each_others_inverse(figure: str) -> None:
    plan = PairedPlan(figure, 0.06, 0.12, 0.4)
    needed = size_for_power(plan, 0.9, RULE)
    assert needed.cases is not None
    reached = size_for_power(plan, 0.5, RULE, patients=needed.cases)
    assert reached.power == pytest.approx(0.9, abs=2e-3)
    fewer = size_for_power(plan, 0.5, RULE, patients=needed.cases // 2)
    assert fewer.power is not None
    assert fewer.power < 0.8


@pytest.mark.parametrize("figure", ["sensitivity", "specificity", "kappa", "auc"])
def test_width_and_patients_are_each_others_inverse(figure: str) -> None:
    needed = size_for_width(figure, 0.85, 0.3, RULE, half_width=0.06)
    reached = size_for_width(figure, 0.85, 0.3, RULE, half_width=0.5, patients=needed.patients)
    assert reached.half_width == pytest.approx(0.06, abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sensitivity"], "282 patients, 141 of them with calcium (Wilson; Buderer 1996)"),
        (["specificity", "--prevalence", "0.8"], "705 patients, 141 of them without calcium"),
        (["kappa"], "292 patients (variance of Fleiss, Cohen and Everitt 1969)"),
        (["auc"], "158 patients (variance of Hanley and McNeil 1982)"),
        (["paired", "--prevalence", "0.4"], "312 cases in each comparison: for a sensitivity 780 "
         "patients, for a specificity 520 (McNemar; Connor 1987)"),
        (["non-inferiority"], "314 cases in each comparison"),
        (["equivalence"], "421 cases in each comparison"),
        (["sensitivity", "--patients", "282"], "141 of them with calcium: half-width 0.05"),
        (["auc", "--patients", "158"], "158 patients: half-width 0.050"),
        (["non-inferiority", "--patients", "314"], "314 cases in each comparison: power 80 %"),
        (["sensitivity", "--patients", "4", "--prevalence", "0.01"], "0 of them with calcium: "
         "half-width 1.000"),
    ],
)  # fmt: skip
def test_the_command(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample-size", *arguments]) == 0
    assert said in capsys.readouterr().out


def test_the_command_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample-size", "equivalence", "--confidence", "0.9", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["figure"] == "equivalence"
    assert document["power"] == 0.8
    assert document["cases"] < 421


def test_a_difference_beyond_the_discordant_is_refused() -> None:
    assert cli.main(["sample-size", "paired", "--difference", "0.3"]) == 2
