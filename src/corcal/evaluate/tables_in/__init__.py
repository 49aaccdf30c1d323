"""Tables of results in: predictions and references by patient and artery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.tables_in.pairs import (
        Pairs,
        align,
        pair,
    )
    from corcal.evaluate.tables_in.results import (
        ARTERIES,
        MEASURES,
        TARGETS,
        Results,
    )
    from corcal.evaluate.tables_in.results_table import (
        read_results,
    )
    from corcal.evaluate.tables_in.table_file import (
        read_table,
    )

__all__ = [
    "ARTERIES",
    "MEASURES",
    "TARGETS",
    "Pairs",
    "Results",
    "align",
    "pair",
    "read_results",
    "read_table",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "pairs": ("Pairs", "align", "pair"),
        "results_table": ("read_results",),
        "table_file": ("read_table",),
        "results": ("ARTERIES", "MEASURES", "Results", "TARGETS"),
    },
)
