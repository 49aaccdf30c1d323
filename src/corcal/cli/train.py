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
@click.option(
    "--locator-steps", type=int, default=1500, show_default=True, help="Of the heart locator."
)
@click.option("--phantoms", type=int, default=120, show_default=True, help="Synthetic scans.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
def default(
    data: Path, out: Path, steps: int, locator_steps: int, phantoms: int, device: str
) -> None:
    """Train the embedded heart locator and segmenter from annotated scans and phantoms.

    A run that was stopped goes on where it was when it is called again. Everything random comes
    from one fixed seed. The finished files are in OUT/models.
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
    recipe = Recipe(
        phantoms=phantoms, segmenter_steps=steps, locator_steps=locator_steps, device=device
    )
    models = train_default(data, out, recipe, tell=lambda line: click.echo(line, err=True))
    click.echo(str(models))
