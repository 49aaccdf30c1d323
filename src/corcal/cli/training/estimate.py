"""`corcal train estimate`: disk and time of a training, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import settings_options

if TYPE_CHECKING:
    from corcal.settings import Settings


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where the training would be: the free disk there is named; without it, here.",
)
@settings_options.settings
def estimate(manifest: Path, work: Path, settings: Settings) -> None:
    """Say how much disk and time a training would take; nothing is written.

    MANIFEST is that of `corcal train dataset`, with the same --settings and --paper. By
    arithmetic, from the number of scans, the size of their labels and that of the network; hearts
    are taken to be large. After the dataset is made, `corcal train plan` knows its real size.
    """
    from corcal.train import estimate_manifest, expected_crops

    crops = expected_crops(manifest, settings)
    click.echo(
        f"{crops.trained} scans to train on, {crops.tested} kept for tests, "
        f"{settings.training.folds} folds\n{estimate_manifest(crops, settings, work).text}"
    )
