"""`corcal score`: one scan in, one report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.options import Output
from corcal.cli.progress import steps

if TYPE_CHECKING:
    from corcal.chosen import ChosenModels
    from corcal.pipeline import Person
    from corcal.settings import Settings


@click.command()
@click.argument("scan", type=click.Path(path_type=Path))
@options.output
@click.option("--series", metavar="UID", help="The DICOM series to score, if several are there.")
@options.settings
@options.models
@options.person
def score(
    scan: Path,
    output: Output,
    series: str | None,
    settings: Settings,
    models: ChosenModels,
    person: Person | None,
) -> None:
    """Find and measure the coronary calcium of a chest CT.

    SCAN is a DICOM folder, zip or file, or a NIfTI, NRRD or MHA volume. The report goes to the
    folder given with -o. `corcal inspect SCAN` shows what a folder holds.
    """
    from corcal.cli.result import present
    from corcal.pipeline import score_scan
    from corcal.read import read_scan
    from corcal.report import check_output, write_reports

    check_output(output.folder, force=output.force)
    with steps(output.quiet) as begin:
        # A model that cannot be run is found out before the scan is read.
        locator, segmenter = models.locator(), models.segmenter(begin.part)
        begin("reading the scan")
        ct = read_scan(scan, settings=settings.admission, series_uid=series)
        reading = score_scan(
            ct,
            settings=settings,
            locator=locator,
            segmenter=segmenter,
            person=person,
            progress=begin,
        )
        begin("writing the report")
        write_reports(reading, output.folder, force=output.force)
    present(reading, output)
