"""`corcal evaluate`: predictions against references, as the tables and figures of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.options import PublicationOutput
from corcal.cli.progress import steps

if TYPE_CHECKING:
    from corcal.evaluate.accuracy import Evaluation, Options
    from corcal.evaluate.tables_in import Pairs


@dataclass(frozen=True)
class EvaluateChoice:
    """The comparison that was asked for, as given on the command line."""

    against: str | None
    stratify: tuple[str, ...]
    interval: str
    confidence: float
    seed: int
    volume: str
    without_none: bool
    allow_missing: bool
    prevalence: float | None
    margin: float | None
    error_ratio: float
    event: str | None
    log_volume: bool

    def options(self) -> Options:
        """Return the options of an evaluation."""
        from corcal.evaluate.accuracy import Options
        from corcal.evaluate.statistics import IntervalRule

        rule = IntervalRule(method=self.interval, confidence=self.confidence, seed=self.seed)
        return Options(
            rule,
            tuple(dict.fromkeys(self.stratify)),
            self.without_none,
            self.volume,
            self.prevalence,
            self.margin,
            self.error_ratio,
            self.event,
            self.log_volume,
        )


@click.command()
@click.argument("predictions", metavar="PRED")
@click.argument("reference", metavar="REF")
@options.publication_of("tables, figures and page", "an earlier evaluation", "evaluation.json")
@options.bundle(
    "choice",
    EvaluateChoice,
    click.option(
        "--against", metavar="PRED2", help="A second system, compared on the same patients."
    ),
    click.option(
        "--stratify",
        multiple=True,
        metavar="COLUMN",
        help="Repeat detection for each value of a column; may be given more than once.",
    ),
    click.option(
        "--interval",
        type=click.Choice(["wilson", "exact", "bootstrap"]),
        default="wilson",
        show_default=True,
        help="Intervals of proportions; bootstrap: of all figures of detection.",
    ),
    click.option(
        "--confidence",
        type=click.FloatRange(0.5, 0.999),
        default=0.95,
        show_default=True,
        help="Level of every interval.",
    ),
    options.seed_option("the bootstrap"),
    click.option(
        "--volume",
        type=click.Choice(["volume_mm3", "mask_volume_ml"]),
        default="volume_mm3",
        show_default=True,
        help="Volume at or above the HU threshold, or of the whole label as in the paper.",
    ),
    click.option(
        "--without-none",
        is_flag=True,
        help="Leave the grade none out of the ordinal regression, as in the paper.",
    ),
    click.option(
        "--allow-missing",
        is_flag=True,
        help="Leave out patients that only one table knows, instead of refusing.",
    ),
    click.option(
        "--prevalence",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        help="State PPV and NPV at this prevalence, too.",
    ),
    click.option(
        "--margin",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        help="With --against: test non-inferiority and equivalence at this difference, such as "
        "0.05.",
    ),
    click.option(
        "--error-ratio",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        help="For Deming's lines: variance of the reference's error over that of the prediction's.",
    ),
    click.option(
        "--event",
        metavar="COLUMN",
        help="With --against: a column of REF, 1 or 0, by whose event patients are reclassified; "
        "without it, a reference score of 100 and more.",
    ),
    click.option(
        "--log-volume",
        is_flag=True,
        help="Regress the grade on the logarithm of the volume, ln(1 + mm3).",
    ),
)
def evaluate(
    predictions: str, reference: str, output: PublicationOutput, choice: EvaluateChoice
) -> None:
    """Compare predictions with a reference: tables and figures.

    PRED and REF are CSV files with the columns patient, artery (RCA, LAD or LCX) and any of
    present, volume_mm3, agatston and grade, or one row for each patient with columns such as
    RCA_present. PRED may also be a folder whose subfolders, named by patient, hold the
    calcium.csv of `corcal score`. Needs `pip install ".[evaluate]"` in the
    folder of corcal's source.
    """
    options.require_evaluate()
    if choice.event and not choice.against:
        raise click.UsageError("--event reclassifies patients from one system to another: it needs "
                               "the other, --against.")  # fmt: skip
    if choice.margin is not None and not choice.against:
        raise click.UsageError("--margin bounds the difference of two systems: it needs the other, "
                               "--against.")  # fmt: skip
    from corcal.evaluate.accuracy import evaluate as compute
    from corcal.evaluate.accuracy import publish_evaluation
    from corcal.evaluate.publish import main_files
    from corcal.storage import check_folder

    check_folder(output.folder, main_files("evaluation"), force=output.force)
    with steps(output.quiet) as begin:
        begin("reading the tables")
        pairs, second = _pairs(predictions, reference, choice)
        begin("computing")
        evaluation = compute(pairs, choice.options(), against=second)
        begin("drawing and writing")
        files = publish_evaluation(evaluation).write(
            output.folder, force=output.force, office=output.office
        )
    if output.as_json:
        click.echo(files[0].read_text(encoding="utf-8").rstrip("\n"))
    elif not output.quiet:
        _show(evaluation, files[1])


def _pairs(predictions: str, reference: str, choice: EvaluateChoice) -> tuple[Pairs, Pairs | None]:
    """Return the system with its reference, and the second system on the same patients."""
    from corcal.evaluate.tables_in import pair, read_results

    columns = (*choice.stratify, *([choice.event] if choice.event else []))
    truth = read_results(reference, groups=columns, volume=choice.volume)
    first = read_results(predictions, groups=choice.stratify, volume=choice.volume)
    pairs = pair(first, truth, allow_missing=choice.allow_missing)
    if choice.against is None:
        return pairs, None
    second = read_results(choice.against, volume=choice.volume)
    return pairs, pair(second, truth, allow_missing=choice.allow_missing)


def _show(evaluation: Evaluation, page: Path) -> None:
    """Print detection, the doubts, and where the page is."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from corcal.evaluate.publish import figure, percent

    screen = Console(highlight=False)
    width = min(screen.width, 100)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for i, head in enumerate(("", "n", "Sensitivity, %", "Specificity, %", "Kappa")):
        table.add_column(head, justify="left" if i == 0 else "right", no_wrap=True)
    for target, d in evaluation.detection.items():
        shares = (percent(d.figures[f]) for f in ("sensitivity", "specificity"))
        table.add_row(target, f"{d.counts.n:,}", *shares, figure(d.figures["kappa"]))
    screen.print(table, width=width)
    for notice in evaluation.notices:
        text = Text("Note: ", style="bold").append(notice.text, style="not bold")
        screen.print(text, width=width)
    screen.print(Text(f"\nReport: {page}"), soft_wrap=True)
