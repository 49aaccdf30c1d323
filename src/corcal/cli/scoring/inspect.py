"""`corcal inspect`: which series would be read, why, and what speaks for or against it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corcal.cli import options, settings_options
from corcal.storage import json_text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from corcal.core.scan import Scan
    from corcal.read import Check, SeriesCandidate
    from corcal.settings import Settings


@dataclass(frozen=True, eq=False)
class _Findings:
    """Findings at a path; `refusal` is "" if a scan could be read."""

    series: tuple[SeriesCandidate, ...] = ()
    chosen: SeriesCandidate | None = None
    scan: Scan | None = None
    checks: tuple[Check, ...] = ()
    refusal: str = ""

    @property
    def usable(self) -> bool:
        return self.scan is not None and all(c.passed for c in self.checks if c.refuses)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--series", metavar="UID", help="The DICOM series to look at, not the best one.")
@options.json_option("JSON")
@settings_options.scan_settings
@click.pass_context
def inspect(
    context: click.Context, path: Path, series: str | None, as_json: bool, settings: Settings
) -> None:
    """Show what a path holds, what would be scored, and why.

    PATH is a DICOM folder, zip or file, or a NIfTI, NRRD or MHA volume. Every series is listed
    with what speaks for or against it, then every admission check of the one that would be
    scored. Nothing is written. Exit code 0 if the scan is admitted, else 2; the heart itself is
    looked for only when the scan is scored.
    """
    found = _look(path, settings, series)
    if as_json:
        click.echo(json_text(_as_json(found)))
    else:
        _show(found)
    context.exit(0 if found.usable else 2)


def _look(path: Path, settings: Settings, series_uid: str | None) -> _Findings:
    from corcal.core.errors import InputRefused
    from corcal.read import check_scan, choose_series, find_series, read_scan, state_gating

    series: tuple[SeriesCandidate, ...] = ()
    chosen: SeriesCandidate | None = None
    try:
        series = find_series(path, settings=settings)
        chosen = choose_series(series, path.resolve().name, series_uid) if series else None
        uid = chosen.series_uid if chosen else series_uid
        scan = read_scan(path, settings=settings, series_uid=uid)
        scan = state_gating(scan, settings.admission)
    except InputRefused as error:
        return _Findings(series, chosen, refusal=str(error))
    return _Findings(series, chosen, scan, check_scan(scan, settings.admission))


def _show(found: _Findings) -> None:
    from rich.console import Console

    console = Console()
    if found.series:
        console.print(_series_lines(found), soft_wrap=True)
    if found.scan is not None:
        console.print(_checks_table(found.scan, found.checks))
    console.print(_verdict(found), soft_wrap=True)


def _series_lines(found: _Findings) -> Text:
    """Return a paragraph per series; the UID stands alone, so that it can be copied whole."""
    from rich.text import Text

    lines = Text(f"{len(found.series)} series\n", "bold")
    for one in found.series:
        against = (*one.refusals, *one.named_only)
        mark = ("read", "green") if one is found.chosen else ("refused", "red")
        lines.append(f"{mark[0]:>8}  " if one is found.chosen or against else " " * 10, mark[1])
        lines.append(f"{one.series_uid}\n", "bold" if one is found.chosen else "not bold")
        every = f", every {one.spacing_mm:.2f} mm" if one.spacing_mm else ""
        kernel = f", kernel {one.kernel}" if one.kernel else ""
        facts = f"{one.modality}, {one.slices} slices{every}{kernel}, patient {one.patient}"
        why = "; ".join(against) or f"{one.points} points: " + ", ".join(one.reasons)
        lines.append(f"{' ' * 10}{facts}\n{' ' * 10}{why}\n", "not bold")
    return lines


def _checks_table(scan: Scan, checks: tuple[Check, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    shape = " x ".join(str(n) for n in scan.grid.shape)
    spacing = " x ".join(f"{s:.3f}" for s in scan.grid.spacing_mm)
    title = f"Scan of {shape} voxels (slices, rows, columns), {spacing} mm"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("Check", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Finding", overflow="fold")
    for one in checks:
        failed = Text("refused", "red") if one.refuses else Text("noted", "yellow")
        table.add_row(one.name, Text("ok", "green") if one.passed else failed, one.text)
    for notice in scan.notices:
        table.add_row(notice.code, Text("noted", "yellow"), notice.text)
    table.add_row("heart", "later", "Looked for when the scan is scored.")
    return table


def _verdict(found: _Findings) -> Text:
    from rich.text import Text

    if found.usable:
        return Text("This scan is admitted.", "bold green")
    if found.refusal:
        return Text(f"Refused: {found.refusal}", "bold red")
    return Text("This scan is not admitted: see the checks marked refused.", "bold red")


def _as_json(found: _Findings) -> dict[str, Any]:
    scan = found.scan
    return {
        "usable": found.usable,
        "refusal": found.refusal,
        "series": [_series_as_json(one, one is found.chosen) for one in found.series],
        "scan": None
        if scan is None
        else {"shape": list(scan.grid.shape), "spacing_mm": list(scan.grid.spacing_mm)},
        "checks": [
            {"name": c.name, "passed": c.passed, "refuses": c.refuses, "text": c.text}
            for c in found.checks
        ],
        "notices": [{"code": n.code, "text": n.text} for n in (scan.notices if scan else ())],
    }


def _series_as_json(one: SeriesCandidate, chosen: bool) -> dict[str, Any]:
    return {
        "series_uid": one.series_uid,
        "chosen": chosen,
        "modality": one.modality,
        "patient": one.patient,
        "slices": one.slices,
        "spacing_mm": one.spacing_mm,
        "thickness_mm": one.thickness_mm,
        "kernel": one.kernel,
        "points": one.points,
        "reasons": list(one.reasons),
        "refusals": [*one.refusals, *one.named_only],
        "notices": [{"code": n.code, "text": n.text} for n in one.notices],
    }
