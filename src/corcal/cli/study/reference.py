"""`corcal reference`: the reference of a public set as it comes, for `corcal evaluate`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options, settings_options
from corcal.cli.options import Output
from corcal.cli.progress import steps
from corcal.storage import csv_bytes, json_text

if TYPE_CHECKING:
    from corcal.annotate import ReferenceRow
    from corcal.settings import Settings

#: The tables of a reference.
REFERENCE, CASES, LEFT_OUT = "reference.csv", "cases.csv", "left_out.csv"
LABELS = "labels"


@dataclass(frozen=True)
class _Made:
    """A reference in the making.

    Attributes:
        rows: of the reference.
        scans: of the patients in it.
        left_out: patients that are not, and why.
        files: label maps by name.
    """

    rows: list[ReferenceRow]
    scans: dict[str, Path]
    left_out: dict[str, str]
    files: dict[str, bytes]


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@options.output_of("the reference", "an earlier reference", "the counts")
@click.option(
    "--scans",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Of a sheet of scores: where each patient has a folder of his number.",
)
@click.option(
    "--without-outlines",
    type=click.Choice(["unknown", "none"]),
    default="unknown",
    show_default=True,
    help="Scans without a file of outlines: leave them out, or take them for free of calcium.",
)
@settings_options.settings
def reference(
    source: Path, output: Output, scans: Path | None, without_outlines: str, settings: Settings
) -> None:
    """Make a reference of a public set's outlines or scores.

    SOURCE is the gated half of COCA, with calcium_xml/ and patient/, or the sheet of scores of its
    other half (.xlsx or .csv). OUT receives reference.csv for `corcal evaluate`, cases.csv for
    `corcal cohort`, and, of outlines, labels/NUMBER.nii.gz.
    """
    from corcal.storage import check_folder, replace_files

    check_folder(output.folder, (REFERENCE, CASES, LEFT_OUT, f"{LABELS}/"), force=output.force)
    with steps(output.quiet) as begin:
        if source.is_dir():
            begin("reading scans and outlines")
            made = _of_outlines(source, settings, begin.part, free=without_outlines == "none")
        else:
            begin("reading the sheet")
            made = _of_sheet(source, scans)
        names = (REFERENCE, CASES, LEFT_OUT, f"{LABELS}/")
        with replace_files(output.folder, names, force=output.force) as stage:
            for name, content in _tables(made).items():
                (stage / name).write_bytes(content)
            for name, content in made.files.items():
                (stage / LABELS).mkdir(exist_ok=True)
                (stage / LABELS / name).write_bytes(content)
    _say(made, output)


def _of_outlines(
    folder: Path, settings: Settings, on_progress: Callable[[int, int], None], *, free: bool
) -> _Made:
    from corcal.annotate import ReferenceRow, find_outlined, reference_of_outlines
    from corcal.core.artery import Artery
    from corcal.core.errors import InputRefused
    from corcal.report import labels_nifti

    made = _Made([], {}, {}, {})
    cases = find_outlined(folder)
    for done, case in enumerate(cases, start=1):
        try:
            if case.outlines is None and free:
                made.rows.extend(ReferenceRow(case.patient, a, 0.0, 0.0) for a in Artery)
            else:
                rows, scan, labels = reference_of_outlines(case, settings)
                made.rows.extend(rows)
                made.files[f"{case.patient}.nii.gz"] = labels_nifti(labels, scan.source)
            made.scans[case.patient] = case.scan
        except InputRefused as error:
            made.left_out[case.patient] = " ".join(str(error).split())
        on_progress(done, len(cases))
    return made


def _of_sheet(sheet: Path, scans: Path | None) -> _Made:
    from corcal.annotate import reference_of_sheet
    from corcal.evaluate.tables_in import read_table

    rows, doubtful = reference_of_sheet(read_table(sheet))
    made = _Made(list(rows), {}, {}, {})
    for patient in dict.fromkeys(row.patient for row in rows):
        if scans is not None and not (scans / patient).is_dir():
            made.left_out[patient] = f"{scans.name} holds no folder {patient}"
        elif scans is not None:
            made.scans[patient] = scans / patient
    for patient in doubtful:
        made.left_out[patient] = "its total is not the sum of its arteries, or a cell is empty"
        made.scans.pop(patient, None)
    made.rows[:] = [row for row in made.rows if row.patient not in made.left_out]
    return made


def _tables(made: _Made) -> dict[str, bytes]:
    from corcal.annotate import reference_csv

    cases = [(str(path.absolute()), patient) for patient, path in made.scans.items()]
    tables = {REFERENCE: reference_csv(made.rows)}
    if cases:
        tables[CASES] = csv_bytes(("scan", "case"), cases)
    if made.left_out:
        tables[LEFT_OUT] = csv_bytes(("patient", "reason"), made.left_out.items())
    return tables


def _say(made: _Made, output: Output) -> None:
    patients = {row.patient: 0.0 for row in made.rows}
    for row in made.rows:
        patients[row.patient] += row.agatston
    calcified = sum(total > 0 for total in patients.values())
    if output.as_json:
        counts = {"patients": len(patients), "with_calcium": calcified}
        click.echo(json_text({**counts, "left_out": made.left_out}))
    elif not output.quiet:
        table = output.folder / REFERENCE
        click.echo(f"Patients: {len(patients)}, with calcium: {calcified}. Table: {table}")
        if made.left_out:
            click.echo(f"Left out: {len(made.left_out)}; why: {output.folder / LEFT_OUT}")
        if made.scans:
            click.echo(
                f"Next: corcal cohort {output.folder / CASES} -o SCORED; "
                f"corcal evaluate SCORED {output.folder / REFERENCE} -o ACCURACY"
            )
