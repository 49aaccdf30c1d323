"""corcal inspect: which series would be read, why, and what speaks for or against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corcal.core.errors import InputRefused
from corcal.core.scan import Scan
from corcal.read import Check, SeriesCandidate, check_scan, choose_series, find_series, read_scan
from corcal.settings import Settings


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--series", "series_uid", metavar="UID", help="Inspect this series, not the best.")
@click.option("--paper", is_flag=True, help="Check against the paper's limits (100 slices).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def inspect(path: Path, series_uid: str | None, paper: bool, as_json: bool) -> None:
    """List the series at PATH, the one that would be scored, and every admission check.

    PATH is a DICOM folder, zip or file, or a .nii, .nii.gz, .nrrd, .mha or .mhd file. Exit code
    0 if the scan can be scored as far as can be told without looking for the heart, else 2.
    """
    settings = (Settings.paper() if paper else Settings()).admission
    series: tuple[SeriesCandidate, ...] = ()
    chosen: SeriesCandidate | None = None
    scan: Scan | None = None
    refusal = ""
    try:
        series = find_series(path, settings=settings)
        chosen = choose_series(series, series_uid) if series else None
        uid = chosen.series_uid if chosen else None
        scan = read_scan(path, settings=settings, series_uid=uid)
    except InputRefused as error:
        refusal = str(error)
    checks = check_scan(scan, settings) if scan else ()
    usable = scan is not None and all(c.passed for c in checks if c.refuses)
    if as_json:
        found = _as_json(series, chosen, scan, checks)
        click.echo(json.dumps({**found, "usable": usable, "refusal": refusal}, indent=2))
    else:
        _show(Console(), (series, chosen), scan, checks)
        Console(stderr=bool(refusal)).print(_verdict(usable, refusal), soft_wrap=True)
    raise SystemExit(0 if usable else 2)


def _show(
    console: Console,
    series: tuple[tuple[SeriesCandidate, ...], SeriesCandidate | None],
    scan: Scan | None,
    checks: tuple[Check, ...],
) -> None:
    if series[0]:
        console.print(_series_table(*series))
    if scan is not None:
        console.print(_checks_table(scan, checks))


def _series_table(series: tuple[SeriesCandidate, ...], chosen: SeriesCandidate | None) -> Table:
    table = Table(title=f"{len(series)} series", title_justify="left", show_lines=True)
    for heading in ("", "Series UID", "Patient", "Slices", "Kernel", "Points", "Why"):
        right = heading in ("Patient", "Slices", "Points")
        table.add_column(
            heading,
            justify="right" if right else "left",
            overflow="fold",
            min_width=20 if heading in ("Series UID", "Why") else None,
        )
    for one in series:
        mark = Text("read", "bold green") if one is chosen else Text("")
        why = Text("\n".join(one.reasons))
        for text in (*one.refusals, *one.named_only):
            mark, why = Text("refused", "red"), Text(text, "red")
        every = f" x {one.spacing_mm:.2f} mm" if one.spacing_mm else ""
        points = "" if one.refusals else str(one.points)
        table.add_row(
            mark,
            one.series_uid,
            str(one.patient),
            f"{one.slices}{every}",
            one.kernel,
            points,
            why,
        )
    return table


def _checks_table(scan: Scan, checks: tuple[Check, ...]) -> Table:
    shape = " x ".join(str(n) for n in scan.grid.shape)
    spacing = " x ".join(f"{s:.3f}" for s in scan.grid.spacing_mm)
    title = f"Scan: {shape} voxels (slices x rows x columns) of {spacing} mm"
    table = Table(title=title, title_justify="left")
    table.add_column("Check")
    table.add_column("")
    table.add_column("Finding", overflow="fold")
    for one in checks:
        failed = Text("refused", "red") if one.refuses else Text("noted", "yellow")
        table.add_row(one.name, Text("ok", "green") if one.passed else failed, one.text)
    for notice in scan.notices:
        table.add_row(notice.code, Text("noted", "yellow"), notice.text)
    table.add_row("heart", Text("later"), "Looked for when the scan is scored.")
    return table


def _verdict(usable: bool, refusal: str) -> Text:
    if usable:
        return Text("This scan can be scored.", "bold green")
    if refusal:
        return Text(f"Refused: {refusal}", "bold red")
    return Text("This scan is not admitted: see the checks marked refused.", "bold red")


def _as_json(
    series: tuple[SeriesCandidate, ...],
    chosen: SeriesCandidate | None,
    scan: Scan | None,
    checks: tuple[Check, ...],
) -> dict[str, Any]:
    return {
        "series": [
            {
                "series_uid": one.series_uid,
                "chosen": one is chosen,
                "modality": one.modality,
                "patient": one.patient,
                "slices": one.slices,
                "spacing_mm": one.spacing_mm,
                "thickness_mm": one.thickness_mm,
                "kernel": one.kernel,
                "points": one.points,
                "reasons": list(one.reasons),
                "refusals": [*one.refusals, *one.named_only],
            }
            for one in series
        ],
        "scan": None
        if scan is None
        else {"shape": list(scan.grid.shape), "spacing_mm": list(scan.grid.spacing_mm)},
        "checks": [
            {"name": c.name, "passed": c.passed, "refuses": c.refuses, "text": c.text}
            for c in checks
        ],
        "notices": [{"code": n.code, "text": n.text} for n in (scan.notices if scan else ())],
    }
