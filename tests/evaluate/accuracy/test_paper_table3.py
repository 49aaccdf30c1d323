"""Table 3 of the paper, rebuilt from the counts that its printed figures determine."""

from __future__ import annotations

import math

import pytest

from corcal.evaluate.accuracy.detection import detection_figures, measure_detection
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.two_by_two import TwoByTwo
from tests.evaluate.cohorts import from_counts

N = 473

#: Sensitivity, specificity, PPV and NPV in per cent, as printed.
PRINTED = {
    "RCA": ("88.3", "93.6", "93.4", "88.7"),
    "LAD": ("97.3", "96.5", "98.5", "93.9"),
    "LCX": ("88.2", "93.5", "91.7", "90.7"),
    "any": ("95.1", "97.6", "99.1", "87.9"),
}
#: Kappa, its interval, and AUC, as printed.
PRINTED_KAPPA = {
    "RCA": ("0.82", "0.77", "0.87", "0.91"),
    "LAD": ("0.93", "0.90", "0.97", "0.97"),
    "LCX": ("0.82", "0.77", "0.87", "0.91"),
    "any": ("0.90", "0.85", "0.94", "0.96"),
}
#: tp, fp, fn, tn: every table of 473 patients that prints these percentages.
COUNTS = {
    "RCA": {(211, 15, 28, 219)},
    "LAD": {(320, 5, 9, 139), (321, 5, 9, 138)},
    "LCX": {(187, 17, 25, 244)},
    "any": {(329, 3, 17, 124), (330, 3, 17, 123)},
}
#: Of the two for the LAD, only the first also prints kappa's interval.
PUBLISHED = {
    "RCA": (211, 15, 28, 219),
    "LAD": (320, 5, 9, 139),
    "LCX": (187, 17, 25, 244),
    "any": (329, 3, 17, 124),
}


def near(percent: str, of: int) -> list[int]:
    """Counts whose share of `of` prints as this percentage."""
    about = float(percent) * of / 100
    span = range(max(0, math.floor(about) - 1), min(of, math.ceil(about) + 1) + 1)
    return [k for k in span if f"{100 * k / of:.1f}" == percent]


@pytest.mark.parametrize("target", PRINTED)
def test_the_printed_percentages_determine_the_counts(target: str) -> None:
    sensitivity, specificity, ppv, npv = PRINTED[target]
    found = set()
    for diseased in range(1, N):
        for tp in near(sensitivity, diseased):
            for tn in near(specificity, N - diseased):
                fp, fn = N - diseased - tn, diseased - tp
                if f"{100 * tp / (tp + fp):.1f}" == ppv and f"{100 * tn / (tn + fn):.1f}" == npv:
                    found.add((tp, fp, fn, tn))
    assert found == COUNTS[target]


@pytest.mark.parametrize("target", PRINTED)
def test_every_percentage_is_that_of_the_paper(target: str) -> None:
    for counts in COUNTS[target]:
        d = measure_detection(from_counts(*counts, "RCA"), "RCA", IntervalRule())
        shares = [d.figures[f].value for f in ("sensitivity", "specificity", "ppv", "npv")]
        assert tuple(f"{100 * s:.1f}" for s in shares if s is not None) == PRINTED[target]


@pytest.mark.parametrize("target", PRINTED)
def test_kappa_its_interval_and_the_auc_are_those_of_the_paper(target: str) -> None:
    kappa, figures = detection_figures(TwoByTwo(*PUBLISHED[target]), IntervalRule())
    value, auc = kappa.estimate.value, figures["auc"].value
    assert value is not None
    assert kappa.error is not None
    low, high = interval_of_printed(value, kappa.error)
    assert (f"{value:.2f}", f"{low:.2f}", f"{high:.2f}", f"{auc:.2f}") == PRINTED_KAPPA[target]
    assert kappa.p is not None
    assert kappa.p < 0.001


@pytest.mark.parametrize("target", ["RCA", "LCX", "any"])
def test_the_interval_from_all_digits_prints_the_same(target: str) -> None:
    e = detection_figures(TwoByTwo(*PUBLISHED[target]), IntervalRule())[0].estimate
    assert (f"{e.value:.2f}", f"{e.low:.2f}", f"{e.high:.2f}") == PRINTED_KAPPA[target][:3]


def test_the_lad_interval_tells_that_it_came_from_three_printed_decimals() -> None:
    # From all digits the lower end is .8949; SPSS prints .931 and .018, from which .90 follows.
    e = detection_figures(TwoByTwo(*PUBLISHED["LAD"]), IntervalRule())[0].estimate
    assert e.low == pytest.approx(0.8949, abs=5e-5)
    other = detection_figures(TwoByTwo(321, 5, 9, 138), IntervalRule())[0]
    assert other.estimate.value is not None
    assert other.error is not None
    assert f"{interval_of_printed(other.estimate.value, other.error)[0]:.2f}" == "0.89"


def interval_of_printed(value: float, error: float) -> tuple[float, float]:
    """Return the 95 % interval that follows from what SPSS prints: kappa and error, 3 decimals."""
    return round(value, 3) - 1.96 * round(error, 3), round(value, 3) + 1.96 * round(error, 3)


def test_the_words_are_those_of_the_paper() -> None:
    words = {
        t: detection_figures(TwoByTwo(*c), IntervalRule())[0].words for t, c in PUBLISHED.items()
    }
    # "Strong to almost perfect agreement."
    assert words == {"RCA": "strong", "LAD": "almost perfect", "LCX": "strong", "any": "strong"}
