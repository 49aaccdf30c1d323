"""`corcal train folds`: train all folds of a model."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import click

from corcal.cli.training.machine import Use, use


@click.command()
@click.argument("work", type=click.Path(path_type=Path))
@use
def folds(work: Path, use: Use) -> None:
    """Train all folds to their end, from where they were.

    One fold at a time runs on each GPU; on the CPU, one after the other. It
    may be stopped at any moment: called again, it goes on from the last saved states.
    """
    from corcal.train import TrainingFolder

    finish(work, range(TrainingFolder(work).settings().training.folds), use)


def finish(work: Path, numbers: Sequence[int], use: Use) -> None:
    """Train these folds to their end and say what comes next."""
    from corcal.cli.training.show_events import progress_display
    from corcal.train import (
        TrainingFolder,
        estimate_training,
        missing_folds,
        require_nnunet,
        train_folds,
    )

    require_nnunet()
    # A job system ends its jobs so: they save their states as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with progress_display(use.quiet) as display:
        devices = use.devices()
        display.line(f"training on {devices.text}")
        machine, folder = use.machine(devices), TrainingFolder(work)
        display.line(estimate_training(folder).text)
        train_folds(folder, numbers, machine, gpus=devices.gpus, on_progress=display)
    if use.quiet:
        return
    missing = missing_folds(TrainingFolder(work))
    if missing:
        click.echo(f"Still to be trained: fold {', '.join(map(str, missing))}")
    else:
        click.echo(
            "All folds are trained.\n"
            f"Next: corcal train validate {work} MANIFEST -o VALIDATED (how accurate are they?), "
            f"then corcal train export {work} -o NAME.corcal"
        )
