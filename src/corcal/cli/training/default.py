"""`corcal train default`: make the embedded models."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import click

from corcal.cli import options
from corcal.core.errors import SettingsRefused
from corcal.runtime import install_extra


@dataclass(frozen=True)
class Amount:
    """The amount of training of the embedded models, and of cases.

    Attributes:
        base_steps: of the segmenter, on phantoms alone.
        steps: of the segmenter after that.
        locator_steps: of the heart locator.
        lesion_phantoms: phantoms to fit the lesion model on.
        phantoms: phantoms for the segmenter.
    """

    base_steps: int
    steps: int
    locator_steps: int
    lesion_phantoms: int
    phantoms: int


_amount = options.bundle(
    "amount",
    Amount,
    click.option(
        "--base-steps",
        type=int,
        default=9000,
        show_default=True,
        help="Of the segmenter, on phantoms alone.",
    ),
    click.option(
        "--steps",
        type=int,
        default=1400,
        show_default=True,
        help="Of the segmenter after that, on phantoms and real scans.",
    ),
    click.option(
        "--locator-steps",
        type=int,
        default=1500,
        show_default=True,
        help="Of the heart locator; 0 trains none.",
    ),
    click.option(
        "--lesion-phantoms",
        type=int,
        default=60,
        show_default=True,
        help="Fresh synthetic scans to fit the lesion model on; 0 fits none.",
    ),
    click.option("--phantoms", type=int, default=160, show_default=True, help="Synthetic scans."),
)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="Annotated scans: a folder with ct/ and annotations/.",
)
@click.option(
    "--scans",
    type=click.Path(path_type=Path),
    metavar="TOML",
    help="The list of annotated scans: a table for each. That of corcal's own models is "
    "recipes/embedded/scans.toml in its source.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="Work folder.")
@_amount
@click.option(
    "--leave-out",
    multiple=True,
    metavar="SCAN",
    help="A real scan that the segmenter is not shown; may be given again.",
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
def default(
    data: Path,
    scans: Path | None,
    out: Path,
    amount: Amount,
    leave_out: tuple[str, ...],
    device: str,
) -> None:
    """Train the embedded heart locator and segmenter from annotated scans and phantoms.

    Which scans those are, and how far their annotations can be trusted, --scans says.

    A run that was stopped goes on where it was when it is called again. Everything random comes
    from one fixed seed. The finished files are in OUT/models, or in OUT/without/SCAN/models
    where scans are left out.
    """
    try:
        from corcal.recipes import Recipe, read_scans, train_default
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "openvino"}:
            raise
        raise SettingsRefused(
            f"training needs {error.name}: {install_extra('train')} "
            "(for a CPU, install the CPU build of torch first)"
        ) from error
    recipe = Recipe(**asdict(amount), leave_out=leave_out, device=device)
    listed = read_scans(scans, data)
    models = train_default(listed, out, recipe, on_progress=lambda line: click.echo(line, err=True))
    click.echo(str(models))
