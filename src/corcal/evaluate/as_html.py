"""The evaluation as one self-contained page: no scripts, nothing fetched, prints on A4."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from corcal import DISCLAIMER, __version__
from corcal.evaluate.evaluation import Evaluation
from corcal.evaluate.figures import Plot
from corcal.evaluate.methods import methods, summary
from corcal.evaluate.table import Table

#: Sections of the page: name, title, and how the names of its tables and figures begin.
_SECTIONS = (
    ("detection", "Detection", ("table3", "figure_confusion", "figure_roc")),
    ("comparison", "Comparison of two systems", ("comparison",)),
    ("strata", "By group", ("strata", "figure_forest")),
    ("severity", "Severity", ("table4", "ordinal", "figure_volume")),
    ("agreement", "Agreement of amounts", ("agreement", "figure_bland")),
    ("categories", "Categories and decision", ("categories", "reclassification", "decision")),
)

#: Figures that would be coarse across the whole page.
_NARROW = ("figure_roc",)


@dataclass(frozen=True)
class _Section:
    name: str
    title: str
    tables: list[dict[str, Any]]
    plots: list[dict[str, Any]]


def evaluation_html(e: Evaluation, tables: tuple[Table, ...], plots: tuple[Plot, ...]) -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        e: the evaluation.
        tables: as `paper_tables` returns them.
        plots: as `paper_figures` returns them.
    """
    page = _template().render(
        predictions=e.pairs.predicted.name,
        reference=e.pairs.reference.name,
        against=e.versus.name if e.versus else "",
        disclaimer=DISCLAIMER,
        summary=summary(e),
        notices=e.notices,
        sections=_sections(tables, plots),
        methods=methods(e),
        version=__version__,
    )
    return page.encode("utf-8", errors="replace")


def _sections(tables: tuple[Table, ...], plots: tuple[Plot, ...]) -> list[_Section]:
    found = [
        _Section(
            name,
            title,
            [_table(t) for t in tables if t.name.startswith(begins)],
            [_plot(p) for p in plots if p.name.startswith(begins)],
        )
        for name, title, begins in _SECTIONS
    ]
    return [s for s in found if s.tables or s.plots]


def _table(t: Table) -> dict[str, Any]:
    first = [row[0] for row in t.rows]
    columns = [[row[i] for row in t.rows] for i in range(len(t.columns))]
    return {
        "title": t.title,
        "columns": t.columns,
        "rows": t.rows,
        "notes": t.notes,
        "left": [i for i, cells in enumerate(columns) if i == 0 or _are_words(cells)],
        "repeats": len(set(first)) < len(first),
    }


def _are_words(cells: list[str]) -> bool:
    return all(c[:1].isalpha() for c in cells)


def _plot(p: Plot) -> dict[str, Any]:
    uri = "data:image/svg+xml;base64," + base64.b64encode(p.svg).decode("ascii")
    return {"uri": uri, "caption": p.caption, "narrow": p.name in _NARROW}


@cache
def _template() -> Template:
    source = files("corcal.evaluate").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # A line may not break within an interval.
    environment.filters["unbroken"] = lambda text: text.replace("–", "\u2060–\u2060")
    return environment.from_string(source)
