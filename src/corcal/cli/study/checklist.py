"""`corcal checklist`: reporting checklists, filled in as far as the results go."""

from __future__ import annotations

from pathlib import Path

import click

from corcal.cli import options
from corcal.cli.options import Output
from corcal.storage import json_text


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.output_of("the checklists", "earlier checklists", "how much is filled in")
def checklist(folders: tuple[Path, ...], output: Output) -> None:
    """Fill in the STARD and CLAIM checklists from results.

    FOLDERS are what `corcal evaluate`, `overlap`, `readers score`, `describe`, `ablation` and
    `score` wrote, one of each kind. Items that the results cannot answer are left to the
    authors. OUT receives both checklists as CSV and Markdown.
    """
    from corcal.evaluate.checklist import (
        checklist_files,
        checklist_tables,
        count_filled,
        read_run,
    )
    from corcal.storage import add_files

    run = read_run(folders)
    tables = checklist_tables(run)
    add_files(output.folder, checklist_files(run), force=output.force)
    if output.as_json:
        counts = {t.name: {"items": len(t.rows), "filled": count_filled(t)} for t in tables}
        click.echo(json_text(counts))
    elif not output.quiet:
        for table in tables:
            path = output.folder / f"{table.name}.md"
            click.echo(f"{path}: {count_filled(table)} of {len(table.rows)} items filled in")
