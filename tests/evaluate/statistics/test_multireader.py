"""Obuchowski and Rockette's analysis, to the printed digit on Van Dyke's data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.area import auc_difference
from corcal.evaluate.statistics.roc.multireader import (
    SCOPES,
    Contrast,
    multireader,
    reader_areas,
    reader_shares,
)

RULE = IntervalRule()
BOTH, CASES, READERS = SCOPES

#: R's RJafroc, StSignificanceTesting(dataset02, FOM = "Wilcoxon", method = "OR"), as printed in
#: The RJafroc Roc Book (Chakraborty), chapter on the Obuchowski-Rockette method.
AREAS = [
    [0.91964573, 0.85877617, 0.90386473, 0.97310789, 0.82979066],
    [0.94782609, 0.90531401, 0.92173913, 0.99935588, 0.92995169],
]


def van_dyke() -> tuple[Numbers, Numbers]:
    """Return ratings, (systems, readers, cases), and who had a dissection."""
    path = Path(__file__).parent.parent / "golden" / "van_dyke.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    ratings = [[list(map(float, r)) for r in rs] for rs in document["ratings"].values()]
    scores = np.array(ratings)
    return scores, np.arange(scores.shape[-1]) >= scores.shape[-1] - document["diseased"]


def interval(c: Contrast) -> tuple[float | None, float | None]:
    return c.estimate.low, c.estimate.high


def test_van_dykes_difference_in_every_scope() -> None:
    scores, ill = van_dyke()
    values, left_out = reader_areas(scores, ill == 1)
    assert values == pytest.approx(np.array(AREAS), abs=5e-9)
    found = multireader(values, left_out, RULE)
    by = found.differences[0, 1]
    assert by[BOTH].estimate.value == pytest.approx(-0.043800322, abs=5e-10)
    assert interval(by[BOTH]) == pytest.approx((-0.087959499, 0.00035885444), abs=5e-10)
    assert (by[BOTH].df, by[BOTH].p) == pytest.approx((15.259675, 0.051665686), abs=5e-7)
    assert interval(by[CASES]) == pytest.approx((-0.080485914, -0.0071147303), abs=5e-10)
    assert by[CASES].df is None
    assert by[CASES].p == pytest.approx(0.019279843, abs=5e-10)
    assert interval(by[READERS]) == pytest.approx((-0.085020224, -0.0025804202), abs=5e-10)
    assert (by[READERS].df, by[READERS].p) == pytest.approx((4, 0.041958752), abs=5e-10)
    # With two systems the test of all is the test of the two.
    for scope in SCOPES:
        assert found.overall[scope] == pytest.approx(by[scope].p)


def test_van_dykes_components_means_and_readers() -> None:
    scores, ill = van_dyke()
    found = multireader(*reader_areas(scores, ill == 1), RULE)
    assert found.components is not None
    assert list(found.components.as_dict().values()) == pytest.approx(
        [0.00153499935, 0.00020040252, 0.00080228827, 0.00034661371, 0.00034407483, 0.00023902837],
        abs=5e-12,
    )
    first, second = found.means
    assert (first[BOTH].error, second[BOTH].error) == pytest.approx(
        (0.033173597, 0.021566368), abs=5e-10
    )
    assert (first[BOTH].df, second[BOTH].df) == pytest.approx((12.744648, 12.710190), abs=5e-7)
    assert (first[CASES].error, second[CASES].error) == pytest.approx(
        (0.024289710, 0.016776324), abs=5e-10
    )
    assert first[READERS].error == pytest.approx(0.024829936)
    assert second[READERS].df == 4
    # Printed there is the plain interval, 0.825 to 0.969; this is that of the logit.
    half = stats.t.ppf(0.975, 12.744648) * 0.033173597 / (0.89703704 * 0.10296296)
    ends = expit(logit(0.89703704) + np.array([-half, half]))
    assert interval(first[BOTH]) == pytest.approx(tuple(ends), abs=1e-6)
    lone = found.of_readers[0, 1][4]
    assert interval(lone) == pytest.approx((-0.186512066, -0.0138099949), abs=5e-10)
    assert lone.p == pytest.approx(0.023000993, abs=5e-10)


def test_leaving_out_a_case_is_leaving_it_out() -> None:
    scores, ill = van_dyke()
    _, left_out = reader_areas(scores, ill == 1)
    for case in (0, 5, 80, 113):
        rest = np.arange(len(ill)) != case
        again, _ = reader_areas(scores[..., rest], ill[rest] == 1)
        assert left_out[case] == pytest.approx(again)
    right = (scores >= 3).astype(np.float64)[..., ill == 1]
    shares, without = reader_shares(right)
    assert shares == pytest.approx(right.mean(axis=-1))
    assert without[7] == pytest.approx(np.delete(right, 7, axis=-1).mean(axis=-1))


def test_one_reader_has_delongs_difference_and_none_for_other_readers() -> None:
    scores, ill = van_dyke()
    found = multireader(*reader_areas(scores[:, :1], ill == 1), RULE)
    by = found.differences[0, 1]
    delong = auc_difference(scores[0, 0], scores[1, 0], ill == 1, RULE)
    assert by[CASES].estimate.value == pytest.approx(delong.estimate.value)
    # The jackknife divides by all cases, DeLong by those of each class.
    assert by[CASES].p == pytest.approx(delong.p, abs=5e-3)
    for scope in (BOTH, READERS):
        assert (by[scope].estimate.low, by[scope].p) == (None, None)
        assert "one reader" in by[scope].estimate.no_interval
    assert found.components is None


def test_one_system_has_means_and_no_differences() -> None:
    scores, ill = van_dyke()
    whole = multireader(*reader_areas(scores, ill == 1), RULE)
    lone = multireader(*reader_areas(scores[:1], ill == 1), RULE)
    assert lone.differences == {}
    for scope in SCOPES:
        assert interval(lone.means[0][scope]) == pytest.approx(interval(whole.means[0][scope]))
    assert set(lone.overall.values()) == {None}


def test_the_same_readings_twice_have_a_difference_without_an_interval() -> None:
    scores, ill = van_dyke()
    twice = np.stack([scores[0], scores[0]])
    by = multireader(*reader_areas(twice, ill == 1), RULE).differences[0, 1]
    for scope in SCOPES:
        assert by[scope].estimate.value == 0
        assert (by[scope].estimate.low, by[scope].p) == (None, None)


def test_three_systems_have_three_differences() -> None:
    scores, ill = van_dyke()
    three = np.concatenate([scores, scores.max(axis=0, keepdims=True)])
    found = multireader(*reader_areas(three, ill == 1), RULE)
    assert list(found.differences) == [(0, 1), (0, 2), (1, 2)]
    ab, ac, bc = (found.differences[pair][BOTH].estimate.value for pair in found.differences)
    assert ab is not None
    assert bc is not None
    assert ac == pytest.approx(ab + bc)
