"""The evaluation as one page, one document, its tables and figures."""

from __future__ import annotations

from corcal.evaluate.accuracy.as_json import evaluation_document
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.figures.paper_figures import paper_figures
from corcal.evaluate.accuracy.methods import methods, summary
from corcal.evaluate.accuracy.severity import severity_model
from corcal.evaluate.accuracy.tables.paper_tables import paper_tables
from corcal.evaluate.checklist.checklist import checklist_files
from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication

#: What `corcal score --severity-model` takes.
MODEL_FILE = "severity_model.json"

#: Sections of the page: name, title, and how the names of its tables and figures begin.
_SECTIONS = (
    ("detection", "Detection", ("table3", "detection_", "figure_confusion", "figure_roc")),
    ("comparison", "Comparison of two systems", ("comparison",)),
    ("strata", "By group", ("strata", "figure_forest")),
    ("severity", "Severity", ("table4", "ordinal", "figure_volume")),
    ("agreement", "Agreement of amounts", ("agreement", "limits", "lines", "figure_bland")),
    ("categories", "Categories and decision", ("categories", "reclassification", "decision")),
)


def publish_evaluation(e: Evaluation) -> Publication:
    """Return the evaluation's page, evaluation.json, every table and every figure.

    Where severity could be modelled, severity_model.json is among the other files; the reporting
    checklists always are.
    """
    tables, plots = paper_tables(e), paper_figures(e)
    document = evaluation_document(e)
    model = severity_model(e.severity, e.options.volume)
    against = f", and against {e.versus.name}" if e.versus else ""
    page = Page(
        title="Evaluation of coronary calcium scoring",
        subtitle=f"{e.pairs.predicted.name} against {e.pairs.reference.name}{against}",
        summary=summary(e),
        notices=e.notices,
        sections=tuple(
            Section(
                name,
                title,
                tuple(t for t in tables if t.name.startswith(begins)),
                tuple(p for p in plots if p.name.startswith(begins)),
            )
            for name, title, begins in _SECTIONS
        ),
        methods=methods(e),
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, the figures as "
        "SVG and PNG, every number in evaluation.json, and the STARD and CLAIM checklists with "
        "what this evaluation fills in.",
    )
    others: dict[str, bytes] = {} if model is None else {MODEL_FILE: model.as_json()}
    others |= checklist_files({"corcal-evaluation": document})
    return Publication("evaluation", page, document, tables, plots, others, _method(e))


def _method(e: Evaluation) -> str:
    """Return intervals, patients and seed in a few words."""
    rule = e.options.rule
    words = f"{100 * rule.confidence:g} % intervals, {rule.method} for proportions"
    return f"{words}; n = {len(e.pairs):,} patients; {rule.draws:,} draws, seed {rule.seed}"
