"""`corcal train test`: a model on the scans that no fold saw."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli.training.held_out import Means, card_line, scoring_options


@click.command()
@click.option(
    "--model",
    required=True,
    metavar="BUNDLE",
    help="The model that `corcal train export` made of WORK: its path, or the name of an "
    "installed one. Its card receives the table.",
)
@scoring_options
def test(work: Path, manifest: Path, out: Path, model: str, means: Means) -> None:
    """Score the scans that no fold saw: presence, volume and Dice of each artery.

    The table goes into the card of BUNDLE, too. MANIFEST is the one that the dataset in WORK was
    made from. OUT/results.csv and OUT/reference.csv are what `corcal evaluate` reads; a stopped
    run goes on.
    """
    from corcal.studies import score_test_set
    from corcal.train import TrainingFolder

    folder = TrainingFolder(work)
    scored = score_test_set(folder, manifest, model, out, means.scorer(folder))
    click.echo(scored.markdown)
    if scored.model is None:
        click.echo(f"{model} was not exported from {work}: its card stays as it is.")
    else:
        click.echo(card_line(scored.model))
    click.echo(f"Next: corcal evaluate {out / 'results.csv'} {out / 'reference.csv'} -o REPORT")
