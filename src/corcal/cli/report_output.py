"""Options of the commands that write a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli.options import Command, Output, bundle, output_options

if TYPE_CHECKING:
    from corcal.report import ReportOptions


@dataclass(frozen=True)
class ReportOutput(Output):
    """The place of a report and its parts; see `corcal.report.ReportOptions`."""

    case_id: str
    show_dates: bool
    language: str
    advice: bool
    prior: Path | None
    pdf: bool
    dicom: bool

    @property
    def options(self) -> ReportOptions:
        """The parts of the report, with the date of today."""
        from corcal.report import ReportOptions

        return ReportOptions(
            case_id=self.case_id,
            scored_at=datetime.now(),
            show_dates=self.show_dates,
            language=self.language,
            advice=self.advice,
            prior=self.prior,
            pdf=self.pdf,
            dicom=self.dicom,
        )


def report_output(command: Command) -> Command:
    """Add the options of a report; the command receives `output: ReportOutput`."""
    return bundle(
        "output",
        ReportOutput,
        *output_options("the report", "a report that OUT holds already", "report.json"),
        click.option(
            "--id",
            "case_id",
            default="",
            metavar="TEXT",
            help="How the case is called in the report. Without it: the ID of a de-identified "
            "scan, or a short hash.",
        ),
        click.option("--show-dates", is_flag=True, help="Print the date of the scan."),
        click.option(
            "--language",
            type=click.Choice(["en", "de", "fr", "es"]),
            default="en",
            help="Of the text to paste.",
        ),
        click.option("--advice", is_flag=True, help="End that text with a sentence of advice."),
        click.option(
            "--prior",
            type=click.Path(path_type=Path),
            metavar="REPORT",
            help="report.json of an earlier scan, to show the change.",
        ),
        click.option("--pdf", is_flag=True, help="Write report.pdf (extra `pdf`)."),
        click.option(
            "--dicom",
            is_flag=True,
            help="Write Segmentation, structured report, PDF and picture as DICOM (extra `dicom`).",
        ),
    )(command)
