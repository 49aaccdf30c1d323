"""The evaluation as a folder of files, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from corcal.evaluate.accuracy.as_html import evaluation_html
from corcal.evaluate.accuracy.as_json import evaluation_document, evaluation_json
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.figures import paper_figures
from corcal.evaluate.accuracy.paper_tables import paper_tables
from corcal.evaluate.accuracy.severity import severity_model
from corcal.evaluate.checklist.checklist import checklist_files
from corcal.evaluate.publish.table_files import write_table
from corcal.storage.atomic import add_files, check_folder

JSON_FILE, PAGE_FILE = "evaluation.json", "evaluation.html"

#: What `corcal score --severity-model` takes.
MODEL_FILE = "severity_model.json"


def check_output(out: Path, *, force: bool) -> None:
    """Refuse a folder that cannot take the evaluation, before any work starts.

    Raises:
        OutputRefused: as `corcal.storage.atomic.check_folder`.
    """
    check_folder(out, (JSON_FILE, PAGE_FILE), force=force)


def write_evaluation(evaluation: Evaluation, out: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write evaluation.json, evaluation.html, every table and every figure into a folder.

    Where severity could be modelled, severity_model.json is added.

    Tables go as NAME.csv, NAME.md and NAME.tex, figures as NAME.svg and NAME.png.

    Args:
        evaluation: what was found.
        out: the folder; made if absent.
        force: replace an earlier evaluation there.

    Returns:
        The files, evaluation.json and evaluation.html first.

    Raises:
        OutputRefused: `out` cannot take the files.
    """
    check_output(out, force=force)
    tables, plots = paper_tables(evaluation), paper_figures(evaluation)
    files = {
        JSON_FILE: evaluation_json(evaluation),
        PAGE_FILE: evaluation_html(evaluation, tables, plots),
    }
    model = severity_model(evaluation.severity, evaluation.options.volume)
    if model is not None:
        files[MODEL_FILE] = model.as_json()
    for table in tables:
        files |= write_table(table)
    for plot in plots:
        files |= plot.files()
    files |= checklist_files({"corcal-evaluation": evaluation_document(evaluation)})
    return add_files(out, files, force=force)
