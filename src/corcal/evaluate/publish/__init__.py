"""Tables, plots and pages out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.publish.page import (
        Page,
        Section,
    )
    from corcal.evaluate.publish.plot import (
        Plot,
    )
    from corcal.evaluate.publish.publication import (
        Publication,
        main_files,
    )
    from corcal.evaluate.publish.table import (
        Table,
    )
    from corcal.evaluate.publish.table_files import (
        table_csv,
        table_markdown,
        write_table,
    )
    from corcal.evaluate.publish.wording import (
        DASH,
        figure,
        number,
        p_value,
        percent,
    )

__all__ = [
    "DASH",
    "Page",
    "Plot",
    "Publication",
    "Section",
    "Table",
    "figure",
    "main_files",
    "number",
    "p_value",
    "percent",
    "table_csv",
    "table_markdown",
    "write_table",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "page": ("Page", "Section"),
        "plot": ("Plot",),
        "publication": ("Publication", "main_files"),
        "table": ("Table",),
        "table_files": ("table_csv", "table_markdown", "write_table"),
        "wording": ("DASH", "figure", "number", "p_value", "percent"),
    },
)
