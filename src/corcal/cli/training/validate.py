"""`corcal train validate`: each fold on the scans that it did not see."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli.training.held_out import Means, card_line, scoring_options


@click.command()
@click.option(
    "--model",
    metavar="BUNDLE",
    help="A model that was exported from WORK before, its path or the name of an installed one: "
    "its card receives the tables. Models exported later have them anyway.",
)
@scoring_options
def validate(work: Path, manifest: Path, out: Path, model: str | None, means: Means) -> None:
    """Score each fold's validation scans by that fold alone: how much the folds differ.

    Every scan that was trained on is scored by the one network that did not see it. MANIFEST is
    the one that the dataset in WORK was made from. A stopped run goes on. The tables are kept in
    WORK for the cards of its models.
    """
    from corcal.studies import cross_validate
    from corcal.train import TrainingFolder

    folder = TrainingFolder(work)
    scored = cross_validate(folder, manifest, out, means.scorer(folder), model=model)
    click.echo(scored.markdown)
    if scored.model is not None:
        click.echo(card_line(scored.model))
        return
    click.echo(
        f"Next: corcal train export {work} -o NAME.corcal\n"
        "Its card will hold these tables. For a model that is exported already, call this command "
        "again with --model NAME.corcal."
    )
