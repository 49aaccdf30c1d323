"""`corcal ablation`: what each part of a method contributes (Table S2)."""

from __future__ import annotations

import click

from corcal.cli import options
from corcal.cli.options import PublicationOutput
from corcal.cli.progress import steps


@click.command()
@click.argument("reference", metavar="REF")
@click.argument("models", metavar="NAME=PRED...", nargs=-1, required=True)
@options.publication_of("table and page", "an earlier ablation", "ablation.json")
@click.option(
    "--allow-missing",
    is_flag=True,
    help="Leave out patients that not every table knows, instead of refusing.",
)
def ablation(
    reference: str, models: tuple[str, ...], output: PublicationOutput, allow_missing: bool
) -> None:
    """Compare several models on the same patients.

    REF is the reference and each PRED what a model said, as for `corcal evaluate`; the full
    model comes first: "Full model=full.csv" "No heart crop=uncropped.csv". Needs
    `pip install ".[evaluate]"` in the folder of corcal's source.
    """
    options.require_evaluate()
    from corcal.evaluate.publish import main_files
    from corcal.evaluate.statistics import IntervalRule
    from corcal.evaluate.tables_in import pair, read_results
    from corcal.storage import check_folder
    from corcal.studies import compare_models, publish_ablation

    named = _models(models)
    check_folder(output.folder, main_files("ablation"), force=output.force)
    with steps(output.quiet) as begin:
        begin("reading the tables")
        truth = read_results(reference)
        systems = {
            name: pair(read_results(path), truth, allow_missing=allow_missing)
            for name, path in named.items()
        }
        begin("computing")
        models_compared = compare_models(systems, IntervalRule())
        files = publish_ablation(models_compared).write(
            output.folder, force=output.force, office=output.office
        )
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        click.echo(files[0].with_name("tableS2_ablation.md").read_text(encoding="utf-8"))
        click.echo(f"Report: {files[1]}")


def _models(models: tuple[str, ...]) -> dict[str, str]:
    """Return the tables by the models' names."""
    named: dict[str, str] = {}
    for text in models:
        name, equals, path = text.partition("=")
        if not equals or not name.strip() or not path:
            raise click.UsageError(f"{text!r} is not like NAME=PRED, such as Full=full.csv.")
        if name.strip() in named:
            raise click.UsageError(f"Two models are named {name.strip()!r}.")
        named[name.strip()] = path
    return named
