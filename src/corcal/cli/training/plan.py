"""`corcal train plan`: nnU-Net's plan, and its preprocessing."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli import options


@click.command()
@click.argument("work", type=click.Path(path_type=Path))
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path),
    metavar="TOML",
    help="Another [training] than the dataset was made with: patch, features, epochs, ...",
)
@options.quiet_option(result=False)
def plan(work: Path, file: Path | None, quiet: bool) -> None:
    """Write nnU-Net's plan for a dataset and preprocess its scans.

    WORK is the folder of `corcal train dataset`. Called again, it goes on where it was.
    """
    from corcal.cli.training.show_events import progress_display
    from corcal.train import (
        Machine,
        TrainingFolder,
        change_training,
        choose_devices,
        estimate_training,
        plan_and_preprocess,
        require_nnunet,
        visible_gpus,
    )

    require_nnunet()
    place = TrainingFolder(work)
    if file is not None:
        change_training(place, file)
    with progress_display(quiet) as display:
        display.line(estimate_training(place).text)
        plan_and_preprocess(place, Machine(), display.show_prepared)
    if not quiet:
        device = choose_devices("auto", (), visible=visible_gpus()).device
        click.echo(f"{place.plans_file}\nNext: corcal train folds {work} --device {device}")
