"""Sample sizes: worked by hand, and by the width or the power that they are for."""

from __future__ import annotations

import numpy as np
import pytest

from corcal.cli import main as cli
from corcal.evaluate.statistics.agreement.kappa import kappa
from corcal.evaluate.statistics.interval import IntervalRule, proportion
from corcal.evaluate.statistics.paired import mcnemar
from corcal.evaluate.statistics.sample_size import (
    cases_for_kappa,
    cases_for_margin,
    cases_for_paired,
    cases_for_proportion,
    patients_for_area,
    patients_for_cases,
)

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


@pytest.mark.parametrize("figure", ["sensitivity", "specificity", "kappa", "auc", "paired",
                                    "non-inferiority"])  # fmt: skip
def test_the_command(figure: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample-size", figure]) == 0
    assert " patients" in capsys.readouterr().out


def test_a_difference_beyond_the_discordant_is_refused() -> None:
    assert cli.main(["sample-size", "paired", "--difference", "0.3"]) == 2
