"""Stand-ins for the models that are right, blind or wrong give the numbers they must."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.evaluate.statistics import Estimate, IntervalRule, kappa
from corcal.settings import Settings
from corcal.testing import TrueArteries
from tests.truth import quiet_case, score
from validation.clustered import kappa_of, median, ratio, share
from validation.compare import Record, compare
from validation.goals import Goal, text
from validation.lesions import (
    ARTERIES,
    false_lesions,
    found,
    lesion_table,
    placed,
    presence,
    same_category,
    visible,
    volume_ratio,
)
from validation.phantoms import phantom_truth

#: Each artery is calcified in two of them and free in one.
SEEDS = (1, 4, 5)


@dataclass(frozen=True)
class Blind(TrueArteries):
    """Sees nothing at all."""

    def probabilities(self, *given: Any) -> NDArray[np.float32]:
        return np.zeros_like(super().probabilities(*given))


@dataclass(frozen=True)
class Confused(TrueArteries):
    """Sees everything and takes the RCA for the LAD, the LAD for the LCX, the LCX for the RCA."""

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        return super().probabilities(hu, heart, grid)[[2, 0, 1, 5, 3, 4]]


@cache
def records(kind: type[TrueArteries]) -> tuple[Record, ...]:
    out = []
    for seed in SEEDS:
        case = quiet_case(seed)
        reading = score(case, segmenter=kind(case))
        truth = phantom_truth(case, case.auxiliary["heart"] > 0)
        out.append({"cluster": str(seed), **compare(reading, truth, Settings().scoring)})
    return tuple(out)


def value(estimate: Estimate) -> float | None:
    return estimate.value


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def test_the_truth_itself_gets_full_marks() -> None:
    full = records(TrueArteries)
    large = [(c, x) for c, x in visible(full) if x["visible_mm3"] > 5]
    assert len(large) > 3
    assert value(found(large)) == 1.0
    assert value(placed(large)) == 1.0
    assert value(false_lesions(full)) == 0.0
    assert value(same_category(full)) == 1.0
    assert value(volume_ratio(full, ARTERIES, "truth_mm3")) == pytest.approx(1.0, abs=0.1)
    for artery in ("RCA", "LAD"):
        assert [value(e) for e in presence(full, artery)] == [1.0, 1.0, 1.0]


def test_a_blind_segmenter_finds_nothing_and_claims_nothing() -> None:
    none = records(Blind)
    assert value(found(visible(none))) == 0.0
    assert value(placed(visible(none))) is None
    assert value(false_lesions(none)) == 0.0
    assert value(volume_ratio(none, ARTERIES, "truth_mm3")) == 0.0
    kappas, sensitivity, specificity = presence(none, "LAD")
    assert (value(kappas), value(sensitivity), value(specificity)) == (0.0, 0.0, 1.0)


def test_a_segmenter_that_confuses_arteries_finds_all_and_places_none() -> None:
    wrong = records(Confused)
    large = [(c, x) for c, x in visible(wrong) if x["visible_mm3"] > 5]
    assert value(found(large)) == 1.0
    assert value(placed(large)) == 0.0
    assert value(false_lesions(wrong)) == 0.0


def test_every_visible_lesion_is_in_one_row_of_each_grouping() -> None:
    rows = lesion_table("a", records(TrueArteries)).rows
    total = int(rows[0][1])
    by_size = sum(int(r[1]) for r in rows if r[0].startswith("solid"))
    by_hu = sum(int(r[1]) for r in rows if r[0].endswith("HU"))
    by_artery = sum(int(r[1]) for r in rows if r[0] in ARTERIES)
    assert total == by_size == by_hu == by_artery == len(visible(records(TrueArteries)))


def test_a_share_of_nested_things_has_the_interval_of_its_scans() -> None:
    nested = share([(str(i // 50), i // 50 % 2 == 0) for i in range(400)])
    loose = share([(str(i), i % 2 == 0) for i in range(400)])
    assert (nested.value, nested.n) == (0.5, 400)
    # Eight scans, each all or none: as wide as eight coins.
    assert width(nested) > 4 * width(loose)
    assert width(nested) == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 8), abs=0.1)


def test_where_all_items_agree_the_interval_is_that_of_the_scans() -> None:
    sure = share([(str(i % 4), True) for i in range(100)])
    assert (sure.value, sure.high) == (1.0, 1.0)
    # Wilson of 4 of 4: 4 / (4 + 1.96 ** 2).
    assert sure.low == pytest.approx(4 / (4 + 1.96**2), abs=1e-4)
    assert share([]).value is None


def test_a_ratio_is_of_sums() -> None:
    assert ratio([("a", 1.0, 2.0), ("a", 3.0, 2.0), ("b", 0.0, 4.0)]).value == 0.5
    assert ratio([("a", 1.0, 0.0)]).value is None
    alone = ratio([("a", 1.0, 2.0)])
    assert (alone.value, alone.low, alone.high) == (0.5, None, None)


def test_a_median_is_of_all_items() -> None:
    middle = median([("a", 1.0), ("a", 9.0), ("b", 2.0)])
    assert (middle.value, middle.low, middle.high, middle.n) == (2.0, 2.0, 5.0, 3)


def test_kappa_is_that_of_the_evaluation() -> None:
    rng = np.random.default_rng(0)
    true = rng.random(300) < 0.4
    predicted = true ^ (rng.random(300) < 0.15)
    estimate, counts = kappa_of(
        (str(i), bool(p), bool(t)) for i, (p, t) in enumerate(zip(predicted, true, strict=True))
    )
    reference = kappa(counts.matrix, IntervalRule()).estimate
    assert estimate.value == pytest.approx(reference.value)
    assert estimate.low == pytest.approx(reference.low, abs=0.02)
    assert estimate.high == pytest.approx(reference.high, abs=0.02)
    assert kappa_of([("a", True, True)])[0].value is None


@pytest.mark.parametrize(
    ("found_at", "verdict"),
    [
        (Estimate(0.95, 0.91, 0.99, 9), "met"),
        (Estimate(0.95, 0.85, 0.99, 9), "met, but not by all of its interval"),
        (Estimate(0.95, None, None, 9), "met, no interval"),
        (Estimate(0.85, 0.80, 0.95, 9), "**missed**"),
        (Estimate.without_value(0), "not measured"),
    ],
)
def test_a_goal_says_whether_it_is_met(found_at: Estimate, verdict: str) -> None:
    assert Goal("a", "kappa", found_at, least=0.9).verdict() == verdict


def test_bounds_and_figures_read_as_text() -> None:
    both = Goal("a", "volume", Estimate(1.2, 1.0, 1.4, 9), least=0.9, most=1.1)
    assert (both.asked(), both.verdict()) == ("90 % to 110 %", "**missed**")
    few = Goal("c", "false", Estimate(0.5, None, None, 2), most=1.0, percent=False)
    assert (few.asked(), few.shown()) == ("at most 1.00", "0.50")
    assert text(Estimate(0.912, 0.85, 0.961, 9)) == "91.2 % (85.0 to 96.1)"
    assert text(Estimate.without_value(0)) == "–"
