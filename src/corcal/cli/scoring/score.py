"""`corcal score`: one scan in, one report out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import model_options, options, settings_options
from corcal.cli.errors import need_of
from corcal.cli.progress import steps
from corcal.cli.report_output import ReportOutput, report_output

if TYPE_CHECKING:
    from corcal.models import ModelChoice
    from corcal.quantify import Person
    from corcal.settings import Settings


@dataclass(frozen=True)
class Source:
    """The scan that is scored.

    Attributes:
        scan: a DICOM folder, zip or file, or a volume.
        series: the DICOM series in it; None for the best one.
    """

    scan: Path
    series: str | None


@click.command()
@options.bundle(
    "source",
    Source,
    click.argument("scan", type=click.Path(path_type=Path)),
    click.option(
        "--series", metavar="UID", help="The DICOM series to score, if several are there."
    ),
)
@report_output
@model_options.severity_model
@settings_options.scoring_settings
@model_options.models
@options.person
def score(
    source: Source,
    output: ReportOutput,
    severity_model: Path | None,
    settings: Settings,
    models: ModelChoice,
    person: Person | None,
) -> None:
    """Find and measure the coronary calcium of a chest CT.

    SCAN is a DICOM folder, zip or file, or a NIfTI, NRRD or MHA volume. The report goes to the
    folder given with -o. `corcal inspect SCAN` shows what a folder holds.
    """
    from corcal.cli.scoring.result import present
    from corcal.pipeline import STEPS, score_scan
    from corcal.quantify import read_severity_model, with_grades
    from corcal.read import read_scan
    from corcal.report import check_output, check_scan, write_reports

    check_output(output.folder, force=output.force, options=output.options)
    grading = None if severity_model is None else read_severity_model(severity_model)
    with steps(output.quiet, total=len(STEPS) + 2) as begin:
        # A model that cannot be run is found out before the scan is read.
        members = settings.segmentation.members
        locator, segmenter = models.locator(), models.segmenter(members, begin.part)
        begin("reading the scan")
        ct = read_scan(source.scan, settings=settings, series_uid=source.series)
        check_scan(ct, output.options)
        with need_of(ct.grid.shape):
            reading = score_scan(
                ct,
                settings=settings,
                locator=locator,
                segmenter=segmenter,
                person=person,
                progress=begin,
            )
        if grading is not None:
            reading = with_grades(reading, grading)
        begin("writing the report")
        write_reports(reading, output.folder, force=output.force, options=output.options)
    present(reading, output)
