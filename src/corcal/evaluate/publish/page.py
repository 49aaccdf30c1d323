"""Tables and figures as one self-contained page: no scripts, nothing fetched, prints on A4."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from corcal import DISCLAIMER, __version__
from corcal.core.scan import Notice
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.table_files import left_columns

if TYPE_CHECKING:
    from corcal.evaluate.publish.plot import Plot

#: Tables of more columns are set closer; those of so few do not fill the page.
_MANY, _FEW = 6, 2

#: Short brackets, such as an interval.
_BRACKETS = re.compile(r"\([^()]{1,30}\)")

#: Figures that would be coarse across the whole page.
_NARROW = ("figure_roc", "figure_froc")


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        name: for links to it.
        title: its heading.
        tables: in their order.
        plots: below the tables.
    """

    name: str
    title: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()


@dataclass(frozen=True)
class Page:
    """The content of a page.

    Attributes:
        title: what it reports.
        subtitle: of which data.
        summary: the result in a few sentences.
        notices: doubts.
        sections: tables and figures.
        methods: how it was computed, a sentence or two each.
        beside: where the same numbers lie as files.
    """

    title: str
    subtitle: str
    summary: tuple[str, ...]
    notices: tuple[Notice, ...]
    sections: tuple[Section, ...]
    methods: tuple[str, ...]
    beside: str


def page_html(page: Page, made: str = "") -> bytes:
    """Return a page as UTF-8 HTML.

    Args:
        page: its content.
        made: the line under every table on how it was made.
    """
    text = _template().render(
        title=page.title,
        subtitle=page.subtitle,
        disclaimer=DISCLAIMER,
        summary=page.summary,
        notices=page.notices,
        sections=[
            {
                "name": s.name,
                "title": s.title,
                "tables": [_table(t, made) for t in s.tables],
                "plots": [_plot(p) for p in s.plots],
            }
            for s in page.sections
            if s.tables or s.plots
        ],
        methods=page.methods,
        beside=page.beside,
        version=__version__,
    )
    return text.encode("utf-8", errors="replace")


def _table(t: Table, made: str) -> dict[str, Any]:
    first = [row[0] for row in t.rows]
    return {
        "title": t.title,
        "columns": t.columns,
        "rows": t.rows,
        "notes": replace(t, made=made).lines_below,
        "left": left_columns(t),
        "repeats": len(set(first)) < len(first),
        "kind": "dense" if len(t.columns) > _MANY else "slim" if len(t.columns) <= _FEW else "",
    }


def _plot(p: Plot) -> dict[str, Any]:
    uri = "data:image/svg+xml;base64," + base64.b64encode(p.svg).decode("ascii")
    return {"uri": uri, "caption": p.caption, "narrow": p.name in _NARROW}


@cache
def _template() -> Template:
    source = files("corcal.evaluate.publish").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = _unbroken
    return environment.from_string(source)


def _unbroken(text: str) -> Markup:
    """Return a text as HTML in which no line breaks within brackets, such as an interval's."""
    return Markup(_BRACKETS.sub(r'<span class="unbroken">\g<0></span>', str(escape(text))))
