"""`corcal sample-size`: how many patients a study needs."""

from __future__ import annotations

import click

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command("sample-size")
@click.argument(
    "figure",
    type=click.Choice(["sensitivity", "specificity", "kappa", "auc", "paired", "non-inferiority"]),
)
@click.option("--expected", type=_SHARE, default=0.9, show_default=True, help="The figure itself.")
@click.option(
    "--half-width", type=_SHARE, default=0.05, show_default=True, help="Of its interval, at most."
)
@click.option(
    "--prevalence", type=_SHARE, default=0.5, show_default=True, help="Share with calcium."
)
@click.option("--difference", type=_SHARE, default=0.05, show_default=True, help="paired: to show; "
              "non-inferiority: the margin.")  # fmt: skip
@click.option(
    "--discordant",
    type=_SHARE,
    default=0.1,
    show_default=True,
    help="Share of cases on which the two systems differ.",
)
@click.option("--power", type=_SHARE, default=0.8, show_default=True)
def sample_size(figure: str, **given: float) -> None:
    """Say how many patients a figure needs, at a level of 95 %.

    FIGURE is sensitivity, specificity, kappa or auc, for an interval of a given width; or paired
    or non-inferiority, for the power to tell two systems on the same patients apart. Needs the
    extra: pip install 'corcal[evaluate]'.
    """
    from corcal.evaluate import statistics as needed
    from corcal.evaluate.statistics import IntervalRule

    rule = IntervalRule()
    expected, half, share = given["expected"], given["half_width"], given["prevalence"]
    difference, discordant, power = given["difference"], given["discordant"], given["power"]
    if figure == "paired" and discordant < difference:
        raise click.UsageError("--discordant cannot be less than --difference.")
    if figure in ("sensitivity", "specificity"):
        cases = needed.cases_for_proportion(expected, half, rule)
        of = share if figure == "sensitivity" else 1 - share
        who = "with" if figure == "sensitivity" else "without"
        n = needed.patients_for_cases(cases, of)
        click.echo(f"{n:,} patients, {cases:,} of them {who} calcium (Wilson; Buderer 1996)")
    elif figure == "kappa":
        n = needed.cases_for_kappa(expected, half, share, rule)
        click.echo(f"{n:,} patients (variance of Fleiss, Cohen and Everitt 1969)")
    elif figure == "auc":
        n = needed.patients_for_area(expected, half, share, rule)
        click.echo(f"{n:,} patients (variance of Hanley and McNeil 1982)")
    elif figure == "paired":
        n = needed.cases_for_paired(difference, discordant, power, rule)
        click.echo(f"{n:,} patients in each comparison (McNemar; Connor 1987)")
    else:
        n = needed.cases_for_margin(difference, discordant, power, rule)
        click.echo(f"{n:,} patients in each comparison (interval of a paired difference)")
