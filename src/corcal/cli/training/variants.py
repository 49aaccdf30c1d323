"""`corcal train variants`: the ablation study of the paper, one table out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import model_options, options, settings_options
from corcal.cli.training.machine import Use, use

if TYPE_CHECKING:
    from corcal.cli.model_options import HeartChoice
    from corcal.settings import Settings


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@options.place_option("out", "Receives a work folder and a model for each variant, and the table.")
@click.option(
    "--only",
    metavar="NAME,...",
    default="",
    help="Some of: full, no_crop, no_regions. Without it, all three.",
)
@settings_options.settings
@model_options.heart
@use
def variants(
    manifest: Path, out: Path, only: str, settings: Settings, heart: HeartChoice, use: Use
) -> None:
    """Train and score the method with one part taken out at a time.

    full is the method as set; no_crop sees the whole scan instead of the heart; no_regions learns
    six labels that exclude each other. All are trained on the same scans and scored on those kept
    for tests, by the code of `corcal score`. The table is OUT/variants.md, .csv and .tex; it grows
    with every variant. OUT/NAME_scored holds the label maps of a variant and the tables that
    `corcal ablation` reads.
    """
    from corcal.cli.training.show_events import progress_display
    from corcal.studies import Runner, choose_variants, run_variants
    from corcal.train import require_nnunet

    names = choose_variants(only)
    require_nnunet()

    devices = use.devices()
    with progress_display(use.quiet) as display:
        runner = Runner(
            machine=use.machine(devices),
            gpus=devices.gpus,
            locator=heart.locator(devices.device),
            on_progress=display.line,
            on_fold_event=display,
        )
        table = run_variants(manifest, out, settings, names=names, runner=runner)
    click.echo(table.read_text(encoding="utf-8"))
    if len(names) > 1:
        systems = " ".join(f"{name}={out / f'{name}_scored' / 'results.csv'}" for name in names)
        reference = out / f"{names[0]}_scored" / "reference.csv"
        click.echo(f"Next: corcal ablation {reference} {systems} -o ABLATION")
