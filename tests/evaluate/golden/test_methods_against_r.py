"""Lines, symmetry and reclassification are those of R; methods.json holds data and figures."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corcal.evaluate.statistics.agreement.deming import deming
from corcal.evaluate.statistics.agreement.net_reclassification import net_reclassification
from corcal.evaluate.statistics.agreement.passing_bablok import passing_bablok
from corcal.evaluate.statistics.agreement.symmetry import bowker, stuart_maxwell
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ordinal.proportional_odds import fit_ordinal
from corcal.evaluate.statistics.ordinal.somers import somers_d

HERE = Path(__file__).parent
R: dict[str, Any] = json.loads((HERE / "methods.json").read_text(encoding="utf-8"))
RULE = IntervalRule()


def numbers(e: Estimate) -> tuple[float | None, float | None, float | None]:
    return e.value, e.low, e.high


def test_demings_line_is_the_first_principal_axis_with_its_jackknife() -> None:
    g = R["lines"]
    line = deming(np.array(g["x"]), np.array(g["y"]), RULE)
    assert numbers(line.slope) == pytest.approx(g["deming_slope"])
    assert numbers(line.intercept) == pytest.approx(g["deming_intercept"])


def test_passing_and_bablok_by_the_letter_of_their_paper() -> None:
    g = R["lines"]
    line = passing_bablok(np.array(g["x"]), np.array(g["y"]), RULE).line
    assert numbers(line.slope) == pytest.approx(g["ranks_slope"])
    assert line.intercept.value == pytest.approx(g["ranks_intercept"][0])
    # Their interval of the intercept follows from the slope's alone; here it is wider.
    assert line.intercept.low is not None
    assert line.intercept.high is not None
    assert line.intercept.low < g["ranks_intercept"][1]
    assert line.intercept.high > g["ranks_intercept"][2]


def test_creatinine_of_the_package_mcr() -> None:
    # R's mcr 1.2, mcreg(serum, plasma, method.reg = "PaBa", method.ci = "analytical"), as printed
    # by Wicklin (The DO Loop, SAS, 14 February 2022). Its slopes of exactly -1 are lost to
    # rounding, which moves the fourth digit.
    serum, plasma = np.loadtxt(HERE / "creatinine.csv", delimiter=",", skiprows=1).T
    line = passing_bablok(serum, plasma, RULE).line
    assert line.slope.n == 108
    assert numbers(line.slope) == pytest.approx((1.0880089, 1.0, 1.173005), abs=2e-4)
    assert line.intercept.value == pytest.approx(-0.1171729, abs=2e-4)


def test_symmetry_is_that_of_r_and_marginal_homogeneity_that_of_coin() -> None:
    g = R["symmetry"]
    counts = np.array(g["counts"])
    for test, name in ((bowker(counts), "bowker"), (stuart_maxwell(counts), "stuart_maxwell")):
        assert test is not None
        assert (test.chi2, test.df, test.p) == pytest.approx(g[name])


def test_the_continuous_nri_is_that_of_hmisc() -> None:
    g = R["nri"]
    new, old, event = (np.array(g[name]) for name in ("new", "old", "event"))
    nri = net_reclassification(new, old, event == 1, RULE)
    ours = (nri.total.value, nri.events.net.value, nri.others.net.value)
    assert ours == pytest.approx((g["total"], g["events"], g["others"]))
    # Hmisc divides by the error with a difference, Pencina's test by that without.
    error = np.sqrt(
        sum((m.up + m.down - (m.up - m.down) ** 2 / m.n) / m.n**2 for m in (nri.events, nri.others))
    )
    assert nri.total.value is not None
    assert nri.total.value / error == pytest.approx(g["z"])


def test_observed_errors_and_free_slopes_are_those_of_clm() -> None:
    g = R["ordinal"]
    x, category = np.array(g["volume"]), np.array(g["grade"], dtype=np.intp)
    fit = fit_ordinal(x[:, None], category, RULE)
    assert fit is not None
    lines = (*fit.observed_thresholds, *fit.observed_slopes)
    assert [c.value for c in lines] == pytest.approx(g["values"], rel=1e-5)
    assert [c.error for c in lines] == pytest.approx(g["observed"], rel=1e-5)
    assert [c.value for c in fit.free_slopes] == pytest.approx(g["free"], rel=1e-5)
    assert [c.error for c in fit.free_slopes] == pytest.approx(g["free_error"], rel=1e-5)


def test_somers_d_and_its_error_are_those_of_hmisc() -> None:
    g = R["ordinal"]
    e = somers_d(np.array(g["volume"]), np.array(g["grade"], dtype=np.intp), RULE)
    assert e.value is not None
    assert e.value == pytest.approx(g["somers"])
    assert e.low is not None
    assert e.high is not None
    error = (np.arctanh(e.high) - np.arctanh(e.low)) / (2 * RULE.z) * (1 - e.value**2)
    assert error == pytest.approx(g["somers_error"])


@pytest.mark.slow
def test_r_makes_the_same_golden_file(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    new = tmp_path / "methods.json"
    made = subprocess.run(
        ["Rscript", str(HERE / "methods.R"), str(new)], check=False, capture_output=True, text=True
    )
    if "there is no package called" in made.stderr:
        pytest.skip("a package of R is not installed")
    assert made.returncode == 0, made.stderr
    document = json.loads(new.read_text(encoding="utf-8"))
    if document["made"] != R["made"]:
        pytest.skip("other versions of R or of its packages")
    assert document == R
