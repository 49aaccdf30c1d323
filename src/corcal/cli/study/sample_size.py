"""`corcal sample-size`: how many patients a study needs, or what so many patients give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.evaluate.statistics import IntervalRule, SampleSize

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)

#: For an interval of a given width; for the power to show something of two systems.
_WIDTHS = ("sensitivity", "specificity", "kappa", "auc")
_POWERS = ("paired", "non-inferiority", "equivalence")


@dataclass(frozen=True)
class Plan:
    """The plan of the study, as given on the command line."""

    expected: float
    half_width: float
    prevalence: float
    difference: float
    discordant: float
    power: float
    confidence: float


@click.command("sample-size")
@click.argument("figure", type=click.Choice([*_WIDTHS, *_POWERS]))
@options.bundle(
    "plan",
    Plan,
    click.option(
        "--expected", type=_SHARE, default=0.9, show_default=True, help="The figure itself."
    ),
    click.option(
        "--half-width",
        type=_SHARE,
        default=0.05,
        show_default=True,
        help="Of its interval, at most.",
    ),
    click.option(
        "--prevalence", type=_SHARE, default=0.5, show_default=True, help="Share with calcium."
    ),
    click.option(
        "--difference",
        type=_SHARE,
        default=0.05,
        show_default=True,
        help="paired: to show; non-inferiority and equivalence: the margin.",
    ),
    click.option(
        "--discordant",
        type=_SHARE,
        default=0.1,
        show_default=True,
        help="Share of cases on which the two systems differ.",
    ),
    click.option(
        "--power", type=_SHARE, default=0.8, show_default=True, help="Of showing it, at least."
    ),
    click.option(
        "--confidence",
        type=click.FloatRange(0.5, 0.999),
        default=0.95,
        show_default=True,
        help="Level of the interval.",
    ),
)
@click.option(
    "--patients",
    type=click.IntRange(min=4),
    help="Say what so many patients give: the half-width, or the power.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def sample_size(figure: str, plan: Plan, patients: int | None, as_json: bool) -> None:
    """Say how many patients a figure needs.

    FIGURE is sensitivity, specificity, kappa or auc, for an interval of a given width; or paired,
    non-inferiority or equivalence, for the power to show it of two systems on the same patients.
    These three count cases of one comparison: for a sensitivity the patients with calcium, for a
    specificity those without.
    """
    from corcal.evaluate.statistics import IntervalRule

    if figure in _POWERS and plan.discordant < plan.difference and figure == "paired":
        raise click.UsageError("--discordant cannot be less than --difference.")
    rule = IntervalRule(confidence=plan.confidence)
    size = _plan(figure, plan, rule, patients)
    click.echo(json_text(size.as_dict()) if as_json else size.words)


def _plan(figure: str, plan: Plan, rule: IntervalRule, patients: int | None) -> SampleSize:
    from corcal.evaluate import statistics as needed

    if figure in _POWERS:
        test = needed.PairedPlan(figure, plan.difference, plan.discordant, plan.prevalence)
        return needed.size_for_power(test, plan.power, rule, patients=patients)
    make: Callable[..., SampleSize] = needed.size_for_width
    return make(
        figure, plan.expected, plan.prevalence, rule, half_width=plan.half_width, patients=patients
    )
