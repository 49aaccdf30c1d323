"""`corcal train validate`: each fold on the scans that it did not see."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli.training.held_out import Means, scoring_options


@click.command()
@scoring_options
def validate(work: Path, manifest: Path, out: Path, means: Means) -> None:
    """Score each fold's validation scans by that fold alone: how much the folds differ.

    Every scan that was trained on is scored by the one network that did not see it. MANIFEST is
    the one that the dataset in WORK was made from. A stopped run goes on.
    """
    from corcal.studies import cross_validate
    from corcal.train import TrainingFolder

    folder = TrainingFolder(work)
    cross_validate(folder, manifest, out, means.scorer(folder))
    click.echo((out / "validation.md").read_text(encoding="utf-8"))
