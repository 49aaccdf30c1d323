"""A reading on the terminal: one table, the category, the doubts, and where the report is."""

from __future__ import annotations

from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corcal import DISCLAIMER
from corcal.cli.options import Output
from corcal.core.artery import Artery
from corcal.core.reading import Reading, Report
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore, CalciumScore
from corcal.report import category_text, grade_text

#: The paper's colours of the arteries.
_COLOURS = {Artery.RCA: "bright_blue", Artery.LAD: "yellow", Artery.LCX: "magenta"}


def present(reading: Reading, output: Output) -> None:
    """Say what was found the way the user asked for: as JSON, as a table, or not at all."""
    if output.as_json:
        click.echo((output.folder / "report.json").read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        show(reading, output.folder, Console(highlight=False))


def show(reading: Reading, folder: Path, screen: Console) -> None:
    """Print what a reading found, in at most 80 columns."""
    width = min(screen.width, 80)
    screen.print(Text(scan_line(reading.scan)), soft_wrap=True)
    screen.print(_table(reading), width=width)
    screen.print(_summary(reading), width=width)
    for notice in reading.report.notices:
        screen.print(
            Text("Note: ", style="bold").append(notice.text, style="not bold"), width=width
        )
    # A path is for copying: never broken over lines.
    screen.print(Text(f"\nReport: {folder / 'report.html'}"), soft_wrap=True)
    screen.print(Text(DISCLAIMER, style="dim"), width=width)


def scan_line(scan: Scan) -> str:
    """Return which scan it is: its folder or file, its series, its slices."""
    source, slices = scan.source, f"{scan.grid.shape[0]} slices"
    every = f"{slices} every {scan.grid.spacing_mm[0]:.2f} mm"
    if not source.files:
        return f"Scan: {every}"
    path = Path(source.files[0])
    # Of a folder of DICOM files the folder is what the user gave.
    named = path.parent if len(source.files) > 1 else path
    where = "/".join(named.parts[-2:])
    if not source.series_uid:
        return f"Scan: {where}, {every}"
    chosen = ""
    if source.other_series:
        chosen = f", chosen among {source.other_series + 1} (`corcal inspect` says why)"
    return f"Scan: {where}, {every}, series {source.series_uid}{chosen}"


def _table(reading: Reading) -> Table:
    score = reading.report.score
    gated = reading.report.counted.scale == "A"
    table = Table(box=SIMPLE_HEAD, show_footer=True, pad_edge=False, header_style="bold")
    lesions = sum(len(a.lesions) for a in score.arteries)
    total = ("Total", f"{score.vessels} of {len(score.arteries)}", *_amounts(score))
    for header, footer in zip(("Artery", "Calcium"), total[:2], strict=True):
        table.add_column(header, footer, footer_style="bold", no_wrap=True)
    kind = "Agatston" if gated else "Agatston\nequivalent"
    numbers = (kind, "Volume\nmm\u00b3", "Mask\nmL", "Lesions", "Peak\nHU")
    for header, footer in zip(numbers, (*total[2:], str(lesions), _peak(score)), strict=True):
        table.add_column(header, footer, justify="right", footer_style="bold", no_wrap=True)
    for artery in score.arteries:
        table.add_row(*_row(artery, reading.report))
    return table


def _row(score: ArteryScore, report: Report) -> tuple[Text | str, ...]:
    name = Text(score.artery.title, style=_COLOURS[score.artery])
    if report.presence_of(score.artery) is None:
        return (name, "artery\nnot found", "-", "-", "-", "-", "-")
    sure = report.certainty_of(score.artery)
    found = Text("yes", style="bold") if score.present else Text("no")
    if sure is not None and sure.uncertain:
        found.append(f"\nuncertain\n({100 * sure.probability:.0f} %)", style="not bold")
    if not score.present:
        return (name, found, *_amounts(score), "0", "-")
    peak = "-" if score.peak_hu is None else f"{score.peak_hu:.0f}"
    return (name, found, *_amounts(score), str(len(score.lesions)), peak)


def _amounts(score: ArteryScore | CalciumScore) -> tuple[str, str, str]:
    return (f"{score.agatston:.1f}", f"{score.volume_mm3:.1f}", f"{score.mask_volume_ml:.3f}")


def _peak(score: CalciumScore) -> str:
    peaks = [a.peak_hu for a in score.arteries if a.peak_hu is not None]
    return f"{max(peaks):.0f}" if peaks else "-"


def _summary(reading: Reading) -> Text:
    report = reading.report
    grade = grade_text(report.counted.severity, report.unseen).capitalize()
    text = Text(f"{grade}. ", style="bold")
    text.append(f"{category_text(report).removesuffix('.')}.\n", "not bold")
    text.append(f"Agatston method: {report.score.method}.", "not bold")
    return text.append(_cohort(report), "not bold")


def _cohort(report: Report) -> str:
    """Return the lines that only appear when the person's age, sex and group were given."""
    lines = ""
    if report.percentile is not None:
        lines += f"\nMESA percentile: {report.percentile} (cohort scanned with ECG gating)."
    if report.arterial_age_years is not None:
        lines += f"\nArterial age: {report.arterial_age_years:.0f} years (McClelland 2009)."
    return lines
