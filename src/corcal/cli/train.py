"""`corcal train`: make the models."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.core.errors import SettingsRefused


@click.group()
def train() -> None:
    """Train the models that corcal uses. Needs the extra: pip install 'corcal[train]'."""


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Annotated scans: a folder with ct/ and annotations/.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Work folder.")
@click.option("--steps", type=int, default=6000, show_default=True, help="Of the segmenter.")
@click.option("--phantoms", type=int, default=120, show_default=True, help="Synthetic scans.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything random.")
def default(data: Path, out: Path, steps: int, phantoms: int, device: str, seed: int) -> None:
    """Train the embedded heart locator and segmenter from annotated scans and phantoms.

    A run that was stopped goes on where it was when it is called again.
    """
    try:
        from corcal.train.default import Recipe, train_default
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "openvino"}:
            raise
        raise SettingsRefused(
            f"training needs {error.name}: pip install 'corcal[train]' "
            "(for a CPU, install the CPU build of torch first)"
        ) from error
    recipe = Recipe(phantoms=phantoms, segmenter_steps=steps, seed=seed, device=device)
    models = train_default(data, out, recipe, tell=lambda line: click.echo(line, err=True))
    click.echo(str(models))
