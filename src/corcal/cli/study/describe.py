"""`corcal describe`: Table 1 and Figure 1 from a table of patients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from corcal.cli import options
from corcal.cli.options import PublicationOutput


@dataclass(frozen=True)
class DescribeOptions:
    """The options of the command."""

    by: str | None
    kind: tuple[str, ...]
    patient: str | None
    excluded: str | None
    divide: tuple[str, ...]
    flow: Path | None

    def kinds(self) -> dict[str, str]:
        """Return the kind by column."""
        pairs = [text.rpartition("=") for text in self.kind]
        for column, equals, kind in pairs:
            if not column or not equals or not kind:
                raise click.UsageError("--kind is written COLUMN=KIND, such as age=median.")
        return {column: kind for column, _, kind in pairs}


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@options.publication_of("table, figure and page", "an earlier description", "describe.json")
@options.bundle(
    "chosen",
    DescribeOptions,
    click.option("--by", metavar="COLUMN", help="Divide the patients, such as by split."),
    click.option(
        "--kind",
        multiple=True,
        metavar="COLUMN=KIND",
        help="Describe a column by mean, median or count, or skip it; repeat for more.",
    ),
    click.option(
        "--patient", metavar="COLUMN", help="Names the patients. Default: patient, if there."
    ),
    click.option(
        "--excluded",
        metavar="COLUMN",
        help="Why a patient is not in the study, empty for those who are. Default: excluded, if "
        "there.",
    ),
    click.option(
        "--divide",
        multiple=True,
        metavar="COLUMN",
        help="Columns that divide the flow, the first first. Default: that of --by.",
    ),
    click.option(
        "--flow",
        type=click.Path(path_type=Path),
        metavar="CSV",
        help="Draw this flow instead of the table's own: box,parent,n,kind.",
    ),
)
@options.seed_option("exact tests")
def describe(table: Path, output: PublicationOutput, chosen: DescribeOptions, seed: int) -> None:
    """Describe the patients of a study: characteristics and flow.

    TABLE is a CSV file with a row for each patient; every column becomes a characteristic, by
    its values or as --kind says. Names, dates and free text are left out. The counts of the flow
    must add up. Needs `pip install ".[evaluate]"` in the folder of corcal's
    source.
    """
    options.require_evaluate()
    import numpy as np

    from corcal.evaluate.describe import (
        check_against,
        check_flow,
        flow_of,
        publish_cohort,
        read_cohort,
        read_flow,
        summary_of,
    )
    from corcal.evaluate.describe import describe as compute
    from corcal.evaluate.publish import main_files
    from corcal.storage import check_folder

    check_folder(output.folder, main_files("describe"), force=output.force)
    cohort = read_cohort(
        table, by=chosen.by, kinds=chosen.kinds(), patient=chosen.patient, excluded=chosen.excluded
    )
    if chosen.flow is not None:
        flow = read_flow(chosen.flow)
        check_against(flow, cohort, chosen.flow.name)
    else:
        flow = flow_of(cohort, chosen.divide)
        check_flow(flow, cohort.name)
    characteristics = compute(cohort, np.random.default_rng(seed))
    files = publish_cohort(cohort, characteristics, flow).write(
        output.folder, force=output.force, office=output.office
    )
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        for sentence in summary_of(cohort):
            click.echo(sentence)
        for notice in cohort.notices:
            click.echo(f"Note: {notice.text}")
        click.echo(f"\nReport: {files[1]}")
