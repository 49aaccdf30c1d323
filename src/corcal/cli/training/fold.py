"""`corcal train fold`: train one fold."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli.training.machine import Use, use


@click.command()
@click.argument("work", type=click.Path(path_type=Path))
@click.argument("number", type=click.IntRange(min=0))
@use
def fold(work: Path, number: int, use: Use) -> None:
    """Train one fold to its end, from where it was.

    For a computer of its own for each fold; `corcal train folds` trains all of them here.
    """
    from corcal.cli.training.folds import finish

    finish(work, [number], use)
