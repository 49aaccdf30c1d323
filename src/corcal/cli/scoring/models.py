"""`corcal models`: what finds the heart and the arteries, and bundles of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from corcal.cli import options
from corcal.cli.groups import Commands


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List the models, and check the files of the embedded ones."""
    if context.invoked_subcommand is not None:
        return
    from corcal.segment import installed_bundles, state

    _list_embedded()
    for path in installed_bundles():
        click.echo(f"installed {path.name}\n{'':<10}{state(path)}")


def _list_embedded() -> None:
    from corcal.locate import EmbeddedLocator
    from corcal.segment import EmbeddedSegmenter

    # Making a model checks its files against the manifest, and refuses changed ones.
    locator, segmenter = EmbeddedLocator(), EmbeddedSegmenter()
    for step, model in (("heart", locator), ("arteries", segmenter)):
        click.echo(f"{step:<10}{model.name}\n{'':<10}sha256 {model.sha256}")
    if len(segmenter.members) > 1:
        for number, member in enumerate(segmenter.members, start=1):
            weights = member.path.with_suffix(".bin").name
            click.echo(f"{'':<10}member {number}: {member.path.name}, {weights}")
    click.echo("All files are as released.")


@models.command()
@click.argument("model")
def verify(model: str) -> None:
    """Check every file of a bundle against its SHA-256.

    MODEL is a bundle's folder or zip, or the name of an installed one.
    """
    from corcal.segment import find_bundle

    bundle = find_bundle(model)
    bundle.verify()
    click.echo(
        f"{bundle.name}: all {len(bundle.files)} files are those that its manifest names.\n"
        f"sha256 {bundle.sha256}\n"
        "Compare this hash with the one published by whoever made the model."
    )


@models.command()
@click.argument("model")
def show(model: str) -> None:
    """Show what a bundle says of its model, and its model card.

    MODEL is a bundle's folder or zip, or the name of an installed one.
    """
    from corcal.segment import find_bundle

    bundle = find_bundle(model)
    facts = bundle.facts
    openvino = "in the bundle" if bundle.has_networks else "not in the bundle: torch is needed"
    rows = (
        ("model", bundle.name),
        ("sha256", bundle.sha256),
        ("trained by", f"nnU-Net, {facts.trainer}, {facts.configuration}"),
        ("folds", ", ".join(str(k) for k in facts.folds)),
        ("mirroring", _axes(bundle.plan.transpose[a] for a in facts.mirroring_axes)),
        ("window", " x ".join(str(n) for n in bundle.plan.patch) + " voxels"),
        ("spacing", " x ".join(f"{s:g}" for s in facts.spacing_mm) + " mm"),
        ("padding", " x ".join(str(n) for n in facts.padding_voxels) + " voxels"),
        ("OpenVINO", openvino),
        ("regions", "that exclude each other" if facts.exclusive else "merged, as the paper's"),
        ("crop", "heart" if _is_crop(facts.settings) else "none: the whole scan"),
        *facts.origin.items(),
    )
    for title, value in rows:
        click.echo(f"{title:<16}{value}")
    click.echo(f"\n{bundle.card().strip()}")


def _is_crop(settings: dict[str, Any]) -> bool:
    return bool(settings.get("preparation", {}).get("crop_to_heart", True))


def _axes(axes: Iterable[int]) -> str:
    return ", ".join(("slices", "rows", "columns")[a] for a in sorted(axes)) or "none"


@models.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder for the bundle; without it, your own, where its name is enough to find it.",
)
@options.force_option("an installed model of the same name")
def install(path: Path, folder: Path | None, force: bool) -> None:
    """Check a bundle and install it, whole or not at all.

    PATH is the bundle's folder or zip.
    """
    from corcal.segment import Bundle, models_folder
    from corcal.segment import install as put

    bundle = Bundle.open(path)
    bundle.verify()
    out = put(bundle, folder or models_folder(), force=force)
    use = out if folder else bundle.facts.name
    click.echo(
        f"{bundle.name} is installed in {out}\nUse it: corcal score SCAN -o OUT --model {use}"
    )


@models.command("to-nnunet")
@click.argument("model")
@options.place_option(
    "results",
    "nnU-Net's folder of trained models (nnUNet_results); made if absent.",
    metavar="RESULTS",
)
@options.force_option("the same model in RESULTS")
def to_nnunet(model: str, results: Path, force: bool) -> None:
    """Write a bundle as nnU-Net keeps its models, to be run by plain nnU-Net.

    MODEL is a bundle's folder or zip, or the name of an installed one.
    """
    from corcal.segment import find_bundle, predict_command, write_results_folder

    bundle = find_bundle(model)
    out = write_results_folder(bundle, results, force=force)
    click.echo(
        f"{bundle.name} is written to {out}\n"
        f"Run it on heart crops with nnUNet_results set to {results}:\n"
        f"  {predict_command(bundle)}"
    )


@models.command("from-nnunet")
@click.argument("folder", type=click.Path(path_type=Path))
@options.place_option(
    "out",
    "The model: a folder such as NAME.corcal, or a zip where it ends in .zip.",
    metavar="BUNDLE",
)
@click.option(
    "--padding",
    required=True,
    type=(int, int, int),
    metavar="SLICES ROWS COLUMNS",
    help="Voxels around the heart with which the model's crops were cut: 0 10 10 in the paper.",
)
@click.option("--name", metavar="NAME", help="Of the model; without it, that of BUNDLE.")
@click.option("--model-version", default="1", show_default=True, metavar="VERSION")
@click.option("--checkpoint", default="checkpoint_final.pth", show_default=True, metavar="FILE")
@options.force_option("a model that BUNDLE holds already")
def from_nnunet(
    folder: Path,
    out: Path,
    padding: tuple[int, int, int],
    name: str | None,
    model_version: str,
    **given: Any,
) -> None:
    """Take over a model folder of plain nnU-Net v2, so that `corcal score --model` runs it.

    FOLDER is Dataset.../Trainer__Plans__Configuration with its folds. Its labels must be the six
    regions in corcal's order. Checkpoints are opened safely: one that holds more than tensors and
    plain values is refused.
    """
    from corcal.segment import Origin, bundle_from_results

    origin = Origin(name or out.stem, model_version, padding, given["checkpoint"])
    path = bundle_from_results(folder, out, origin, force=given["force"])
    click.echo(f"{path}\nNext: corcal score SCAN -o OUT --model {path}")


@models.command("download-heart")
def download_heart() -> None:
    """Have TotalSegmentator download its weights for --heart totalsegmentator.

    Only sub-task 293; nothing is reported to anyone. It needs `pip install
    ".[totalsegmentator]"` in the folder of corcal's source, and a network.
    """
    from corcal.locate import download, weights_folder

    out = download(weights_folder())
    click.echo(f"TotalSegmentator's weights are in {out}\nUse them: --heart totalsegmentator")
