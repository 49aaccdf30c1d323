"""`corcal train test`: a model on the scans that no fold saw."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli.training.held_out import Means, scoring_options


@click.command()
@click.option(
    "--model",
    required=True,
    type=click.Path(path_type=Path),
    metavar="BUNDLE",
    help="The model that `corcal train export` made of WORK.",
)
@scoring_options
def test(work: Path, manifest: Path, out: Path, model: Path, means: Means) -> None:
    """Score the scans that no fold saw: presence, volume and Dice of each artery.

    MANIFEST is the one that the dataset in WORK was made from. OUT/results.csv and
    OUT/reference.csv are what `corcal evaluate` reads; a stopped run goes on.
    """
    from corcal.studies import score_test_set
    from corcal.train import TrainingFolder

    folder = TrainingFolder(work)
    score_test_set(folder, manifest, model, out, means.scorer(folder))
    click.echo((out / "test.md").read_text(encoding="utf-8"))
    click.echo(f"Next: corcal evaluate {out / 'results.csv'} {out / 'reference.csv'} -o REPORT")
