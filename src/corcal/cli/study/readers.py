"""`corcal readers`: a reader study, from blinded forms to the readers' agreement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.groups import Commands
from corcal.cli.options import Output, PublicationOutput
from corcal.cli.progress import steps
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.evaluate.readers import CasePictures, Category, Ratings, Study


@click.group(cls=Commands)
def readers() -> None:
    """Have people rate results, and measure how far they agree."""


@dataclass(frozen=True)
class Plan:
    """The plan of the study, as given on the command line."""

    names: tuple[str, ...]
    scale: tuple[str, ...]
    seed: int
    repeat: int


_SCALE = click.option(
    "--category",
    "scale",
    multiple=True,
    metavar="NAME[=MEANING]",
    help="A step of the scale, best first; repeat for each. Default: excellent, minor, major.",
)


@readers.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.bundle(
    "plan",
    Plan,
    click.option(
        "--reader",
        "names",
        multiple=True,
        required=True,
        metavar="NAME",
        help="A reader's initials; repeat for each reader.",
    ),
    _SCALE,
    options.seed_option("the cases' order and codes", default=1),
    click.option(
        "--repeat",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Cases that each reader meets twice, for the agreement of a reader with oneself.",
    ),
)
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    metavar="KEY.json",
    help="Where to write the key that undoes the blinding: not where readers can see it.",
)
@click.option(
    "--scans",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The scans, each named as its result: shows several slices of each artery.",
)
@click.option(
    "--slices",
    type=click.IntRange(2, 24),
    default=6,
    show_default=True,
    help="How many slices, with --scans.",
)
@options.output_of("the forms", "forms that are there already, and their key", "what was made")
def forms(
    results: tuple[Path, ...],
    plan: Plan,
    key: Path,
    scans: Path | None,
    slices: int,
    output: Output,
) -> None:
    """Make a blinded form for each reader.

    RESULTS are result folders of `corcal score`, or folders that hold them. OUT receives for
    each reader form-NAME.html, which opens in any browser, shows the pictures and saves the
    ratings as CSV, and the same as an empty table, ratings-NAME.csv. Each reader meets the cases
    in an order and under codes of their own. KEY.json undoes the blinding: `corcal readers
    score` needs it.
    """
    from corcal.evaluate import result_folders, scan_files
    from corcal.evaluate.readers import build_forms, form_files, key_json, plan_study
    from corcal.storage import add_files, check_folder

    folders = result_folders(results)
    study = plan_study(
        list(folders),
        plan.names,
        categories=_scale(plan.scale),
        seed=plan.seed,
        repeat=plan.repeat,
    )
    paths = scan_files(scans, folders) if scans is not None else None
    _check_key(key, output)
    check_folder(output.folder, form_files(study), force=output.force)
    check_folder(key.parent, [key.name], force=True)
    with steps(output.quiet) as begin:
        pictures: dict[str, CasePictures] = {}
        for number, (case, folder) in enumerate(folders.items(), start=1):
            begin(f"pictures of case {number} of {len(folders)}")
            pictures[case] = _pictures(folder, paths[case] if paths else None, slices)
        begin("writing the forms")
        made = build_forms(study, pictures)
        add_files(key.parent, {key.name: key_json(study)}, force=True)
        add_files(output.folder, made, force=output.force)
    _say_forms(study, output, key)


@readers.command()
@click.argument("ratings", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="KEY.json",
    help="The key that `corcal readers forms` wrote. Without it cases are as the files name them.",
)
@_SCALE
@options.publication_of("the tables", "tables that are there already", "readers.json")
def score(
    ratings: tuple[Path, ...],
    key: Path | None,
    scale: tuple[str, ...],
    output: PublicationOutput,
) -> None:
    """Measure how far the readers agree.

    RATINGS are the CSV files that the forms saved, or any with the columns
    reader,case,artery,structure,rating: artery RCA, LAD or LCX, structure artery or calcium. OUT
    receives the agreement for each structure (free-marginal kappa, as in the paper's Table 2),
    the share of every category, and the list of what to adjudicate.
    """
    from corcal.evaluate.publish import main_files
    from corcal.evaluate.readers import publish_readers, read_key, read_ratings
    from corcal.storage import check_folder

    if key is not None and scale:
        raise click.UsageError("The key states the scale: leave --category out.")
    check_folder(output.folder, main_files("readers"), force=output.force)
    study = read_key(key) if key is not None else None
    given = read_ratings(ratings, key=study, categories=None if study else _scale(scale))
    files = publish_readers(given).write(output.folder, force=output.force, office=output.office)
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        _show(given, files[1])


@readers.command()
@click.argument("readings", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--reference",
    required=True,
    metavar="REF",
    help="Presence of calcium by patient, as for `corcal evaluate`.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 0.999),
    default=0.95,
    show_default=True,
    help="Level of every interval.",
)
@options.publication_of("the tables", "tables that are there already", "systems.json")
def compare(
    readings: tuple[Path, ...], reference: str, confidence: float, output: PublicationOutput
) -> None:
    """Compare systems by what several readers see with them.

    READINGS are CSV files with the columns reader,system,case and score or present, or both;
    artery (RCA, LAD or LCX) may stand beside them. A system is a way to read, such as without and
    with software. OUT receives sensitivity, specificity and the area under the ROC curve of each
    system over the readers, and their differences: for other readers and cases, and for these
    readers (Obuchowski and Rockette). Every reader reads every case with every system.
    """
    from corcal.evaluate.publish import main_files
    from corcal.evaluate.readers import (
        compare_readings,
        publish_systems,
        read_readings,
        summarize_systems,
    )
    from corcal.evaluate.statistics import IntervalRule
    from corcal.evaluate.tables_in import read_results
    from corcal.storage import check_folder

    check_folder(output.folder, main_files("systems"), force=output.force)
    rule = IntervalRule(confidence=confidence)
    given, truth = read_readings(readings), read_results(reference)
    figures = compare_readings(given, truth, rule)
    publication = publish_systems(figures, given, truth.name, rule)
    files = publication.write(output.folder, force=output.force, office=output.office)
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        for sentence in summarize_systems(figures, given):
            click.echo(sentence)
        click.echo(f"\nReport: {files[1]}")


def _show(given: Ratings, page: Path) -> None:
    from corcal.evaluate.readers import agreement_of, summary_of

    for sentence in summary_of(given, agreement_of(given)):
        click.echo(sentence)
    click.echo(f"\nReport: {page}")


def _scale(given: tuple[str, ...]) -> tuple[Category, ...]:
    from corcal.evaluate.readers import SCALE, Category

    if not given:
        return SCALE
    pairs = [text.partition("=") for text in given]
    return tuple(Category(name, meaning.strip()) for name, _, meaning in pairs)


def _check_key(key: Path, output: Output) -> None:
    if output.folder.resolve() in key.resolve().parents:
        raise click.UsageError(
            f"The key {key} would lie among the forms: name a place the readers do not see."
        )
    if key.exists() and not output.force:
        raise click.UsageError(
            f"The key {key} exists already; without it the ratings of its study cannot be read. "
            "Name another, or use --force to replace it."
        )


def _pictures(folder: Path, scan: Path | None, slices: int) -> CasePictures:
    from corcal.evaluate.readers import pictures_of_result, pictures_of_scan

    if scan is None:
        return pictures_of_result(folder)
    return pictures_of_scan(scan, folder, slices=slices)


def _say_forms(study: Study, output: Output, key: Path) -> None:
    pages = {reader: output.folder / f"form-{reader}.html" for reader in study.order}
    if output.as_json:
        made = {
            "cases": len(study.cases),
            "repeated": study.repeated,
            "forms": {reader: str(page) for reader, page in pages.items()},
            "key": str(key),
        }
        click.echo(json_text(made))
    elif not output.quiet:
        for reader, page in pages.items():
            again = f", {study.repeated} of them twice," if study.repeated else ""
            click.echo(f"{page}: {len(study.cases)} cases{again} for reader {reader}")
        click.echo(f"{key}: undoes the blinding; keep it from the readers")
