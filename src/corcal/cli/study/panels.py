"""`corcal panels`: example pictures of predictions and references (Figure 3)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corcal.cli import options
from corcal.cli.options import Output
from corcal.cli.progress import steps
from corcal.storage import json_text

if TYPE_CHECKING:
    from corcal.core.artery import Artery
    from corcal.core.box import Box
    from corcal.evaluate import Panel
    from corcal.evaluate.publish import Plot


@click.command()
@click.argument("predictions", metavar="PRED", type=click.Path(path_type=Path))
@click.argument("scans", metavar="SCANS", type=click.Path(path_type=Path))
@options.output_of("the figure", "an earlier figure", "the files and the caption")
@click.option(
    "--reference",
    type=click.Path(path_type=Path),
    metavar="REF",
    help="Folder of reference label maps, for a third column.",
)
@click.option(
    "--map",
    "mapping",
    metavar="1=RCA,2=LAD,3=LCX",
    help="Arteries by code, where the maps of REF hold calcium only.",
)
@click.option(
    "--show",
    multiple=True,
    metavar="CASE[:ARTERY]",
    help="A row, or three, of the figure; repeat for more. Default: every case and artery, on as "
    "many figures as they need.",
)
def panels(
    predictions: Path,
    scans: Path,
    output: Output,
    reference: Path | None,
    mapping: str | None,
    show: tuple[str, ...],
) -> None:
    """Draw examples: the CT, the prediction, the reference.

    PRED is a folder of results of `corcal score`, or of label maps NAME.nii.gz; SCANS holds the
    scans under the same names. Each row shows an artery in the slice of its largest calcium. No
    name is written into the figure. Needs `pip install ".[evaluate]"` in the folder of
    corcal's source.
    """
    options.require_evaluate()
    from corcal.evaluate import label_files, panel_files, panels_plots, scan_files
    from corcal.read import parse_mapping
    from corcal.storage import add_files, check_folder

    codes = None if mapping is None else parse_mapping(mapping)
    maps = label_files(predictions)
    rows = _rows(show, maps)
    check_folder(output.folder, panel_files(len(rows)), force=output.force)
    cases = list(dict.fromkeys(case for case, _ in rows))
    paths = scan_files(scans, cases)
    references = label_files(reference) if reference is not None else {}
    with steps(output.quiet) as begin:
        drawn: list[Panel] = []
        for case in cases:
            begin(f"pictures of {case}")
            files = (paths[case], maps[case], _partner(case, references, reference))
            drawn += _panels_of(files, codes, [a for name, a in rows if name == case])
        begin("drawing")
        plots = panels_plots(drawn)
        made: dict[str, bytes] = {}
        for plot in plots:
            made |= plot.files() | {f"{plot.name}.txt": f"{plot.caption}\n".encode()}
        written = add_files(output.folder, made, force=output.force)
    _say(plots, written, output)


def _rows(show: tuple[str, ...], cases: Iterable[str]) -> list[tuple[str, Artery]]:
    """Return the rows of the figures as (case, artery)."""
    from corcal.core.artery import Artery
    from corcal.core.errors import TableRefused

    known = sorted(cases)
    rows: list[tuple[str, Artery]] = []
    for text in show or known:
        # A name may hold a colon itself: what follows the last one counts only as an artery.
        name, _, last = text.rpartition(":")
        artery = next((a for a in Artery if name and a.value == last.upper()), None)
        case = name if artery else text
        if case not in known:
            raise TableRefused(f"no prediction is named {case}; there are {', '.join(known[:8])}")
        rows += [(case, a) for a in ([artery] if artery else Artery)]
    return rows


def _partner(case: str, references: dict[str, Path], folder: Path | None) -> Path | None:
    from corcal.evaluate import require_partners

    if folder is None:
        return None
    require_partners([case], references, "a reference")
    return references[case]


def _panels_of(
    files: tuple[Path, Path, Path | None], codes: dict[int, int] | None, arteries: list[Artery]
) -> list[Panel]:
    from corcal.evaluate import panel
    from corcal.read import read_labels, read_scan

    scan_path, labels_path, reference_path = files
    scan = read_scan(scan_path)
    predicted = read_labels(labels_path, scan)
    reference = None
    if reference_path is not None:
        reference = read_labels(reference_path, scan, mapping=codes)
    heart = _heart(labels_path)
    return [panel(scan, predicted, reference, artery, heart=heart) for artery in arteries]


def _heart(labels: Path) -> Box | None:
    """Return the heart that was located, where the labels lie in a result folder."""
    from corcal.evaluate import RESULT, heart_of

    report = labels.parent / RESULT
    return heart_of(report) if report.is_file() else None


def _say(plots: tuple[Plot, ...], written: tuple[Path, ...], output: Output) -> None:
    if output.as_json:
        captions = {plot.name: plot.caption for plot in plots}
        click.echo(json_text({"files": [str(path) for path in written], "captions": captions}))
    elif not output.quiet:
        for plot in plots:
            click.echo(f"{output.folder / plot.name}.png\n{plot.caption}")
