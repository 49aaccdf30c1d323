"""`corcal overlap`: label maps against label maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options, settings_options
from corcal.cli.options import PublicationOutput
from corcal.cli.progress import steps

if TYPE_CHECKING:
    from corcal.core.scan import Notice
    from corcal.settings import Settings


@click.command()
@click.argument("predictions", metavar="PRED", type=click.Path(path_type=Path))
@click.argument("references", metavar="REF", type=click.Path(path_type=Path))
@options.publication_of("tables, figure and page", "an earlier comparison", "overlap.json")
@click.option(
    "--map",
    "mapping",
    metavar="1=RCA,2=LAD,3=LCX",
    help="Arteries by code, where the maps of REF hold calcium only.",
)
@options.seed_option("the bootstrap")
@settings_options.settings
def overlap(
    predictions: Path,
    references: Path,
    output: PublicationOutput,
    mapping: str | None,
    seed: int,
    settings: Settings,
) -> None:
    """Compare label maps with a reference: overlap, lesions found.

    PRED and REF are folders of label maps, NAME.nii.gz (or .nii, .nrrd, .mha, .mhd) or
    NAME/labels.nii.gz as `corcal score` writes them. Maps of one name belong together and must
    lie on one grid. Codes are corcal's: 1-3 arteries, 4-6 their calcium. Needs
    `pip install ".[evaluate]"` in the folder of corcal's source.
    """
    options.require_evaluate()
    from corcal.evaluate import label_files, require_partners
    from corcal.evaluate.overlap import CASES_FILE, compare_files, publish_overlap
    from corcal.evaluate.publish import main_files
    from corcal.evaluate.statistics import IntervalRule
    from corcal.read import parse_mapping
    from corcal.storage import check_folder

    codes = None if mapping is None else parse_mapping(mapping)
    check_folder(output.folder, (*main_files("overlap"), CASES_FILE), force=output.force)
    predicted, reference = label_files(predictions), label_files(references)
    require_partners(reference, predicted, "a prediction")
    with steps(output.quiet) as begin:
        compared = []
        for number, (case, path) in enumerate(reference.items(), start=1):
            begin(f"case {number} of {len(reference)}")
            compared.append(
                compare_files(case, predicted[case], path, mapping=codes, scoring=settings.scoring)
            )
        begin("writing")
        alone = len(set(predicted) - set(reference))
        publication = publish_overlap(compared, IntervalRule(seed=seed), alone=alone)
        files = publication.write(output.folder, force=output.force, office=output.office)
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        _show(files[0], files[1], publication.page.notices)


def _show(document: Path, page: Path, notices: tuple[Notice, ...]) -> None:
    """Print the means, the doubts, and where the page is."""
    from corcal.storage import read_json

    said = read_json(document)
    for target, parts in said["overlap"].items():
        for part, one in parts.items():
            dice, hd95 = one["dice"]["value"], one["hd95_mm"]["median"]
            shown = "undefined" if dice is None else f"{dice:.3f}"
            apart = "undefined" if hd95 is None else f"{hd95:.2f} mm"
            n = one["dice"]["n"]
            click.echo(f"{target:>4} {part:<8} mean Dice {shown} (n = {n}), median HD95 {apart}")
    any_artery = said["lesions"]["any"]
    counts = any_artery["counts"]
    click.echo(
        f"Lesions: {counts['found']} of {counts['reference']} found, "
        f"{counts['right']} of {counts['predicted']} predicted are right"
    )
    for notice in notices:
        click.echo(f"Note: {notice.text}")
    click.echo(f"\nReport: {page}")
