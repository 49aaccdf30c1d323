"""The evaluation as one self-contained page."""

from __future__ import annotations

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.figures import Plot
from corcal.evaluate.accuracy.methods import methods, summary
from corcal.evaluate.publish.page import Page, Section, page_html
from corcal.evaluate.publish.table import Table

#: Sections of the page: name, title, and how the names of its tables and figures begin.
_SECTIONS = (
    ("detection", "Detection", ("table3", "figure_confusion", "figure_roc")),
    ("comparison", "Comparison of two systems", ("comparison",)),
    ("strata", "By group", ("strata", "figure_forest")),
    ("severity", "Severity", ("table4", "ordinal", "figure_volume")),
    ("agreement", "Agreement of amounts", ("agreement", "figure_bland")),
    ("categories", "Categories and decision", ("categories", "reclassification", "decision")),
)


def evaluation_html(e: Evaluation, tables: tuple[Table, ...], plots: tuple[Plot, ...]) -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        e: the evaluation.
        tables: as `paper_tables` returns them.
        plots: as `paper_figures` returns them.
    """
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
    return page_html(page)
