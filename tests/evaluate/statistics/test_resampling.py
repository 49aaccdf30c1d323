"""One bootstrap: BCa by Efron's own example, and no interval where none can be defended."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from corcal.evaluate.accuracy.detection import FIGURES, detection_figures
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.resampling import ALIKE, FEW, bootstrap
from corcal.evaluate.statistics.two_by_two import TwoByTwo

RULE = IntervalRule(method="bootstrap", draws=4000)


@pytest.mark.parametrize("cells", [(4, 0, 0, 60), (30, 0, 0, 30)])
def test_all_of_a_few_is_not_certain(cells: tuple[int, int, int, int]) -> None:
    _, figures = detection_figures(TwoByTwo(*cells), RULE)
    for name in FIGURES:
        assert figures[name].value == 1
        assert figures[name].low is None
        assert figures[name].no_interval in (FEW, ALIKE)


def test_two_scans_have_no_interval() -> None:
    e = bootstrap(np.array([[0.7], [0.9]]), lambda s: s[..., 0] / 2, RULE)
    assert e.value == pytest.approx(0.8)
    assert (e.low, e.no_interval) == (None, FEW)


def test_the_mean_has_scipys_bca_interval() -> None:
    x = np.random.default_rng(3).gamma(2.0, size=80)
    ours = bootstrap(x[:, None], lambda s: s[..., 0] / 80, RULE)
    theirs = stats.bootstrap(
        (x,), np.mean, n_resamples=8000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)
    assert ours.method == "bootstrap, BCa"


def test_kinds_of_patients_are_patients() -> None:
    rows = np.repeat([[1.0, 1], [0, 1]], [70, 30], axis=0)
    one = bootstrap(rows, lambda s: s[..., 0] / s[..., 1], RULE)
    kinds = bootstrap(
        np.array([[1.0, 1], [0, 1]]), lambda s: s[..., 0] / s[..., 1], RULE,
        times=np.array([70, 30]),
    )  # fmt: skip
    assert (one.low, one.high) == pytest.approx((kinds.low, kinds.high), abs=0.021)
