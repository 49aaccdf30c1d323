"""`corcal phantom cohort`: virtual patients with a chosen prevalence and severity of calcium."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal import __version__
from corcal.cli import options
from corcal.cli.progress import steps
from corcal.cli.study import phantom_options
from corcal.storage import json_text, read_csv

if TYPE_CHECKING:
    from corcal.phantom import Cohort


@dataclass(frozen=True)
class Drawn:
    """The patients to make, as given on the command line."""

    patients: int
    seed: int
    population: Path | None


@dataclass(frozen=True)
class Scanned:
    """Their scans, as given on the command line."""

    thickness: float
    chest: bool
    dicom: bool


@click.command()
@options.place_option(
    "folder", "Folder for the cohort; a cohort that is there already is gone on with."
)
@options.bundle(
    "drawn",
    Drawn,
    click.option(
        "--patients", type=click.IntRange(1, 9999), default=20, show_default=True, help="How many."
    ),
    phantom_options.seed("the draw of patients"),
    click.option(
        "--population",
        type=click.Path(path_type=Path),
        metavar="TOML",
        help="What differs from the paper's population; OUT/population.toml shows all of it.",
    ),
)
@options.bundle(
    "scanned",
    Scanned,
    *phantom_options.field(),
    click.option("--dicom", is_flag=True, help="Write every scan as a DICOM series too."),
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Patients at the same time; each chest of 1 mm slices takes 2 GB.",
)
@options.json_option("the counts")
@options.quiet_option()
def cohort(
    folder: Path, drawn: Drawn, scanned: Scanned, jobs: int, as_json: bool, quiet: bool
) -> None:
    """Make a cohort of virtual patients, with the paper's prevalence of calcium.

    OUT/cases holds a folder for every patient: scan, labels, contours.con as drawn in MASS, and the
    truth. Beside it: manifest.csv, split into train.csv and test.csv; truth.csv; reader-1.csv and
    reader-2.csv with the grades of simulated readers; patients.csv. A run that was stopped goes on
    where it was when it is called again. Simulated readers rehearse a study: they say nothing about
    radiologists.
    """
    from corcal.phantom import write_cohort

    wanted = _cohort(drawn, scanned)
    with steps(quiet) as begin:
        begin(f"making {drawn.patients} patients")
        counts = write_cohort(folder, wanted, jobs=jobs, on_progress=begin.part)
    present = _present(folder)
    if as_json:
        click.echo(json_text({"folder": str(folder), **counts, "calcified": present}))
    elif not quiet:
        calcified = ", ".join(f"{artery} {count}" for artery, count in present.items())
        click.echo(
            f"{folder}: {drawn.patients} patients ({counts['made']} made now, {counts['kept']} "
            f"there already); calcium visible in {calcified}"
        )


def _cohort(drawn: Drawn, scanned: Scanned) -> Cohort:
    from corcal.phantom import Cohort, PhantomOptions, Population

    file = drawn.population
    population = Population() if file is None else Population.from_toml(file)
    field = "chest" if scanned.chest else "heart"
    made = PhantomOptions.as_acquired(thickness_mm=scanned.thickness, field=field)
    return Cohort(population, drawn.patients, drawn.seed, made, scanned.dicom, __version__)


def _present(folder: Path) -> dict[str, int]:
    """Return in how many patients each artery's calcium can be seen."""
    rows = read_csv(folder / "truth.csv").rows
    found = Counter(row.text("artery") for row in rows if row.boolean("present"))
    return {artery: found[artery] for artery in dict.fromkeys(row.text("artery") for row in rows)}
