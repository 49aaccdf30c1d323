"""`corcal quantify`: the numbers and the report for anybody's drawing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corcal.cli import options, settings_options
from corcal.cli.drawing_options import MEANINGS, DrawingChoice, drawing_options
from corcal.cli.progress import steps
from corcal.cli.report_output import ReportOutput, report_output

if TYPE_CHECKING:
    from corcal.annotate import DrawnCalcium
    from corcal.core.scan import Notice, Scan
    from corcal.quantify import Person
    from corcal.settings import Settings


@dataclass(frozen=True)
class Source:
    """The scan and what was drawn on it.

    Attributes:
        scan: a DICOM folder, zip or file, or a volume.
        labels: a drawing, or several masks.
        series: the DICOM series in `scan`; None for the best one.
        calcium_inside: the drawing is of arteries, and calcium is what is bright within them.
    """

    scan: Path
    labels: tuple[Path, ...]
    series: str | None
    calcium_inside: bool


@click.command()
@options.bundle(
    "source",
    Source,
    click.argument("scan", type=click.Path(path_type=Path)),
    click.argument("labels", type=click.Path(path_type=Path), nargs=-1, required=True),
    click.option(
        "--series", metavar="UID", help="The DICOM series drawn on, if several are there."
    ),
    click.option(
        "--calcium-inside",
        is_flag=True,
        help="LABELS are arteries; count what reaches the threshold (130 HU) within them.",
    ),
)
@report_output
@options.bundle(
    "choice",
    DrawingChoice,
    *drawing_options(
        f"What the codes or names of LABELS mean: {MEANINGS}. Where no code is named as calcium, "
        "RCA, LAD and LCX are the calcium of each: 1=RCA,2=LAD,3=LCX."
    ),
)
@settings_options.scan_settings
@options.person
def quantify(
    source: Source,
    output: ReportOutput,
    choice: DrawingChoice,
    settings: Settings,
    person: Person | None,
) -> None:
    """Measure the calcium that a drawing marks on a scan.

    LABELS is all that `corcal annotate` reads, on the voxels of SCAN: a label map, a segmentation
    of 3D Slicer, a DICOM SEG, an RTSTRUCT, a contour file, or several masks named after their
    arteries. No model is involved: the numbers and the report are those of `corcal score`. Labels
    that do not say which artery give a total in total.json, and no report.
    """
    from corcal.annotate import calcium_classes, calcium_inside, drawn_calcium, read_drawing
    from corcal.cli.scoring.result import present
    from corcal.pipeline import quantify_labels
    from corcal.read import read_scan
    from corcal.report import check_output, check_scan, write_reports

    drawn = choice.options()
    if not source.calcium_inside:
        drawn = replace(drawn, classes=calcium_classes(drawn.classes))
    check_output(output.folder, force=output.force, options=output.options)
    with steps(output.quiet, total=4) as begin:
        begin("reading the scan")
        ct = read_scan(source.scan, settings=settings, series_uid=source.series)
        check_scan(ct, output.options)
        begin("reading the labels")
        found = (calcium_inside if source.calcium_inside else drawn_calcium)(
            read_drawing(source.labels, ct, options=drawn),
            ct,
            threshold_hu=settings.scoring.threshold_hu,
            name=", ".join(path.name for path in source.labels),
        )
        if found.labels is None:
            _write_total(ct, found, output, settings, person)
            return
        ct = replace(ct, notices=(*ct.notices, *found.notices))
        reading = quantify_labels(
            ct, found.labels, settings=settings, person=person, progress=begin
        )
        begin("writing the report")
        write_reports(reading, output.folder, force=output.force, options=output.options)
    present(reading, output)


def _write_total(
    scan: Scan,
    found: DrawnCalcium,
    output: ReportOutput,
    settings: Settings,
    person: Person | None,
) -> None:
    """Write and show what is known where no single artery is."""
    from corcal.core.errors import LabelsRefused
    from corcal.provenance import make_provenance
    from corcal.quantify import arterial_age_years, mesa_bracket, quantify_total
    from corcal.read import admit_drawn, state_gating
    from corcal.report import REPORT_FILES, TOTAL_FILE, total_json
    from corcal.storage import replace_files

    if output.pdf or output.dicom or output.prior is not None:
        raise LabelsRefused(
            "the labels do not say which artery, so there is a total and no report: leave out "
            "--pdf, --dicom and --prior"
        )
    scan = state_gating(scan, settings.admission)
    total = quantify_total(scan, found.mask, settings.scoring)
    numbers = asdict(total)
    if person is not None:
        numbers["percentile"] = mesa_bracket(total.agatston, person)
        numbers["arterial_age_years"] = arterial_age_years(total.agatston)
    doubts = admit_drawn(scan, settings.admission)
    notices = (*scan.notices, *found.notices, *doubts)
    content = total_json(numbers, scan, notices, make_provenance(settings, {}, {}))
    with replace_files(output.folder, (*REPORT_FILES, TOTAL_FILE), force=output.force) as stage:
        (stage / TOTAL_FILE).write_bytes(content)
    if output.as_json:
        click.echo(content.decode().rstrip("\n"))
    elif not output.quiet:
        _show_total(numbers, notices, output.folder / TOTAL_FILE)


def _show_total(numbers: dict[str, Any], notices: tuple[Notice, ...], file: Path) -> None:
    peak = "" if numbers["peak_hu"] is None else f", peak {numbers['peak_hu']:.0f} HU"
    click.echo(
        f"Total: Agatston {numbers['agatston']:.1f}, {numbers['volume_mm3']:.1f} mm\u00b3, "
        f"lesions: {numbers['lesions']}{peak}. Agatston method: {numbers['method']}."
    )
    if "percentile" in numbers:
        click.echo(
            f"MESA percentile: {numbers['percentile']} (cohort scanned with ECG gating). Arterial "
            f"age: {numbers['arterial_age_years']:.0f} years (McClelland 2009)."
        )
    for notice in notices:
        click.echo(f"Note: {notice.text}")
    click.echo(f"Result: {file}")
