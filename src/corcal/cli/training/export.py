"""`corcal train export`: trained folds become a model for `corcal score --model`."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli import options


@click.command()
@click.argument("work", type=click.Path(path_type=Path))
@options.place_option(
    "out",
    "The model: a folder such as NAME.corcal, or a zip where it ends in .zip.",
    metavar="BUNDLE",
)
@click.option("--name", metavar="NAME", help="Of the model; without it, that of BUNDLE.")
@click.option(
    "--model-version", default="1", show_default=True, metavar="VERSION", help="Of the model."
)
@click.option(
    "--folds", "chosen", default="", metavar="0,1,...", help="Which folds; without it, all."
)
@options.force_option("a model that BUNDLE holds already")
@options.quiet_option(result=False)
def export(
    work: Path, out: Path, name: str | None, model_version: str, chosen: str, **flags: bool
) -> None:
    """Put trained folds into one model: weights without pickle, OpenVINO networks, a model card.

    The card holds the tables of `corcal train validate` and `corcal train test`; both write them
    into the card of a model that is there, too. The model runs with `corcal score --model`, and
    after `corcal models to-nnunet` with plain nnU-Net.
    """
    from corcal.cli.training.machine import numbers
    from corcal.cli.training.show_events import progress_display
    from corcal.train import ModelName, TrainingFolder, export_bundle

    picked = numbers(chosen, "--folds") or None
    with progress_display(flags["quiet"]) as display:
        named = ModelName(name or out.stem, model_version)
        path = export_bundle(
            TrainingFolder(work),
            out,
            named,
            folds=picked,
            force=flags["force"],
            on_progress=display.line,
        )
    if not flags["quiet"]:
        click.echo(
            f"{path}\nNext: corcal train test {work} MANIFEST -o TESTED --model {path}, "
            f"and corcal score SCAN -o OUT --model {path}"
        )
