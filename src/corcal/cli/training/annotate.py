"""`corcal annotate`: a radiologist's drawing in, labels to learn from out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corcal.cli import options
from corcal.cli.drawing_options import MEANINGS, DrawingChoice, drawing_options
from corcal.cli.options import Output
from corcal.cli.progress import steps
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.annotate import AnnotateOptions, Outcome


@dataclass(frozen=True)
class AnnotateChoice(DrawingChoice):
    """Decisions about a drawing and its calcium, as given on the command line."""

    orphans: str
    reach: float
    unchecked: bool

    def options(self) -> AnnotateOptions:
        """Return the options of `corcal.annotate`."""
        return replace(
            super().options(),
            orphans=self.orphans,
            reach_mm=self.reach,
            checked=not self.unchecked,
        )


@click.command()
@click.argument("scan", type=click.Path(path_type=Path), required=False)
@click.argument("annotation", type=click.Path(path_type=Path), nargs=-1)
@options.output_of("the labels", "an annotation that OUT holds already", "annotation.json")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Many scans: a table with the columns scan and annotation, and patient and contrast "
    "if known. Paths are relative to it.",
)
@click.option("--series", metavar="UID", help="The DICOM series drawn on, if several are there.")
@options.bundle(
    "choice",
    AnnotateChoice,
    *drawing_options(f"What the drawing's type ids, codes or names mean: {MEANINGS}."),
    click.option(
        "--orphans",
        type=click.Choice(["list", "nearest", "refuse"]),
        default="list",
        show_default=True,
        help="Calcium that touches no artery: leave it out and list it, give it to the nearest "
        "artery within --reach, or refuse the drawing.",
    ),
    click.option(
        "--reach",
        type=click.FloatRange(min=0),
        default=3.0,
        show_default=True,
        metavar="MM",
        help="For --orphans nearest.",
    ),
    click.option(
        "--unchecked",
        is_flag=True,
        help="Take a drawing even if the scan's values or anatomy speak against it.",
    ),
)
def annotate(
    scan: Path | None,
    annotation: tuple[Path, ...],
    output: Output,
    manifest: Path | None,
    series: str | None,
    choice: AnnotateChoice,
) -> None:
    """Turn a drawing of the arteries into labels on its scan.

    ANNOTATION is a MASS or QMass contour file (.con), a label map (NIfTI, NRRD, MHA), a
    segmentation of 3D Slicer, a DICOM SEG or an RTSTRUCT, made on SCAN; or several masks, each
    a file that is named after what it marks. Written are labels.nii.gz (1-3 arteries, 4-6 their
    calcium), annotation.json (what was decided and why) and qc.png (a picture to check).
    """
    if (manifest is None) == (not annotation) or (manifest is not None and scan is not None):
        raise click.UsageError("Give SCAN and ANNOTATION, or --manifest.")
    if manifest is not None:
        if series is not None:
            raise click.UsageError("--series goes with one scan, not with --manifest.")
        _many(manifest, output, choice)
        return
    assert scan is not None
    from corcal.annotate import DrawnScan, annotate_scan

    entry = DrawnScan(scan, annotation[0], series_uid=series, more=annotation[1:])
    with steps(output.quiet) as begin:
        begin("annotating the scan")
        record, _ = annotate_scan(
            entry, output.folder, options=choice.options(), force=output.force
        )
    if output.as_json:
        click.echo(json_text(record))
    elif not output.quiet:
        _show(record, output.folder)


def _show(record: dict[str, Any], folder: Path) -> None:
    """Say what one drawing became."""
    for name, part in record["labels"].items():
        if part["voxels"]:
            click.echo(
                f"{name:<12} {part['voxels']:>8} voxels {part['volume_mm3']:>10.1f} mm\u00b3"
            )
    for decision in record["decisions"]:
        click.echo(f"Decided: {decision['what']} {decision['chosen']}: {decision['why']}.")
    for notice in record["notices"]:
        click.echo(f"Note: {notice['text']}")
    click.echo(f"Look at it: {folder / 'qc.png'}")


def _many(manifest: Path, output: Output, choice: AnnotateChoice) -> None:
    from corcal.annotate import annotate_all, read_entries

    entries = read_entries(manifest)
    outcomes: list[Outcome] = []
    with steps(output.quiet) as begin:
        begin(f"case 1 of {len(entries)}")
        for outcome in annotate_all(
            entries, output.folder, options=choice.options(), force=output.force
        ):
            outcomes.append(outcome)
            if len(outcomes) < len(entries):
                begin(f"case {len(outcomes) + 1} of {len(entries)}")
    if output.as_json:
        records = [
            {"case": o.name, "error": o.error or None, "annotation": o.record} for o in outcomes
        ]
        click.echo(json_text(records))
    elif not output.quiet:
        _summary(outcomes, output.folder)
    if any(o.record is None for o in outcomes):
        click.get_current_context().exit(3 if any(o.defect for o in outcomes) else 2)


def _summary(outcomes: list[Outcome], folder: Path) -> None:
    failed = [o for o in outcomes if o.record is None]
    for outcome in outcomes:
        if outcome.record is None:
            click.echo(f"{outcome.name}  FAILED  {outcome.error}")
            continue
        labels = outcome.record["labels"]
        calcium = sum(p["volume_mm3"] for name, p in labels.items() if "calcium" in name)
        arteries = [n for n, p in labels.items() if "calcium" not in n and p["voxels"]]
        click.echo(
            f"{outcome.name}  done    {', '.join(arteries) or 'no artery'}; calcium "
            f"{calcium:.1f} mm\u00b3; orphans: {len(outcome.record['orphans'])}; "
            f"notes: {len(outcome.record['notices'])}"
        )
    if not all(o.entry.patient for o in outcomes):
        click.echo("Note: without a patient column each scan counts as a patient of its own.")
    click.echo(f"{len(outcomes) - len(failed)} of {len(outcomes)} done: {folder / 'manifest.csv'}")
