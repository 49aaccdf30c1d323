"""A study planned: patients for a width or a power, or what so many patients give, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from corcal.evaluate.statistics.interval import IntervalRule, wilson_share
from corcal.evaluate.statistics.sample_size import (
    area_error,
    cases_for_equivalence,
    cases_for_kappa,
    cases_for_margin,
    cases_for_paired,
    cases_for_proportion,
    kappa_variance,
    patients_for_area,
    patients_for_cases,
    power_of_margin,
    power_of_paired,
)

_SOURCES = {
    "sensitivity": "Wilson; Buderer 1996",
    "specificity": "Wilson; Buderer 1996",
    "kappa": "variance of Fleiss, Cohen and Everitt 1969",
    "auc": "variance of Hanley and McNeil 1982",
    "paired": "McNemar; Connor 1987",
    "non-inferiority": "interval of a paired difference",
    "equivalence": "interval of a paired difference, both sides",
}


@dataclass(frozen=True)
class SampleSize:
    """A number of patients and what it gives.

    Attributes:
        figure: what it is for.
        patients: all of them.
        cases: those whom the figure counts; all where None.
        half_width: of the interval; None for a test.
        power: of the test; None for an interval.
        words: the same for people.
    """

    figure: str
    patients: int | None
    cases: int | None
    half_width: float | None
    power: float | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class PairedPlan:
    """A test of two systems on the same cases.

    Attributes:
        figure: "paired", "non-inferiority" or "equivalence".
        difference: to show, or the margin.
        discordant: share of cases on which the systems differ.
        prevalence: share of patients with calcium, to say how many patients hold the cases.
    """

    figure: str
    difference: float
    discordant: float
    prevalence: float


def size_for_width(
    figure: str,
    expected: float,
    prevalence: float,
    rule: IntervalRule,
    *,
    half_width: float,
    patients: int | None = None,
) -> SampleSize:
    """Return the patients for an interval no wider than given, or the width of so many patients.

    Args:
        figure: "sensitivity", "specificity", "kappa" or "auc".
        expected: of the figure.
        prevalence: share of patients with calcium.
        rule: level of the interval.
        half_width: of the interval, at most.
        patients: where given, their width is returned, and `half_width` is not used.
    """
    source = _SOURCES[figure]
    if figure in ("sensitivity", "specificity"):
        share = prevalence if figure == "sensitivity" else 1 - prevalence
        who = f"{'with' if figure == 'sensitivity' else 'without'} calcium"
        given = patients is not None
        cases = (
            math.floor(patients * share)
            if patients is not None
            else (cases_for_proportion(expected, half_width, rule))
        )
        n = patients if patients is not None else patients_for_cases(cases, share)
        if given and cases:
            low, high = wilson_share(expected, cases, rule)
            half_width = (high - low) / 2
        elif given:
            half_width = 1.0
        text = f"{n:,} patients, {cases:,} of them {who}"
        return _width(figure, n, cases, half_width, f"{text}{_gives(given, half_width)} ({source})")
    if figure == "kappa":
        n = patients or cases_for_kappa(expected, half_width, prevalence, rule)
        width = rule.z * math.sqrt(kappa_variance(expected, prevalence) / n)
    else:
        n = patients or patients_for_area(expected, half_width, prevalence, rule)
        width = rule.z * area_error(expected, n, prevalence)
    half_width = half_width if patients is None else width
    words = f"{n:,} patients{_gives(patients is not None, half_width)} ({source})"
    return _width(figure, n, None, half_width, words)


def size_for_power(
    plan: PairedPlan, power: float, rule: IntervalRule, *, patients: int | None = None
) -> SampleSize:
    """Return the cases for a power, or the power of a comparison of so many patients.

    Args:
        plan: the test.
        power: at least; not used where patients are given.
        rule: its level is the confidence.
        patients: all whom the comparison counts.
    """
    given = plan.difference, plan.discordant
    if patients is None:
        search = {
            "paired": cases_for_paired,
            "non-inferiority": cases_for_margin,
            "equivalence": cases_for_equivalence,
        }[plan.figure]
        cases = search(*given, power, rule)
        words = (
            f"{cases:,} cases in each comparison: for a sensitivity "
            f"{patients_for_cases(cases, plan.prevalence):,} patients, for a specificity "
            f"{patients_for_cases(cases, 1 - plan.prevalence):,} "
            f"({_SOURCES[plan.figure]})"
        )
        return SampleSize(plan.figure, None, cases, None, power, words)
    if plan.figure == "paired":
        power = power_of_paired(*given, patients, rule)
    else:
        power = power_of_margin(*given, patients, rule, both_sides=plan.figure == "equivalence")
    words = (
        f"{patients:,} cases in each comparison: power {100 * power:.0f} % "
        f"({_SOURCES[plan.figure]})"
    )
    return SampleSize(plan.figure, None, patients, None, power, words)


def _width(figure: str, n: int, cases: int | None, half: float, words: str) -> SampleSize:
    return SampleSize(figure, n, cases, half, None, words)


def _gives(given: bool, half_width: float) -> str:
    return f": half-width {half_width:.3f}" if given else ""
