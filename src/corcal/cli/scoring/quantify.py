"""`corcal quantify`: the numbers and the report for anybody's label map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.progress import steps
from corcal.cli.report_output import ReportOutput, report_output

if TYPE_CHECKING:
    from corcal.quantify import Person
    from corcal.settings import Settings


@click.command()
@click.argument("scan", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@report_output
@click.option(
    "--map",
    "mapping",
    metavar="1=RCA,2=LAD,3=LCX",
    help="Arteries by code, for a map that holds calcium only. Without it, LABELS uses "
    "corcal's codes: 1-3 arteries, 4-6 their calcium.",
)
@options.settings
@options.person
def quantify(
    scan: Path,
    labels: Path,
    output: ReportOutput,
    mapping: str | None,
    settings: Settings,
    person: Person | None,
) -> None:
    """Measure the calcium that a label map marks on a scan.

    LABELS lies on the grid of SCAN. No model is involved: the numbers and the report are those
    of `corcal score`, for labels drawn by a person or by other software.
    """
    from corcal.cli.scoring.result import present
    from corcal.pipeline import quantify_labels
    from corcal.read import parse_mapping, read_labels, read_scan
    from corcal.report import check_output, check_scan, write_reports

    codes = None if mapping is None else parse_mapping(mapping)
    check_output(output.folder, force=output.force, options=output.options)
    with steps(output.quiet, total=4) as begin:
        begin("reading the scan")
        ct = read_scan(scan, settings=settings.admission)
        check_scan(ct, output.options)
        begin("reading the labels")
        drawn = read_labels(labels, ct, mapping=codes)
        reading = quantify_labels(ct, drawn, settings=settings, person=person, progress=begin)
        begin("writing the report")
        write_reports(reading, output.folder, force=output.force, options=output.options)
    present(reading, output)
