"""`corcal train dataset`: annotated scans become a dataset to train on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import model_options, options, settings_options

if TYPE_CHECKING:
    from corcal.models import ModelChoice
    from corcal.settings import Settings


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@options.place_option("work", "Work folder of this training; made if absent.", metavar="WORK")
@settings_options.settings
@model_options.hearts
@click.option(
    "--set-aside",
    is_flag=True,
    help="Leave refused scans out and list them in WORK/set_aside.csv, instead of stopping.",
)
@click.option(
    "--unchecked",
    is_flag=True,
    help="Take labels even if the scan's values or anatomy speak against them.",
)
@options.quiet_option(result=False)
def dataset(
    manifest: Path, work: Path, settings: Settings, models: ModelChoice, **flags: bool
) -> None:
    """Prepare annotated scans as scoring does, and split them by patient.

    MANIFEST is a CSV with the columns patient, scan and labels, and perhaps contrast (yes, no)
    and heart (a mask); `corcal annotate` writes one. Called again, it goes on where it was.
    """
    from corcal.cli.training.show_events import progress_display
    from corcal.train import Acceptance, TrainingFolder, make_dataset

    quiet = flags["quiet"]
    with progress_display(quiet) as display:
        made = make_dataset(
            manifest,
            TrainingFolder(work),
            settings,
            locator=models.locator(),
            acceptance=Acceptance(not flags["unchecked"], flags["set_aside"]),
            on_progress=display.line,
        )
        for case, notices in made.notices.items():
            for notice in notices:
                display.line(f"{case}: {notice.text}")
    if not quiet:
        split = made.split
        aside = TrainingFolder(work).set_aside_file
        left_out = f"{len(made.set_aside)} set aside, see {aside}. " if made.set_aside else ""
        sizes = ", ".join(str(len(fold)) for fold in split.held_out)
        click.echo(
            f"{len(split.trained)} scans to train on, in folds of {sizes}; {len(split.test)} kept "
            f"for tests. {left_out}{TrainingFolder(work).split_file} names them.\n"
            f"Next: corcal train plan {work}"
        )
